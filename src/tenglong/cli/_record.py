"""For verbs that need the record: start Django once, and say plainly when the database is not there."""

from __future__ import annotations

import gc
import os

import click


def setup(*, migrated: bool = True) -> None:
    """Load Django; `migrated`: stop with exit 1 when tables are missing or older than the program."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.settings.base")
    import django

    gc.disable()  # hundreds of modules are loaded and nothing of it is garbage: a tenth of the time to start
    try:
        django.setup()
    finally:
        gc.freeze()
        gc.enable()
    if migrated and pending():
        raise click.ClickException("数据库还没有建立或版本较旧，请先运行 tenglong migrate")


def pending() -> list[str]:
    """Names of migrations not yet applied."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
