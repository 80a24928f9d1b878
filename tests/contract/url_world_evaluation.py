"""A finished evaluation over both towns of the world: results, a publication, an appeal and an adjustment in each."""

from __future__ import annotations

from typing import Any

SCHEME = """
policy_kind: evaluation
policy_id: world
version: "1"
valid_from: 2023-01-01
authority: 测试
document: 测试〔2023〕1号
source: 测试
verified: to-verify
name: 两镇办法
jurisdiction: "330604"
attributes: {exempt_applied: {if_absent: false}, unit: {if_absent: null}}
scope: {include: all, exclude: {applied: {label: 已申请不参评, when: exempt_applied, needs_application: true}}}
groups:
  all:
    label: 全部
    when: "true"
    indicators:
      tax: {label: 税收, value: tax_paid, unit: wan_yuan, weight: 100, missing: zero,
            score: {family: ratio, benchmark: {kind: fixed, value: 100000}, cap: 1.5, floor: none}}
    grades: {method: rank_share, order: [A, B, C, D], cuts: {A: 20, B: 60, C: 90}, counted_from: top, rounding: half_up,
             ties: all_up, counts_in_n: {ungraded: false, vetoed: true, protected: true},
             small_group: {min: 1, below: as_usual}}
total: {full_marks: 100, decimals: 2, cap: none}
bonuses: {total_cap: none}
deductions: none
vetoes: none
protections: none
ungraded: none
tenants: {treatment: separate}
joint: {allowed: true, mixed: none, vetoes: any}
"""


def build(world: Any) -> None:
    """Written by the county; each town's appeal and adjustment are of its firm 1."""
    from tenglong.apps.evaluation import service
    from tenglong.apps.evaluation.models import Cycle, Run, Snapshot
    from tenglong.apps.policy.models import PolicyVersion

    county = world.people["county_admin"]
    PolicyVersion.objects.create(
        kind="evaluation", policy_id="world", version="1", sha256="0" * 64, yaml_text=SCHEME, state="approved",
        valid_from="2023-01-01", approver=world.people["leader"],
    )
    cycle = service.open_cycle(
        county, year=2023, title="2023 年度两镇评价", division_code="330604", scheme="world@1", procedure=False,
        measure_day=_day(world))
    snapshot = service.take_snapshot(county, cycle)
    Snapshot.objects.filter(pk=snapshot.pk).update(kind="frozen", complete=True)
    Cycle.objects.filter(pk=cycle.pk).update(stage="frozen")
    snapshot = Snapshot.objects.get(pk=snapshot.pk)
    run = service.run_now(county, Cycle.objects.get(pk=cycle.pk), snapshot, kind="formal")
    Run.objects.filter(pk=run.pk).update(released_on=_day(world))
    Cycle.objects.filter(pk=cycle.pk).update(stage="publicity")
    run = Run.objects.select_related("cycle").get(pk=run.pk)
    shared = {"cycle": cycle.ulid, "run": run.ulid, "snapshot": snapshot.ulid, "publication": _publication(run, county).ulid}
    for town in world.towns.values():
        town.ids |= shared
        _after(world, town, run)


def _day(world: Any) -> Any:
    from datetime import date

    return date(2024, 6, 1)


def _publication(run: Any, county: Any) -> Any:
    """Names in it are public: those of no town."""
    from tenglong.apps.evaluation.models import Publication

    return Publication.objects.create(
        cycle=run.cycle, run=run, kind="grades", title="评价结果公示", starts_on="2024-06-01", ends_on="2024-06-20",
        columns=["name", "uscc", "grade"], rows=[{"name": "公开公司", "uscc": "91330604MA0000001X", "grade": "A"}],
        sha256="0" * 64, state="open", created_by_id=county.pk,
    )


def _after(world: Any, town: Any, run: Any) -> None:
    from tenglong.apps.evaluation import service
    from tenglong.apps.evaluation.models import Adjustment, Appeal
    from tenglong.apps.registry import service as registry

    officer = world.people["town_officer" if town.code.endswith("001") else "stranger"]
    made = service.file_appeal(officer, run, town.ids["firm_pk1"], text=town.word("评价申诉"))
    Appeal.objects.filter(pk=made.pk).update(outcome="rejected", reply=town.word("申诉答复"))
    town.note("appeal", made.ulid)
    paper = registry.add_document(
        officer, "集体决定.pdf", b"%PDF-1 " + town.code.encode(), kind="decision", division_code=town.code)
    row = Adjustment.objects.create(
        cycle=run.cycle, run=run, enterprise_id=town.ids["firm_pk1"], division_code=town.code, from_grade="A", to_grade="B",
        reason=town.word("调档理由"), document=paper, decision_number=town.word("纪要号"), decision_dated="2024-06-10",
        created_by_id=world.people["analyst"].pk,
    )
    town.note("adjustment", row.ulid)
