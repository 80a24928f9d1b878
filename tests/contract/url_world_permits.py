"""A project of firm 1 of each town with a permit network: a step done, one left out, a paper given, a receipt."""

from __future__ import annotations

from datetime import date
from typing import Any

HERE, START = "百官", date(2026, 3, 2)


def build(world: Any) -> None:
    from tenglong.apps.projects.models import OwedPaper, PermitStep, Project
    from tenglong.apps.projects.queries import forecast
    from tenglong.apps.projects.service import permits, permits_papers
    from tenglong.apps.registry import service as registry

    for town in world.towns.values():
        officer = world.people["town_officer" if town.name == HERE else "stranger"]
        row = Project.objects.create(
            code=f"SP-{town.code}", name=town.word("审批项目"), division_code=town.code, enterprise_id=town.ids["firm_pk1"],
            stage="signed", note=town.word("项目内情"))
        made = permits.begin(officer, row, "zj-land-and-start", on=START, intended=town.word("意向单位"))
        permits.finish(officer, made, "publish", on=START)
        permits.omit(officer, made, "soil_water", reason=town.word("不涉及"))
        PermitStep.objects.filter(network=made).update(note=town.word("步骤内情"))
        paper = registry.add_document(officer, f"{town.word('执照')}.pdf", f"%PDF {town.code}".encode(), kind="permit",
                                      division_code=town.code, verb="permit.work")
        receipt = permits_papers.take_in(officer, made, [permits_papers.Paper("licence", paper)], on=START,
                                         giver=town.word("提交单位"))
        OwedPaper.objects.create(network=made, step="title", material="agent", due_on=date(2026, 4, 1), promised_on=START,
                                 person=town.word("承诺人"))
        town.note("permit", made.ulid)
        town.note("permit_receipt", receipt.ulid)
        town.note("permit_paper", made.project.materials.get().ulid)
        town.note("permit_project", row.ulid)
    forecast.by_itself()  # as the worker does, so that looking keeps nothing anew


def firm_may(here: Any) -> set[str]:
    """What firm 1 of HERE reads of its own permits."""
    words = {here.word(text) for text in ("审批项目", "意向单位", "提交单位", "承诺人")}
    return words | {here.ids[key] for key in ("permit", "permit_receipt")} | {f"SP-{here.code}"}
