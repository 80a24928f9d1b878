"""Land on its way to a deal: reserve account, replanning under notice, a batch, listings in every state. All invented.

Every date goes through the same clocks as in life, counted back from today, so that some waits have run and some are running.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.accounts.service import user_named
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.service import batches, bids, changes, land_steps, listings, reserve
from tenglong.demo.county import COUNTY_CODE, MARK
from tenglong.demo.story import Stage

TOWN: Final = f"{COUNTY_CODE}001"
MU, WAN = 6_666_667, 1_000_000
#: title, mu, 万元, days ago, day-count
LOTS: Final = (
    ("百官北单元 A-01", 81, 6_480, 620, "act/365"), ("百官北单元 A-02", 46, 3_910, 540, "act/365"),
    ("滨江东单元 B-03", 120, 10_800, 430, "act/360"), ("老机床厂地块", 64, 7_360, 390, "30/360"),
    ("人民西路 C-07", 33, 2_640, 300, "act/365"), ("电机厂北地块", 58, 5_220, 210, "act/365"),
)
FIRMS: Final = (("青竹智能装备（示范）公司", "91330604MA0000015G"), ("远山电驱（示范）公司", "91330604MA00000A96"))
OPEN: Final = ({"text": "竞买人为依法设立的企业法人"}, {"text": "不接受联合竞买"})
TIGHT: Final = (
    {"text": "竞买人须为国家级小巨人企业"},
    {"text": "属于通用设备制造业", "measure": "industry", "op": "begins", "value": "34"},
    {"text": "年产减速机不低于 128,350 台"},
)


def play(stage: Stage) -> None:
    """Written by the town's own officer; a leader is the second person."""
    officer, today = user_named("baiguan"), timezone.localdate()
    body = reserve.list_body(stage.admin, {
        "name": f"上虞区土地储备中心（{MARK}）", "uscc": "91330604000000019R", "division_code": COUNTY_CODE,
        "listed_on": today - timedelta(days=2000), "listed_paper": f"土地储备机构名录（{MARK}）"})
    lots = _stock(officer, body, today)
    _changes(officer, today)
    _batch(stage, officer, lots[:3], today)
    _listings(stage, officer, lots, today)


def _stock(officer: Any, body: Any, today: date) -> list[Any]:
    plots = list(registry.plots(officer).filter(division_code=TOWN, status="vacated").order_by("code")[: len(LOTS)])
    lots = []
    for at, (title, mu, wan, ago, count) in enumerate(LOTS):
        plot = plots[at].plot_id if at < len(plots) else None
        lots.append(reserve.take_in(officer, {
            "title": title, "division_code": TOWN, "plot_id": plot, "body_id": body.pk, "on": today - timedelta(days=ago),
            "area_cm2": mu * MU, "cost_fen": wan * WAN, "rate": "0.0345", "day_count": count,
            "paper": f"收储协议（{MARK}）第 {at + 1} 号"}))
    for lot, wan, ago in ((lots[0], 530, 200), (lots[2], 1_260, 150), (lots[3], 820, 90)):
        reserve.lay_out(officer, lot, {"on": today - timedelta(days=ago), "cost_fen": wan * WAN, "rate": "0.0345",
                                       "paper": f"前期开发合同（{MARK}）", "note": "场地平整、拆除和土壤调查"})
    reserve.take_out(officer, lots[4], {"on": today - timedelta(days=60), "area_cm2": 9 * MU, "paper": f"划拨决定书（{MARK}）",
                                        "note": "变电站用地"})
    return lots


def _changes(officer: Any, today: date) -> None:
    """One done, one whose notice is running, one just begun."""
    steps = ("argued", "heard", "agreed", "noticed", "submitted", "approved", "published")
    for title, use, ago, names in (
        ("百官北单元 A 组团提容", "工业用地", 160, steps), ("滨江东单元仓储改工业", "工业用地", 10, steps[:4]),
        ("人民西路配套调整", "工业用地（配套）", 5, steps[:1]),
    ):
        row = changes.begin(officer, {
            "title": title, "division_code": TOWN, "plan_unit": title[:5], "area_cm2": 120 * MU, "use_before": "仓储用地",
            "use_after": use, "far_before": "1.0", "far_after": "2.2", "reason": f"产业用地更新需要（{MARK}）"})
        start = calendar().next_working_day(today - timedelta(days=ago + 3))
        for name in names:
            on, paper = lawful(row, name, start)
            row = changes.step(officer, row, name, on=on, paper=paper, lock_version=row.lock_version)


def lawful(row: Any, step: str, start: date) -> tuple[date, str]:
    """(the first day on which the step may be done, not before `start`; its paper)."""
    state = next(one for one in land_steps.where(row, start) if one.step.id == step)
    return max(start, state.earliest or start), f"{state.step.paper}（{MARK}）"


def _batch(stage: Stage, officer: Any, lots: Sequence[Any], today: date) -> None:
    row = batches.draft(officer, {"title": f"{today.year} 年第一批产业用地", "division_code": TOWN,
                                  "planned_on": today + timedelta(days=45)})
    for lot in lots:
        row = batches.add(officer, row, lot, area_cm2=lot.area_cm2, land_use="工业用地", lock_version=row.lock_version)
    row = batches.attach(officer, row, standard="demo@1", row="machinery", lock_version=row.lock_version)
    row = batches.submit(officer, row, lock_version=row.lock_version)
    batches.approve(stage.approver, row, lock_version=row.lock_version)


def _listings(stage: Stage, officer: Any, lots: Sequence[Any], today: date) -> None:
    """Contracted, notice running, waiting for approval, and a draft whose conditions raise a question."""
    batch = land.batches(officer).first()
    done = _listing(officer, 1, lots[0], OPEN, batch)
    _sold(officer, approved(stage, officer, done), today - timedelta(days=95))
    running = approved(stage, officer, _listing(officer, 2, lots[1], OPEN, batch))
    bids.set_price(officer, running, fen=3_800 * WAN, paper=f"集体决策纪要（{MARK}）")
    take(officer, running, "announced", calendar().next_working_day(today - timedelta(days=9)))
    _submitted(officer, _listing(officer, 3, lots[2], OPEN, batch))
    tight = _listing(officer, 4, lots[3], TIGHT, None)
    tight = listings.attach(officer, tight, standard="demo@1", industry="machinery", lock_version=tight.lock_version)
    listings.check(officer, tight, lock_version=tight.lock_version)


def _listing(officer: Any, at: int, lot: Any, conditions: Sequence[dict[str, str]], batch: Any) -> Any:
    return listings.draft(officer, {
        "number": f"示范虞告〔{timezone.localdate().year}〕{at}号", "title": lot.title, "division_code": TOWN,
        "area_cm2": lot.area_cm2, "land_use": "工业用地", "term_years": "50年", "method": "listing", "industry": "34",
        "start_price_fen": lot.area_cm2 * 80 * WAN // MU, "deposit_fen": lot.area_cm2 * 16 * WAN // MU,
        "conditions": list(conditions)}, lot=lot, batch=batch)


def _submitted(officer: Any, row: Any) -> Any:
    row = listings.check(officer, row, lock_version=row.lock_version)
    answer = f"条件面向所有企业（{MARK}）" if listings.doubts(row) else ""
    return listings.submit(officer, row, answer=answer, lock_version=row.lock_version)


def approved(stage: Stage, officer: Any, row: Any) -> Any:
    row = _submitted(officer, row)
    reason = f"全县核对后同意保留（{MARK}）" if listings.wider(stage.approver, row) else ""
    return listings.approve(stage.approver, row, reason=reason, lock_version=row.lock_version)


def take(officer: Any, row: Any, name: str, start: date, **more: Any) -> Any:
    now = land.listing(officer, row.ulid)
    on, paper = lawful(now, name, start)
    return listings.step(officer, now, name, on=on, paper=paper, lock_version=now.lock_version, **more)


def _sold(officer: Any, row: Any, start: date) -> None:
    """Two offers, the higher wins; the result is published within its ten working days, the delivery is late by its pledge."""
    row = take(officer, row, "announced", calendar().next_working_day(start))
    first = row.steps.get().on
    offers = [bids.receive(officer, row, {
        "bidder": name, "uscc": uscc, "received_on": first + timedelta(days=12), "deposit_paid_on": first + timedelta(days=12),
        "amount_fen": row.start_price_fen + extra * WAN}) for (name, uscc), extra in zip(FIRMS, (0, 162), strict=True)]
    for name in ("started", "opened"):
        row = take(officer, row, name, start)
    row = take(officer, row, "confirmed", start, winner=offers[1])
    row = take(officer, row, "contracted", start, contract_number=f"DEMO{timezone.localdate().year}A21001")
    take(officer, row, "result", row.opened_on + timedelta(days=5))
