"""履约监管 in the demo county: eight covenants, one at every word of 五未, one told of a shortfall, one asking for a later day.

All invented. Days are counted from today, so that the list never grows old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.casework import service as casework
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply.service import covenants, covenants_checks, covenants_extensions, covenants_reminders
from tenglong.apps.supply.service.covenants import NodeDay, Promise
from tenglong.demo.county import MARK
from tenglong.demo.story import Stage
from tenglong.domain.units import from_cm2, to_fen

NODES: Final = ("start", "complete", "produce", "above_scale", "full_output")
PAPERS: Final = {"investment": "投资协议", "supervision": "监管协议", "grant": "出让合同"}
LABELS: Final = dict(zip(NODES, ("开工", "竣工", "投产", "上规", "达产"), strict=True))
WAN_A_MU: Final = 40
#: 万元/亩 of fixed investment: agreed, and what the audit of the first one found
AGREED, FOUND = 400, 300
YEAR: Final = 365


@dataclass(frozen=True)
class Part:
    """`agreed` and `done`: days from today of the five nodes, as many as are known; `signed` days ago."""

    signed: int
    agreed: tuple[int, ...]
    done: tuple[int, ...] = ()
    papers: tuple[str, ...] = field(default=("supervision", "grant"))


PARTS: Final = (
    Part(6 * YEAR, (-2000, -1400, -1200, -900, -30), (-1985, -1395, -1190, -890)),  # the firm that can sign in
    Part(500, (-47, 500, 700, 1000, 1400)),
    Part(700, (-500, 20, 200, 500, 900), (-505,)),
    Part(1200, (-1000, -400, -25, 300, 700), (-990, -380)),
    Part(1500, (-1300, -800, -600, -12, 400), (-1310, -790, -600)),
    Part(7 * YEAR, (-2300, -1800, -1500, -1200, -800), (-2300, -1790, -1490, -1200, -760)),
    Part(400, (60, 600, 800, 1100, 1500), (), ("investment", "grant")),
    Part(800, (-600, 40, 300, 600, 1000), (-590,)),
)


def play(stage: Stage) -> int:
    """Returns how many covenants there are."""
    made = [promised(stage, part, firm, plot) for part, (firm, plot) in zip(PARTS, _places(stage), strict=False)]
    if len(made) == len(PARTS):
        _told(stage, made[0])
        _conflict(stage, made[6])
        _later(stage, made[7])
    covenants_reminders.by_itself()
    return len(made)


def _places(stage: Stage) -> list[tuple[Any, Any]]:
    """The firm of the demo account, then others by code, each with the largest plot that it owns."""
    star = next(row for row in stage.county.enterprises if row.scale == "above_scale").uscc
    used = registry.occupancies(stage.officer).filter(role="owner", plot__isnull=False, enterprise__isnull=False)
    homes: dict[int, int] = {}
    pairs = used.filter(area_cm2__gt=0).order_by("-area_cm2", "pk").values_list("enterprise_id", "plot_id")[:400]
    for firm, plot in pairs:
        homes.setdefault(firm or 0, plot or 0)
    wanted = [stage.firm_ids[star], *homes]
    rows = {row.enterprise_id: row for row in registry.enterprises(stage.officer).filter(enterprise_id__in=wanted)}
    first = registry.occupancies(stage.officer, enterprise_id=stage.firm_ids[star]).filter(plot__isnull=False).first()
    if first is not None and first.plot_id:
        homes[stage.firm_ids[star]] = first.plot_id
    land = registry.plots(stage.officer).filter(plot_id__in=list(homes.values()), surveyed_cm2__gt=0)
    plots = {one.plot_id: one for one in land}
    found: list[tuple[Any, Any]] = []
    taken = set[int]()
    for key in dict.fromkeys(wanted):
        home = plots.get(homes.get(key, 0))
        if home is not None and key in rows and home.plot_id not in taken and rows[key].uscc:
            taken.add(home.plot_id)
            found.append((rows[key], home))
    return found[: len(PARTS)]


def _day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def promised(stage: Stage, part: Part, firm: Any, plot: Any, *, name: str = "", listing: Any = None) -> Any:
    """A covenant with its papers and the nodes that were reached; of the land and price of a listing when one is given."""
    land = listing.area_cm2 if listing else plot.surveyed_cm2
    price = listing.price_fen if listing else to_fen(round(from_cm2(land, "mu", 2) * WAN_A_MU), "wan_yuan")
    held = covenants.create(
        stage.officer, project_name=name or f"{firm.name}项目（{MARK}）", uscc=firm.uscc, plot_codes=[plot.code], land_cm2=land,
        price_fen=price, listing=listing)
    signed = _day(-part.signed)
    for kind in part.papers:
        _sign(stage, held, kind, signed, part.agreed)
    covenants.put_firm(stage.officer, held, firm.uscc, registered=True, producing=True)
    for name, days in zip(NODES, part.done, strict=False):
        told = f"{LABELS[name]}的证明材料。"
        proof = stage.paper(f"{held.number} {LABELS[name]}证明", told, dated=_day(days), firm=firm.enterprise_id)
        held = covenants.reach_node(stage.officer, held, name, done_on=_day(days), document=proof)
    return held


def _sign(stage: Stage, held: Any, kind: str, signed: date, days: Sequence[int], agreed: int = AGREED) -> None:
    """Indicators stand in the agreement, dates and the rate of lateness in the contract."""
    number = f"{PAPERS[kind]} {held.number}（{MARK}）"
    told = "约定的指标和节点见登记内容。"
    paper = stage.paper(number, told, kind="agreement", number=number, dated=signed, firm=held.enterprise_id)
    promises = [
        Promise("investment_intensity", str(agreed), after="complete", plus=1), Promise("plot_ratio", "1", after="complete"),
        Promise("tax_per_mu", "15", "average", after="produce", plus=1, years=2),
        Promise("rd_share", "2", after="produce", plus=1)]
    nodes = [NodeDay(name, _day(one), "0.5" if name in ("start", "complete") else "")
             for name, one in zip(NODES, days, strict=False)]
    covenants.add_paper(
        stage.officer, held, kind, number=number, signed_on=signed, effective_on=signed,
        promises=[] if kind == "grant" else promises, nodes=nodes, document=paper, note=MARK)


def _told(stage: Stage, held: Any) -> None:
    """An audit proves the investment; the shortfall was looked into and the firm told of it."""
    told = stage.paper(f"{held.number} 投资专项审计", "累计固定资产投资。", dated=_day(-60), firm=held.enterprise_id)
    mu = from_cm2(held.land_cm2, "mu", 2)
    covenants.prove(
        stage.officer, held, "fixed_investment", _day(-1395).year + 1, Decimal(round(mu * FOUND)), document=told, so_far=True)
    row = covenants_checks.check(stage.officer, held)
    row = covenants_checks.review(stage.officer, row, on=_day(-25))
    covenants_checks.add_member(stage.officer, row, stage.admin)
    says = "告知核查结论和陈述申辩权利。"
    notice = stage.paper(f"{held.number} 履约核查告知书", says, dated=_day(-12), firm=held.enterprise_id)
    casework.move(stage.officer, row.case.ulid, "notify", documents=[("notice", notice.ulid)], on=_day(-12),
                  fields={"result": f"投资强度未达到约定（{MARK}）"})


def _conflict(stage: Stage, held: Any) -> None:
    """The supervision agreement says less than the investment agreement, and nobody has settled it."""
    _sign(stage, held, "supervision", _day(-380), PARTS[6].agreed, agreed=AGREED - 50)


def _later(stage: Stage, held: Any) -> None:
    """The firm asks for a later completion; one officer has proposed, another has to approve."""
    asked = covenants_extensions.ask(stage.officer, held, "complete", asked_on=_day(160), reason=f"主要设备到货推迟（{MARK}）")
    casework.move(stage.officer, asked.case.ulid, "propose",
                  fields={"opinion": f"情况属实（{MARK}）", "granted_on": _day(130).isoformat()})
