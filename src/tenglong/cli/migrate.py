"""`tenglong migrate`: brings the database to the version of the program, with a backup first."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click


@click.command()
@click.option("--no-backup", is_flag=True, help="不先备份（只在空库或已另行备份时使用）")
def command(no_backup: bool) -> None:
    """建立或升级数据库；已有数据时先备份到 backups/。"""
    from tenglong.cli import _record

    _record.setup(migrated=False)
    apply(backup=not no_backup)


def apply(*, backup: bool = True) -> None:
    """Apply what is pending; nothing to do says so."""
    from django.core.management import call_command

    from tenglong.cli import _record

    waiting = _record.pending()
    if not waiting:
        click.echo("数据库已是最新版本")
        return
    if backup and _has_data():
        click.echo(f"已备份到 {_backup()}")
    call_command("migrate", interactive=False, verbosity=0)
    click.echo(f"数据库已升级：{len(waiting)} 步")


def _has_data() -> bool:
    from django.db import connection

    return "accounts_user" in connection.introspection.table_names()


def _backup() -> Path:
    from django.conf import settings

    from tenglong.cli import _archive

    name = f"before-migrate-{datetime.now():%Y%m%d-%H%M%S}.tar.gz"
    path = Path(settings.TENGLONG_HOME) / "backups" / name
    _archive.write(path)
    return path
