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

    hit = {"criterion": "above_low_tax", "label": town.word("识别条件"), "waived": False}
    Finding.objects.filter(run=run, plot_id=town.ids["plot_pk1"]).update(
        verdict="hit", holder_id=town.ids["firm_pk1"], hits=[hit], grade_class="一般整治", priority=3)
    finding = Finding.objects.get(run=run, plot_id=town.ids["plot_pk1"])
    town.note("low_finding", finding.ulid)
    _rows(town, run, finding.plot_code)


def _rows(town: Any, run: Any, code: str) -> None:
    """What the run kept of the plot: a tax that few may read, and where it stands."""
    import pyarrow as pa
    from django.conf import settings

    from tenglong.apps.renewal.models import FindingRun
    from tenglong.store.snapshots import Snapshots

    store = Snapshots(settings.TENGLONG_HOME)
    table = store.get(FindingRun.objects.get(pk=run.pk).rows_sha256)
    tax = sorted(value for value in town.private if value[:6] == "76543.")[0]
    told = {"owner": str(town.ids["firm_pk1"]), "in_scale": "above", "in_land_mu": "20000", "in_tax_paid": tax,
            "src_tax_paid": town.word("税务出处")}
    rows = [row | told if row["key"] == code else row for row in table.to_pylist()]
    FindingRun.objects.filter(pk=run.pk).update(rows_sha256=store.put(pa.Table.from_pylist(rows, table.schema)).sha256)


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
