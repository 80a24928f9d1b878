"""Site searches: what is wanted, the search over all plots of the day, and the ranked alternatives as they are kept."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np
import shapely
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal import plan_ground, plan_policies
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import SiteSearch
from tenglong.apps.renewal.plan_asked import Asked
from tenglong.apps.renewal.service.base import said
from tenglong.domain.evaluation.expression import Value
from tenglong.domain.geo.crs_names import LONLAT
from tenglong.domain.geo.working import working
from tenglong.domain.renewal.adjacency import adjacency
from tenglong.domain.renewal.economics.work import PlotEconomics, economics
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.site import Aim, Site, Sites, search
from tenglong.domain.renewal.site.describe import looks

SEARCH = "renewal.site"
#: what keeps a plot from being had at once, by input: value → word
RISKS: Final[dict[str, dict[Any, str]]] = {
    "disputed": {True: gettext_noop("争议、查封或涉诉")}, "titled": {False: gettext_noop("没有不动产权证")},
    "soil": {"due": gettext_noop("土壤应调查未调查"), "exceeds": gettext_noop("土壤超标未修复")},
    "idle": {"suspected": gettext_noop("疑似闲置，未认定")},
}
#: who would have to go, always told: rows of the table of figures
DISPLACED: Final = ("jobs_lost", "tenants_displaced", "households_displaced")
#: how far back figures of firms are looked for
LAST_YEARS: Final = 5
#: attribute of a plot that may say how far the road is
ROAD = ("road_m", "距道路")
#: `Wanted.seconds` are the whole job's; the search itself gets what gathering the plots left over, and no less than this
LEAST_S: Final = 2.0


@dataclass(frozen=True)
class Wanted:
    """A site: land in cm², `within` months, `gate_m` metres from a road, `route` whose costs and months are counted."""

    min_cm2: int
    phases: tuple[int, ...] = ()
    towns: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    control_line: bool = False
    within: int | None = None
    gate_m: int | None = None
    span_m: int | None = None
    route: str = "reserve"
    fills: tuple[str, ...] = ()
    aim: str = ""
    owner_fen: int = 0
    alternatives: int = 3
    road_m: int = 30
    shared_m: int = 5
    seconds: int = 9

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Wanted:
        known = {one.name for one in fields(cls)}
        plain: dict[str, Any] = {name: value for name, value in data.items() if name in known}
        plain |= {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
        return cls(**plain)


@transaction.atomic
def ask(actor: Any, title: str, wanted: Wanted) -> SiteSearch:
    """A search is kept and queued. Raises Refused, RenewalError."""
    require(actor, "renewal.plan")
    scope = scope_of(actor, "renewal.plan")
    county = next((row.code for row in registry.divisions(actor, level="county") if scope.covers(row.code)), None)
    if county is None:
        raise RenewalError(_("选址要看全县的地块，须由辖区覆盖全县的人员办理。"))
    made = SiteSearch.objects.create(
        title=said(title, _("选址名称"))[:120], division_code=str(county), wanted=wanted.as_json(), created_by_id=actor.pk)
    record(actor, "site.ask", "site", made.ulid, reason=made.title)
    _queue(actor, made)
    return made


@transaction.atomic
def again(actor: Any, site: SiteSearch) -> Any:
    """The same question once more, over the plots of today."""
    require(actor, "renewal.plan")
    fresh = SiteSearch.objects.select_for_update().filter(pk__in=queries.sites(actor).values("pk"), pk=site.pk).first()
    if fresh is None:
        raise RenewalError(_("没有这次选址，或者没有指定您查看。"))
    if running(fresh):
        raise RenewalError(_("正在搜索，请等它结束。"))
    record(actor, "site.again", "site", fresh.ulid)
    return _queue(actor, fresh)


def _queue(actor: Any, site: SiteSearch) -> Any:
    job = jobs.enqueue(actor, SEARCH, {"site": site.ulid}, site.ulid[-6:])  # others see the job
    site.job_ulid, site.state = job.ulid, "solving"
    site.save(update_fields=["job_ulid", "state"])
    return job


def running(site: SiteSearch) -> bool:
    return jobs.unfinished(site.job_ulid)


def search_now(
    actor: Any, site: SiteSearch, tell: Callable[[str], None], cancelled: Callable[[], bool],
    atomic: Callable[[], AbstractContextManager[None]],
) -> SiteSearch:
    """Raises RenewalError with a sentence; the answer is written in one transaction."""
    wanted, began = Wanted.of(site.wanted), time.monotonic()
    tell(_("汇集地块、成本和户数"))
    field = field_of(actor, wanted)
    tell(_("搜索相连的用地"))
    try:
        found = _search(field, wanted, max(LEAST_S, wanted.seconds - (time.monotonic() - began)), cancelled)
    except ValueError as error:
        raise RenewalError(str(error)) from error
    answer = as_kept(field, found, wanted)
    with atomic():
        SiteSearch.objects.filter(pk=site.pk).update(answer=answer, state="solved" if found.sites else "none")
        record(actor, "site.found", "site", site.ulid, count=len(found.sites))
    site.refresh_from_db()
    return site


@dataclass
class Field:
    """All plots of the day that have a boundary, in one order."""

    plots: list[int]
    codes: list[str]
    inputs: list[dict[str, Value]]
    shapes: Any
    graph: Graph
    land: list[int | None]
    owners: list[int | None]
    cost: list[int | None]
    months: list[int | None]
    displaced: dict[str, list[int | None]]
    allowed: Any
    gate: list[int] | None
    filled: dict[str, int]
    no_shape: int
    year: int


def field_of(actor: Any, wanted: Wanted) -> Field:
    """Raises RenewalError where the record lacks what a wish needs."""
    rules, day = plan_policies.in_force(), timezone.localdate()
    year = figures_year(actor, day.year)
    ground = plan_ground.ground_of(actor, year, rules, Asked((year,), (), fills=wanted.fills), on=day)
    shapes = plan_ground.shapes_of(actor, [one.id for one in ground.rows.grounds])
    rows = [one for one in ground.rows.grounds if one.id in shapes and one.cm2 > 0]
    if not rows:
        raise RenewalError(_("没有带图形的地块，不能选址；请先导入摸排的地块。"))
    inputs = [ground.inputs[one.id] for one in rows]
    tables = [economics(rules.model, one.code, values, wanted.route) for one, values in zip(rows, inputs, strict=True)]
    flat = working(np.array([shapes[one.id] for one in rows], dtype=object), LONLAT).shapes
    return Field(
        [one.id for one in rows], [one.code for one in rows], inputs, flat,
        adjacency(flat, min_shared_m=wanted.shared_m, road_m=wanted.road_m), [one.cm2 for one in rows],
        _owners(actor, ground, rows, inputs), [table.cost_fen for table in tables],
        _up(tables, "months_total"), {name: _up(tables, name) for name in DISPLACED}, _allowed(rows, wanted),
        _gate(rows, wanted), dict(ground.filled), len(ground.rows.grounds) - len(rows), year)


def figures_year(actor: Any, year: int) -> int:
    """The newest of the last years of which firms have a tax figure: figures of a year are delivered after it."""
    last = [str(year - back) for back in range(LAST_YEARS)]
    found = registry.facts(actor, subject_type="enterprise").filter(measure="tax_paid", period__in=last)
    return int(found.aggregate(newest=Max("period"))["newest"] or year)


def _up(tables: Sequence[PlotEconomics], name: str) -> list[int | None]:
    """A figure of every plot, rounded up; None where something that it needs is not recorded."""
    found = [table.value(name) for table in tables]
    return [None if value is None else int(-(-value // 1)) for value in found]


def _owners(actor: Any, ground: Any, rows: Sequence[Any], inputs: Sequence[dict[str, Value]]) -> list[int | None]:
    """Firms that own or use the plot, and its households; None where nothing is recorded of either."""
    users: dict[int, set[int]] = {}
    for plot, firm in registry.occupancies(actor).exclude(plot=None).values_list("plot_id", "enterprise_id"):
        users.setdefault(plot, set()).add(firm or 0)
    found: list[int | None] = []
    for one, values in zip(rows, inputs, strict=True):
        owner, homes = ground.rows.owners.get(one.id), values.get("households")
        firms = users.get(one.id, set()) | ({owner} if owner else set())
        known = bool(firms) and homes is not None
        found.append(len(firms) + int(homes) if known else None)  # type: ignore[arg-type]
    return found


def _allowed(rows: Sequence[Any], wanted: Wanted) -> Any:
    mask = np.ones(len(rows), dtype=np.bool_)
    if wanted.towns:
        mask &= np.array([one.division_code in wanted.towns for one in rows])
    if wanted.zones:
        mask &= np.array([one.zone_code in wanted.zones for one in rows])
    if wanted.control_line:
        mask &= np.array([one.control_line == "in" for one in rows])
    return None if mask.all() else mask


def _gate(rows: Sequence[Any], wanted: Wanted) -> list[int] | None:
    """Plots near enough to a road, by the record of each."""
    if wanted.gate_m is None:
        return None
    known = {at: _metres(one.attributes) for at, one in enumerate(rows)}
    if all(value is None for value in known.values()):
        raise RenewalError(_("地块没有登记“距道路”（米），不能按离道路的距离选址；请在地块附加属性里补上，或不限道路。"))
    return [at for at, value in known.items() if value is not None and value <= wanted.gate_m]


def _metres(attributes: dict[str, Any]) -> float | None:
    for name in ROAD:
        try:
            return float(attributes[name])
        except (KeyError, TypeError, ValueError):
            continue
    return None


def _search(field: Field, wanted: Wanted, limit_s: float, cancelled: Callable[[], bool]) -> Sites:
    def column(values: list[int | None]) -> list[int | None] | None:
        return values if any(one is not None for one in values) else None

    middles = shapely.get_coordinates(shapely.centroid(field.shapes))
    return search(
        field.graph, field.land, column(field.cost), column(field.owners), column(field.months), min_cm2=wanted.min_cm2,
        allowed=field.allowed, within=wanted.within, phases=wanted.phases, alternatives=wanted.alternatives,
        time_limit_s=limit_s, aim=Aim(wanted.aim) if wanted.aim else None, owner_fen=wanted.owner_fen,
        gate=field.gate, middles=middles, span_m=wanted.span_m, cancelled=cancelled)


def as_kept(field: Field, found: Sites, wanted: Wanted) -> dict[str, Any]:
    """Alternatives as the page prints them; None is “not recorded”."""
    asked, unmet = found.eligible, found.unmet
    return {
        "sites": [_site(field, one, wanted) for one in found.sites], "aim": str(asked.aim), "seconds": round(found.seconds, 2),
        "eligible": len(asked.plots), "all": len(field.plots), "left_out": asked.left_out, "filled": field.filled,
        "no_shape": field.no_shape, "year": field.year, "edges": len(field.graph.edges),
        "unmet": None if unmet is None else {
            "why": unmet.why, "largest_cm2": int(unmet.largest_cm2),
            "plots": [field.plots[at] for at in unmet.largest.tolist()]},
        "columns": {name: any(one is not None for one in getattr(field, name)) for name in ("cost", "owners", "months")},
    }


def _site(field: Field, one: Site, wanted: Wanted) -> dict[str, Any]:
    shape = looks(field.shapes, field.graph, one.plots, road_m=wanted.road_m)
    places = one.plots.tolist()
    return {
        "plots": [field.plots[at] for at in places], "codes": [field.codes[at] for at in places],
        "phases": [{"codes": [field.codes[at] for at in part.tolist()],
                    "land_cm2": sum(field.land[at] or 0 for at in part.tolist())} for part in one.phases],
        "land_cm2": int(one.land_cm2), "cost": _whole(one.cost), "owners": _whole(one.owners), "months": _whole(one.months),
        "gap": float(one.gap), "bound": float(one.bound), "weight": int(one.weight), "seconds": round(one.seconds, 2),
        "compactness": float(shape.compactness), "filled": float(shape.filled), "span_m": float(shape.span_m),
        "displaced": {name: _total([values[at] for at in places]) for name, values in field.displaced.items()},
        "joints": [field.codes[at] for at in shape.joints], "risks": _risks([field.inputs[at] for at in places]),
    }


def _total(values: Sequence[int | None]) -> int | None:
    """None while one of the plots has no figure: a sum of the others would tell too little."""
    return None if None in values else sum(value or 0 for value in values)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _risks(inputs: Sequence[dict[str, Value]]) -> dict[str, int]:
    """Word → plots; what nobody recorded counts as not known."""
    found: Counter[str] = Counter()
    for values in inputs:
        for name, words in RISKS.items():
            value = values.get(name)
            if value is not None and value in words:
                found[words[value]] += 1
    return dict(found)
