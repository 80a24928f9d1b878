"""The cycle of 2024, from the land to the archive, with an objection, an appeal and an adjustment."""

from __future__ import annotations

from datetime import date
from typing import Any

from tenglong.apps.accounts.service import user_named
from tenglong.apps.evaluation import queries, service
from tenglong.demo import cast
from tenglong.demo.story import Stage, collect, open_with_unit

YEAR = 2024
MU = 6_666_667  # cm², rounded up
#: users of firms: name, grade they were given
DESKS = (("enterprise-a", "A"), ("enterprise-c", "C"), ("enterprise-d", "D"))


def play(stage: Stage) -> Any:
    """Everything of the year; the accounts of three firms are added to `stage.people`."""
    cycle = open_with_unit(stage, YEAR, procedure=False)
    _land(stage, cycle)
    collect(stage, stage.fresh(cycle), date(2025, 5, 20))
    service.step(stage.officer, stage.fresh(cycle), "check")
    service.step(stage.officer, stage.fresh(cycle), "send_sheets")
    _sheets(stage, cycle)
    frozen = service.freeze(stage.officer, stage.fresh(cycle))
    run = service.run_now(stage.officer, stage.fresh(cycle), frozen, kind="formal")
    _serve(stage, run)
    published = service.publish(
        stage.officer, stage.fresh(cycle), run, kind="grades", starts_on=date(2025, 8, 4), ends_on=date(2025, 8, 15),
        document=stage.paper("2024 年度评价结果公示", "公示企业名称、统一社会信用代码和等级。", dated=date(2025, 8, 4)),
    )
    _people(stage, run)
    _appeal(stage, run)
    service.close_publication(stage.officer, published)
    return _final(stage, cycle, run)


def _land(stage: Stage, cycle: Any) -> None:
    """Published; one firm objects, is right, and its area is mended; all settled."""
    notice = stage.paper("2024 年度用地面积公示", "公示各企业核定用地面积。", dated=date(2025, 4, 7))
    made = service.publish_areas(
        stage.officer, stage.fresh(cycle), starts_on=date(2025, 4, 7), ends_on=date(2025, 4, 18), notice=notice
    )
    area = queries.areas(stage.officer, cycle).filter(total_cm2__gt=10 * MU, carrier=False).order_by("pk").first()
    paper = notice
    if area is not None:
        wrong = service.object_area(
            stage.officer, area, text="门前道路已移交镇街，不应计入本企业用地。", claimed_cm2=area.total_cm2 - MU
        )
        paper = stage.paper("道路移交协议", "企业门前道路约一亩移交镇街管理。", firm=area.enterprise_id)
        service.add_item(
            stage.admin, area, kind="deduction", cm2=MU, document=paper, expires_on=date(2027, 12, 31),
            deduction_type="公共道路", note="按移交协议扣除", lock_version=None,
        )
        service.decide_objection(stage.admin, wrong, outcome="upheld", reply="情况属实，按移交协议扣除一亩。")
    service.close_publication(stage.officer, made, objections=paper)
    service.settle_areas(stage.officer, stage.fresh(cycle))
    service.step(stage.officer, stage.fresh(cycle), "collect")


def _sheets(stage: Stage, cycle: Any) -> None:
    """Delivered to all on one day; most sealed, some overdue with proof, one refused, a few still open."""
    service.sheets_now(stage.officer, stage.fresh(cycle))
    proof = stage.paper("一企一单送达回证", "2025 年 6 月 9 日逐户送达。", kind="proof", dated=date(2025, 6, 9))
    every = queries.sheets(stage.officer, cycle).filter(voided_at__isnull=True)
    late = tuple(every.order_by("pk").values_list("pk", flat=True)[::40])
    service.enter_sheets(stage.officer, stage.fresh(cycle), service.Delivered(
        date(2025, 6, 9), "镇街送达", proof, date(2025, 6, 18), late, "评价通知第五条：逾期未反馈的视为无异议（示范）"
    ))


def _serve(stage: Stage, run: Any) -> None:
    """Each low grade served with proof, its days over before the list goes up; at once, with one audit entry."""
    day = date(2025, 7, 14)
    proof = stage.paper("评价结果告知送达回证", "2025 年 7 月 14 日逐户送达 C、D 档企业。", kind="proof", dated=day)
    service.enter_notices(stage.officer, run, served_on=day, how="直接送达", proof=proof)


def _people(stage: Stage, run: Any) -> None:
    """Users of an A, a C and a D firm, 规上 where there is one."""
    firms = {firm.uscc: firm for firm in stage.county.enterprises}
    for username, grade in DESKS:
        result = _one_of(stage, run, grade)
        if result is not None:
            stage.people.append(cast.desk(firms[result.uscc], username, f"，{YEAR} 年度 {grade}"))


def _one_of(stage: Stage, run: Any, grade: str) -> Any:
    found = queries.results(stage.officer, run).filter(grade=grade, standing="graded", uscc__gt="").order_by("rank", "key")
    return found.filter(group="above").first() or found.first()


def _appeal(stage: Stage, run: Any) -> None:
    """The C firm appeals with evidence and is right: B by a collective decision and two persons. The D firm's is rejected."""
    c_firm, d_firm = _one_of(stage, run, "C"), _one_of(stage, run, "D")
    c_desk, d_desk = user_named("enterprise-c"), user_named("enterprise-d")
    if c_firm is not None and c_desk is not None:
        _upheld(stage, run, c_firm.enterprise_id, c_desk)
    if d_firm is not None and d_desk is not None:
        other = service.file_appeal(d_desk, run, d_firm.enterprise_id, text="本企业停产改造，要求不列 D 档。")
        why = "停产改造没有列入重大项目，不符合保护条件，维持原等级。"
        service.reply_appeal(stage.admin, other, outcome="rejected", reply=why)


def _upheld(stage: Stage, run: Any, firm: int, owner: Any) -> None:
    number, day = "虞亩均办纪要〔2025〕示范3号", date(2025, 8, 14)
    appeal = service.file_appeal(
        owner, run, firm, text="2024 年研发费用有一笔未计入，附审计报告摘要。",
        evidence=[("研发费用专项审计摘要.txt", "示范数据：研发费用补充说明。".encode())],
    )
    service.reply_appeal(stage.admin, appeal, outcome="upheld", reply="经核实属实，提请集体研究调整等级。")
    told = "同意将该企业 2024 年度等级由 C 调整为 B。"
    minutes = stage.paper("亩均办专题会议纪要", told, kind="minutes", number=number, dated=day)
    asked = service.propose_adjustment(
        stage.officer, run, firm, to_grade="B", reason="申诉成立，研发费用补正后达到 B 档", document=minutes,
        decision_number=number, decision_dated=day, appeal=appeal,
    )
    service.approve_adjustment(stage.approver, asked, note="同意")


def _final(stage: Stage, cycle: Any, run: Any) -> Any:
    for step in ("hear", "submit"):
        service.step(stage.officer, stage.fresh(cycle), step)
    number, day = "虞政纪〔2025〕示范18号", date(2025, 9, 10)
    minutes = stage.paper("区政府常务会议纪要", "审定 2024 年度评价结果。", kind="minutes", number=number, dated=day)
    service.finalise(stage.approver, stage.fresh(cycle), run, minutes=minutes, minutes_number=number, on=day)
    notice = stage.paper("2024 年度评价结果公布", "按会议纪要公布。", dated=date(2025, 9, 15))
    last = service.publish(
        stage.officer, stage.fresh(cycle), run, kind="final", starts_on=date(2025, 9, 15), ends_on=date(2025, 9, 30),
        document=notice,
    )
    service.close_publication(stage.officer, last)
    return service.archive(stage.officer, stage.fresh(cycle), notice=notice, on=date(2025, 12, 20))
