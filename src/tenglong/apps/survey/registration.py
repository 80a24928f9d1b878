"""What survey puts into the registries of the shell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.survey import appliers, on_records
from tenglong.apps.survey.record.facts import Facts
from tenglong.apps.survey.record.firms import Accounts, Enterprises, Occupancies
from tenglong.apps.survey.record.land import Buildings, Links, Parcels, Plots
from tenglong.web import access, menu

IMPORT = (
    "batches",
    "batches-json",
    "upload",
    "template",
    "issues",
    "issues-json",
    "batch",
    "batch-json",
    "progress",
    "mapping",
    "stage",
    "rows-json",
    "batch-issues",
    "batch-issues-json",
    "annotated",
    "done",
)


def register() -> None:
    for kind in (Plots, Parcels, Links, Buildings, Enterprises, Occupancies, Accounts, Facts):
        appliers.register(kind.kind, kind())
    for name in IMPORT:
        access.register(f"survey:{name}", "survey.import")
    access.register("survey:issues-export", "export.make")
    access.register("survey:confirm", "survey.confirm")
    access.register("survey:withdraw", "survey.confirm")
    access.register("survey:waive", "survey.waive")
    on_records.add()
    menu.register("survey", _("导入"), "survey:batches", "survey.import", 10)
    menu.register("survey", _("问题清单"), "survey:issues", "survey.import", 20)
