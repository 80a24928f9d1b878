"""An evaluation before its freeze over both towns of the world: land, a sheet, a finding, a decision of firm 1 of each."""

from __future__ import annotations

from datetime import date
from typing import Any

DAY = date(2024, 6, 1)


def build(world: Any) -> None:
    """After the finished one: its cycle is shared. Each town's rows are of its firm 1."""
    from tenglong.apps.evaluation.models import Cycle, Delivery, DeliveryVersion, Publication, Reminder
    from tenglong.apps.survey.models import ImportBatch

    county = world.people["county_admin"]
    cycle = Cycle.objects.get(ulid=next(iter(world.towns.values())).ids["cycle"])
    delivery = Delivery.objects.create(cycle=cycle, department="税务局", measures=["tax_paid"], due_on=DAY, state="delivered")
    batch = ImportBatch.objects.create(kind="facts", state="done", sha256="1" * 64, file_name="税务.xlsx", file_size=1,
                                       stored_path="x", created_by_id=county.pk)
    DeliveryVersion.objects.create(delivery=delivery, number=1, batch=batch, sha256="1" * 64, rows=1, receipt_no="R-1")
    Reminder.objects.create(delivery=delivery, number=1, sent_on=DAY, missing={})
    land = Publication.objects.create(
        cycle=cycle, kind="area", title="用地面积公示", starts_on=DAY, ends_on=DAY, columns=["name", "uscc", "total_cm2"],
        rows=[{"name": "公开公司", "uscc": "91330604MA0000001X", "total_cm2": "1"}], sha256="2" * 64, state="open",
    )
    shared = {"delivery": delivery.ulid, "land_list": land.ulid, **_jobs(county, cycle)}
    for town in world.towns.values():
        town.ids |= shared
        _of_town(town, cycle)


def _jobs(county: Any, cycle: Any) -> dict[str, str]:
    """A printing and a scanning that are done."""
    from tenglong.apps.evaluation.models import UnreadScan
    from tenglong.apps.jobs.folder import JobFolder
    from tenglong.apps.jobs.models import Job

    made = {}
    for name, kind, file, content in (
        ("print_job", "evaluation.print", "sheets.pdf", b"%PDF-1 x"),
        ("scan_job", "evaluation.scans", "scans.json", b'{"sealed": [], "troubles": [], "assumed": [], "blank": 0}'),
    ):
        job = Job.objects.create(kind=kind, queue="long", args={"cycle": cycle.ulid}, user=county, state="done")
        folder = JobFolder.of(job.ulid).make().path
        (folder / file).write_bytes(content)
        (folder / "page-0.jpg").write_bytes(b"\xff\xd8\xff")
        made[name] = job.ulid
    made["unread"] = UnreadScan.objects.create(
        cycle=cycle, job_ulid=made["scan_job"], place=0, file="一叠.pdf", page=1, trouble="qr-missing").ulid
    return made


def _of_town(town: Any, cycle: Any) -> None:
    from tenglong.apps.evaluation.models import AreaItem, AssessedArea, Decision, Finding, GradeNotice, Run, Sheet
    from tenglong.apps.registry.models import PlotVersion

    firm, plot = town.ids["firm_pk1"], town.ids["plot_pk1"]
    PlotVersion.objects.filter(plot_id=plot).update(surveyed_cm2=2 * 10**7)
    area = AssessedArea.objects.create(cycle=cycle, enterprise_id=firm, name=town.word("核定企业"), division_code=town.code,
                                       titled_cm2=10**7, total_cm2=10**7, state="published")
    item = AreaItem.objects.create(area=area, kind="titled", plot_id=plot, cm2=10**7, note=town.word("面积依据"))
    sheet = Sheet.objects.create(
        cycle=cycle, enterprise_id=firm, division_code=town.code, version_hash="3" * 64, code=f"2023-{town.code}",
        state="delivered", delivered_on=DAY, due_on=DAY,
        content={"name": town.word("单上企业"), "uscc": "", "key": "x", "measures": [], "attributes": [], "area": None},
    )
    finding = Finding.objects.create(
        cycle=cycle, rule="gap", severity="error", enterprise_id=firm, division_code=town.code, subject=town.word("核查对象"),
        key=town.code, message=town.word("核查问题"))
    decision = Decision.objects.create(enterprise_id=firm, veto="newly_above", number=town.word("决定文号"), dated=DAY,
                                       state="effective")
    notice = GradeNotice.objects.create(
        run=Run.objects.get(ulid=town.ids["run"]), enterprise_id=firm, division_code=town.code, grade="C", served_on=DAY,
        window_ends_on=DAY, statement=town.word("陈述申辩内容"))
    for key, row in (("notice", notice), ("area", area), ("sheet", sheet), ("decision", decision)):
        town.note(key, row.ulid)
    town.ids |= {"finding": finding.pk, "area_item": item.pk}
