"""Findings and idle land over both towns of the world: of plot 1 of each, with an objection, a waiver and an idle matter."""

from __future__ import annotations

from datetime import date
from typing import Any


def build(world: Any) -> None:
    """The run is the county's; figures in the finding are marked private."""
    from tenglong.apps.renewal.service import findings

    county = world.people["county_admin"]
    run = findings.run(county, 2024, "zj-shangyu@1")
    for town in world.towns.values():
        town.ids["finding_run"] = run.ulid
        officer = world.people["town_officer" if town.code.endswith("001") else "stranger"]
        _finding(town, run)
        _said(town, officer, county)
        _idle(town, officer)


def _finding(town: Any, run: Any) -> None:
    from tenglong.apps.renewal.models import Finding

    tax = sorted(value for value in town.private if value[:6] == "76543.")[0]
    source = {"name": "tax_paid", "label": "税收", "value": f"{tax} 万元", "source": town.word("税务出处")}
    hit = {"criterion": "above_low_tax", "label": "规上企业亩均税收低", "reason": town.word("识别理由") + tax, "waived": False,
           "inputs": [source]}
    Finding.objects.filter(run=run, plot_id=town.ids["plot_pk1"]).update(
        verdict="hit", holder_id=town.ids["firm_pk1"], hits=[hit], reason=hit["reason"], grade_class="一般整治", priority=3)
    town.note("low_finding", Finding.objects.get(run=run, plot_id=town.ids["plot_pk1"]).ulid)


def _said(town: Any, officer: Any, county: Any) -> None:
    from tenglong.apps.registry import service as registry
    from tenglong.apps.renewal.models import Finding, FindingWaiver
    from tenglong.apps.renewal.service import objections

    finding = Finding.objects.get(ulid=town.ids["low_finding"])
    town.note("low_objection", objections.appeal(officer, finding, text=town.word("识别异议")).ulid)
    paper = registry.add_document(
        officer, town.word("豁免文件") + ".pdf", b"%PDF-1 w" + town.code.encode(), kind="approval", division_code=town.code)
    row = FindingWaiver.objects.create(
        finding=finding, division_code=town.code, reason=town.word("豁免理由"), document=paper, until=date(2099, 1, 1),
        created_by_id=county.pk)
    town.note("low_waiver", row.ulid)


def _idle(town: Any, officer: Any) -> None:
    from tenglong.apps.renewal.service import idle

    made = idle.open_clue(officer, town.ids["plot1"], note=town.word("闲置线索"))
    town.note("idle_land", made.ulid)
