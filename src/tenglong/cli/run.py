"""`tenglong run`: what `make run` does after the installation: database, demo county when empty, server."""

from __future__ import annotations

import os
import time

import click


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="地址:端口")
@click.option("--no-demo", is_flag=True, help="不装入示范县")
@click.option("--started", type=float, default=0.0, hidden=True, help="开始安装的时刻（秒），用来报告总用时")
def command(bind: str, no_demo: bool, started: float) -> None:
    """建库、空库时装入示范县、启动服务。"""
    from tenglong.cli import _record, migrate, serve

    began = started or time.time()
    serve.refuse_taken_address(bind)
    _record.setup(migrated=False)
    migrate.apply()
    if not no_demo:
        _demo()
    click.echo(f"准备完成，用时 {(time.time() - began) / 60:.1f} 分钟")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.settings.base")
    serve.refuse_open_door(bind)
    click.echo(f"网址 http://{bind}/   停止请按 Ctrl+C")
    serve.Supervisor(serve.commands(bind, 2, 8)).run()


def _demo() -> None:
    """The demo county, with its accounts and their passwords printed once."""
    from tenglong.cli import main

    demo = main.get_command(click.Context(main), "demo")
    if demo is None:
        raise click.ClickException("这个安装里没有示范县（tenglong demo）")
    demo.main(["--if-empty"], prog_name="tenglong demo", standalone_mode=False)
