"""The processes that are killed and asked afterwards: `python -m tenglong.bench._import_steps prepare|work|state|finish`."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tenglong.bench import _import_home

ON = date(2024, 1, 1)


def work() -> dict[str, Any]:
    """Stage and confirm from wherever the batch stands, as a worker would; says `ready` and `confirm` as it begins each."""
    from tenglong.apps.survey import cli_import, service

    batch, actor = _batch(), _actor()
    print("ready", flush=True)  # noqa: T201 - the parent starts its clock
    if batch.state in ("mapping", "interrupted"):
        service.stage(actor, batch)
        cli_import.run(batch)
    print("confirm", flush=True)  # noqa: T201 - half of the deaths are counted from here
    if batch.state == "preview":
        service.confirm(actor, batch, "change", ON)
        cli_import.run(batch)
    return {"state": batch.state, "applied": batch.applied}


def state() -> dict[str, Any]:
    """What a fresh start finds: after the sweep, the batch, its jobs, and what the record really holds."""
    from django.apps import apps

    from tenglong.apps.audit import service as audit
    from tenglong.apps.survey import service
    from tenglong.store.spatial import store

    service.recover()
    batch = _batch()
    jobs = apps.get_model("jobs", "Job")._default_manager
    check = store().check()
    rows = {name: apps.get_model("registry", name)._default_manager.count() for name in ("Plot", "PlotVersion", "PlotCode")}
    last = jobs.order_by("-id").values("kind", "state", "committed").first()
    return {
        "batch": batch.state,
        "rows": rows,
        "shapes": check.shapes,
        "index_ok": check.ok,
        "audit_ok": audit.verify().ok,
        "job": last,
        "staged": apps.get_model("survey", "StagedRow")._default_manager.count(),
        "chunks": batch.staged_chunks,
        "unfinished": jobs.filter(state__in=("queued", "running")).count(),
    }


def _batch() -> Any:
    from django.apps import apps

    return apps.get_model("survey", "ImportBatch")._default_manager.get()


def _actor() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=_import_home.OFFICER)


def main(words: list[str]) -> None:
    if words[0] == "prepare":
        _import_home.prepare(int(words[1]), Path(words[2]))
        return
    _import_home.setup()
    steps = {"work": work, "state": state}
    print(json.dumps(steps[words[0]]()), flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1:])
