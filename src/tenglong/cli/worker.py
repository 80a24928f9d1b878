"""`tenglong worker`: runs long work from the queues."""

from __future__ import annotations

import click


@click.command()
@click.option("--queue", "queues", multiple=True, type=click.Choice(["short", "long"]), help="队列，可写多次；默认两个都做")
@click.option("--once", is_flag=True, help="做完排队的作业就退出")
def command(queues: tuple[str, ...], once: bool) -> None:
    """运行排队的作业；先把上次没做完的标记为中断。"""
    from tenglong.cli import _record

    _record.setup()
    from tenglong.apps.jobs.worker import Worker

    worker = Worker(queues or ("short", "long"))
    if once:
        click.echo(f"已运行 {worker.drain()} 个作业")
    else:
        worker.on_signals().run()
