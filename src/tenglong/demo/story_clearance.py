"""Three clearings: 百官 as the press tells it (54 holders, over 1,000 mu, signed by August 2023, empty by November), one under
way by today's clock, and one that is only a survey. Which plots and firms these are, and every amount, is invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.clearance import policies
from tenglong.apps.clearance.service import clearances, gathering
from tenglong.apps.clearance.service.past import PastLine, PastPart, enter_past
from tenglong.apps.registry import queries as registry
from tenglong.demo import cast
from tenglong.demo.county import COUNTY_CODE, MARK
from tenglong.demo.story import Stage
from tenglong.domain.landing.clearance.consistency import amount_of
from tenglong.domain.landing.clearance.curve import Span
from tenglong.domain.landing.clearance.policy import Stage as Step
from tenglong.domain.units import from_cm2

BAIGUAN, UNDER_WAY, SURVEYED = (f"{COUNTY_CODE}{short}" for short in ("001", "004", "007"))
HOLDERS, SOME, FEW, LEAST, LOOKED_AT = 54, 16, 8, 3, 140
#: of the press: all signed, all vacated; demolition was to be finished
SIGNED: Final = (date(2023, 6, 1), date(2023, 8, 31))
VACATED: Final = (date(2023, 8, 10), date(2023, 11, 30))
DEMOLISHED: Final = (date(2023, 11, 1), date(2024, 7, 31))
SOURCE: Final = f"征迁台账（{MARK}）"
YUAN: Final = 100
REASONS: Final = ("title_unclear", "valuation_objection", "mortgage", "relocation", "tenancy", "decision_internal", "terms")


def play(stage: Stage) -> None:
    _baiguan(stage)
    _under_way(stage)
    _survey(stage)


def _set_up(stage: Stage, title: str, kind: str, town: str, day: date, most: int, plan: Any = None) -> Any:
    """The survey with its holders; None where the county is too small for one."""
    plots = chosen(stage.officer, town, most)
    if not plots:
        return None
    head = {"title": f"{title}（{MARK}）", "kind": kind, "division_code": town, "surveyed_on": day, "plan": plan or {}}
    row = clearances.create(stage.officer, head, reason=MARK)
    gathering.gather(stage.officer, row, plots)
    row.refresh_from_db()
    return row


def chosen(actor: Any, town: str, most: int) -> list[str]:
    """Neighbouring plots that belong to `most` firms together; none when there are too few."""
    rows = list(registry.plots(actor).filter(division_code=town, surveyed_cm2__gt=0).order_by("cell", "code")[:LOOKED_AT])
    owners: dict[int, set[int]] = {}
    unknown: set[int] = set()
    for at, one in enumerate(gathering.found_on(actor, rows)):
        for plot in one.land:
            owners.setdefault(plot, set()).add(at)
            if one.enterprise_id is None:
                unknown.add(plot)
    taken: set[int] = set()
    found = []
    for row in rows:
        mine = owners.get(row.plot_id, set())
        if mine and row.plot_id not in unknown and len(taken | mine) <= most:
            taken |= mine
            found.append(row.ulid)  # type: ignore[attr-defined]
    return found if len(taken) >= LEAST else []


def _steps(stage: Stage, row: Any, given: Sequence[tuple[str, date]]) -> Any:
    """The first one starts the taking."""
    (_first, begun), *rest = given
    clearances.start(stage.approver, row, number=f"启动文件（{MARK}）", on=begun)
    row.refresh_from_db()
    for step, day in rest:
        paper = policies.taking_of(row).step(step).document
        clearances.enter_step(stage.officer, row, step, number=f"{paper}（{MARK}）", on=day)
    return row


def _spread(count: int, span: tuple[date, date]) -> Iterator[date]:
    """Days on which the plan's S wants one more, the last on the last day."""
    ends = Span(*span)
    day = span[0]
    for at in range(1, count + 1):
        while ends.share(day) * count < at and day < span[1]:
            day += timedelta(days=1)
        yield day


def _baiguan(stage: Stage) -> None:
    plan = {"signed": SIGNED, "vacated": VACATED, "demolished": DEMOLISHED}
    row = _set_up(stage, "百官街道老工业区征迁", "agreed", BAIGUAN, date(2023, 2, 15), HOLDERS, plan)
    if row is None:
        return
    _steps(stage, row, [("offer", date(2023, 3, 20)), ("valuation", date(2023, 4, 28)), ("decision", date(2023, 5, 20)),
                        ("funds", date(2023, 5, 30)), ("demolition_plan", date(2023, 10, 10))])
    holders = list(row.holders.filter(role="holder").order_by("number"))
    days = [list(_spread(len(holders), span)) for span in (SIGNED, VACATED, DEMOLISHED)]
    lines = []
    for at, holder in enumerate(holders):
        signed, vacated, demolished = (kind[at] for kind in days)
        reached: dict[Step, date] = {"signed": signed, "vacated": max(vacated, signed), "demolished": demolished}
        if at < len(holders) * 2 // 3:
            reached["delivered"] = demolished + timedelta(days=20)
        lines.append(_line(holder, at, reached, date(2023, 4, 20)))
    enter_past(stage.officer, row, [*_left(row, lines), *lines], source=SOURCE)


def _left(row: Any, lines: Sequence[PastLine]) -> list[PastLine]:
    """Tenants go a week before their landlord."""
    days = {line.number: line.days["vacated"] for line in lines if "vacated" in line.days}
    found = []
    for tenant in row.holders.filter(role="tenant").select_related("landlord"):
        landlord = tenant.landlord.number if tenant.landlord else 0
        if landlord in days:
            found.append(PastLine(tenant.number, {"vacated": max(days[landlord] - timedelta(days=7), tenant.listed_on)}))
    return found


def _line(holder: Any, at: int, reached: dict[Step, date], valued: date) -> PastLine:
    """Amounts inside the policy's ranges but for one; one was paid in halves just under the limit, one was valued again."""
    mu = from_cm2(holder.land_cm2, "mu", 4)
    items = [("land", mu, (300_000 + 5_000 * (at % 7)) * YUAN), ("moving", from_cm2(holder.land_cm2, "m2", 2), 20 * YUAN)]
    if holder.floor_cm2:
        items.append(("building", from_cm2(holder.floor_cm2, "m2", 2), (1200 + 20 * (at % 5)) * YUAN))
    basis = ""
    if at == 5:
        items[0], basis = ("land", mu, 470_000 * YUAN), f"集体决策纪要（{MARK}）"
    if at == 9:
        items = [("land", Decimal(24), 400_000 * YUAN)]  # 9.6 million: two halves just under five
    whole = sum(amount_of(quantity, unit) for _kind, quantity, unit in items)
    values = [(valued, whole)] if at != 12 else [(valued, whole * 9 // 10), (valued + timedelta(days=6), whole)]
    return PastLine(holder.number, reached, tuple(values), tuple(items), tuple(_parts(whole, at, reached)), basis,
                    vacate_by=reached["signed"] + timedelta(days=90))


def _parts(whole: int, at: int, reached: dict[Step, date]) -> Iterator[PastPart]:
    """Three tenths on signing, the rest when the land is empty; all paid once it is."""
    signed = reached["signed"]
    left = reached.get("vacated")
    first = whole // 2 if at == 9 else whole * 3 // 10
    second = signed + timedelta(days=15) if at == 9 else (left or signed + timedelta(days=90))
    yield PastPart(first, signed, signed, signed + timedelta(days=5))
    yield PastPart(whole - first, second, second if left else None, left and second + timedelta(days=7))


def _under_way(stage: Stage) -> None:
    """Houses on state land: decided, half of the term for signing gone; those who have not signed have their reason."""
    today = timezone.localdate()

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    plan = {"signed": (ago(40), today + timedelta(days=20)), "vacated": (ago(10), today + timedelta(days=110)),
            "demolished": (today + timedelta(days=60), today + timedelta(days=240))}
    row = _set_up(stage, "道墟街道染整片区征收", "state_house", UNDER_WAY, ago(260), SOME, plan)
    if row is None:
        return
    _steps(stage, row, [("interest", ago(220)), ("plan", ago(190)), ("opinions", ago(180)), ("opinions_done", ago(130)),
                        ("risk", ago(125)), ("funds", ago(110)), ("decision", ago(90)), ("appraiser", ago(70)),
                        ("valuation", ago(45))])
    holders = list(row.holders.filter(role="holder").order_by("number"))
    signed = len(holders) * 5 // 8
    days = list(_spread(len(holders), (ago(40), today + timedelta(days=20))))
    lines = []
    for at, holder in enumerate(holders):
        if at < signed:
            lines.append(_line(holder, 100 + at, {"signed": min(days[at], today)}, ago(50)))
        else:
            reason = REASONS[at % len(REASONS)]
            lines.append(PastLine(holder.number, {}, ((ago(50), 8_000_000 * YUAN),), reason=reason,
                                  next_on=today + timedelta(days=3 * (at - signed) - 3)))
    enter_past(stage.officer, row, lines, source=SOURCE)
    row.refresh_from_db()
    clearances.answerable(stage.officer, row, asks=f"道墟街道征迁办（{MARK}）", phone="0575-8200 0000")
    _desk(stage, holders[:signed])


def _desk(stage: Stage, holders: Sequence[Any]) -> None:
    """A holder who has signed and waits for the second payment may sign in: 我的腾退."""
    known = {stage.firm_ids[firm.uscc]: firm for firm in stage.county.enterprises if firm.uscc in stage.firm_ids}
    mine = next((known[one.enterprise_id] for one in holders if one.enterprise_id in known), None)
    if mine is not None:
        stage.people.append(cast.desk(mine, "tengtui", "，征迁协议已签"))


def _survey(stage: Stage) -> None:
    """Only a survey: no step but its own, nothing signed."""
    _set_up(stage, "崧厦街道伞业老区摸底", "collective", SURVEYED, timezone.localdate() - timedelta(days=12), FEW)
