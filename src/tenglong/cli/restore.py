"""`tenglong restore FILE`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """把备份恢复到空的 TENGLONG_HOME（和空的数据库）；核对每个文件与每张表的哈希。"""
    from tenglong.settings.home import home as home_path

    home = home_path()
    refuse_occupied(home)
    from tenglong.cli import _archive

    made = not home.exists()
    try:
        manifest = _archive.read(file, home)
        differing = _load(home, manifest)
    except BaseException:
        _clear(home, made)
        raise
    rows = sum(table["rows"] for table in manifest["tables"].values())
    if differing:
        raise click.ClickException(f"恢复后有 {len(differing)} 张表与备份不一致：{'、'.join(differing[:5])}")
    click.echo(f"已恢复 {len(manifest['tables'])} 张表 {rows:,} 行，行哈希全部一致；{len(manifest['files'])} 个文件已核对")
    click.echo("请接着运行 tenglong audit verify 与 tenglong doctor")


def refuse_occupied(home: Path) -> None:
    """Raises ClickException when the home holds anything."""
    if home.exists() and any(path.is_file() for path in home.rglob("*")):
        raise click.ClickException(f"{home} 不是空的；请把 TENGLONG_HOME 指向一个空目录再恢复")


def _load(home: Path, manifest: dict[str, Any]) -> list[str]:
    """Tables whose hash differs after loading the database."""
    from tenglong.cli import _archive, _record

    _record.setup(migrated=False)
    from django.db import connection

    if {"sqlite": "sqlite", "postgresql": "postgresql"}[connection.vendor] != manifest["engine"]:
        raise click.ClickException(f"备份来自 {manifest['engine']}，现在的数据库是 {connection.vendor}；两者须相同")
    if connection.vendor == "postgresql":
        from tenglong.cli import _postgres

        if not _postgres.is_empty(connection):
            raise click.ClickException("数据库不是空的；请新建一个空数据库再恢复")
        dump = home / _archive.DUMP_NAME
        _postgres.restore(connection, dump)
        dump.unlink()
    now = _archive.hashes_now()
    names = set(now) | set(manifest["tables"])
    return sorted(name for name in names if now.get(name) != manifest["tables"].get(name))


def _clear(home: Path, made: bool) -> None:
    """A failed restore leaves the home as it was: empty."""
    if not home.exists():
        return
    if made:
        shutil.rmtree(home, ignore_errors=True)
        return
    for path in home.iterdir():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
