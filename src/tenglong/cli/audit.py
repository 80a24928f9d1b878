"""`tenglong audit`: is the chain whole, and where does it end?"""

from __future__ import annotations

from pathlib import Path

import click
import orjson


@click.group()
def command() -> None:
    """审计链：校验、导出末条。"""
    from tenglong.cli import _record

    _record.setup()


@command.command()
@click.option("--head", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="另行保管的锚点文件")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def verify(head: Path | None, as_json: bool) -> None:
    """校验全链：发现改动、调序、增删、截断，指出第一条有问题的记录。完整返回 0，否则 1。"""
    from tenglong.apps.audit import service
    from tenglong.apps.audit.anchors import parse_head

    try:
        kept = parse_head(head.read_text("utf-8")) if head else None
    except (ValueError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{head}：{error}") from error
    result = service.verify(kept)
    if as_json:
        click.echo(orjson.dumps(result.as_json()).decode())
    elif result.ok:
        click.echo(f"完整：{result.entries} 条，锚点 {result.anchors} 个；末条 {result.head.seq} {result.head.mac}")
    else:
        click.echo(f"审计链有问题，第一条：{result.first_bad or '—'}。{result.reason}", err=True)
    raise SystemExit(0 if result.ok else 1)


@command.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件（末尾追加）；不写则只打印")
def head(out: Path | None) -> None:
    """打印末条，并写入锚点；请抄存到本机以外。"""
    from tenglong.apps.audit import service

    seen = service.anchor("manual")
    line = orjson.dumps({"seq": seen.seq, "mac": seen.mac}).decode()
    click.echo(line)
    if out:
        with out.open("a", encoding="utf-8") as handle:
            handle.write(line + "\n")
