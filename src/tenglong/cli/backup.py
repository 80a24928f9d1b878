"""`tenglong backup FILE`."""

from __future__ import annotations

from pathlib import Path

import click
import orjson


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出清单 JSON")
def command(file: Path, as_json: bool) -> None:
    """备份数据库、材料、密钥、锚点到一个文件（.tar.gz，权限 600）；不用停机。文件里有密钥，请妥善保管。"""
    from tenglong.cli import _record

    _record.setup()
    from tenglong.apps.audit import service as audit
    from tenglong.cli import _archive

    _archive.refuse_existing(file)
    audit.record("command line", "backup.write", "backup", file.name)
    manifest = _archive.write(file)
    if as_json:
        click.echo(orjson.dumps(manifest, option=orjson.OPT_INDENT_2).decode())
        return
    rows = sum(table["rows"] for table in manifest["tables"].values())
    click.echo(f"已备份到 {file}：{len(manifest['tables'])} 张表 {rows:,} 行，{len(manifest['files'])} 个文件")
