"""`migrate` that makes an empty database in one go: the tables as the last migration leaves them, with all migrations noted.

Step by step Django draws the models anew after each of some three hundred operations, 40 s; nobody needs the steps of a
database that has no tables. A database that has any goes step by step. `tests/upgrade/test_new_database.py` shows that both
ways give the same tables.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.management.commands.migrate import Command as StepByStep
from django.db import connections, router
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation

#: options that ask for something else than all migrations
_OTHERWISE: Final = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune")
_TABLES: Final = (ModelOperation, FieldOperation, IndexOperation)


class Command(StepByStep):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        connection.prepare_database()
        if not any(options.get(name) for name in _OTHERWISE) and not connection.introspection.table_names():
            at_once(connection)
        super().handle(*args, **options)


def at_once(connection: Any) -> None:
    """All tables and the record of the migrations, in one transaction. Does nothing where a migration holds an operation whose
    work on an empty database cannot be told from its kind."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    plan = [migration for migration, _backwards in executor.migration_plan(leaves)]
    if not all(isinstance(operation, (*_TABLES, RunPython)) for migration in plan for operation in migration.operations):
        return
    state = executor.loader.project_state(leaves)
    models = [model for model in state.apps.get_models() if _ours(connection, model)]
    recorder = executor.recorder
    with connection.schema_editor(atomic=True) as editor:
        for model in (*models, recorder.Migration):
            editor.create_model(model)
        for work in _native(plan):
            work(state.apps, editor)
        recorder.migration_qs.bulk_create(recorder.Migration(app=one.app_label, name=one.name) for one in plan)


def _ours(connection: Any, model: Any) -> bool:
    return bool(model._meta.can_migrate(connection) and router.allow_migrate_model(connection.alias, model))


def _native(plan: list[Migration]) -> list[Any]:
    """Functions that make what no model tells (`makes_tables = True`); the others move rows, and there are none."""
    operations = (operation for migration in plan for operation in migration.operations)
    return [one.code for one in operations if isinstance(one, RunPython) and getattr(one.code, "makes_tables", False)]
