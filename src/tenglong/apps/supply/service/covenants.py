"""Covenants: begun with firm and land, papers and what they agree, nodes reached, firms that count, proven figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scope_of, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.models import (
    Covenant,
    CovenantFirm,
    CovenantPaper,
    CovenantPlot,
    Node,
    NodeDone,
    Pledged,
    ProvenFigure,
)
from tenglong.apps.supply.service.covenants_picture import picture, rules
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.covenant.policy import FLOOR, CovenantPolicy
from tenglong.domain.measures import packaged

VERB: Final = "covenant.work"
WHOLE_BP: Final = 10_000
E6: Final = 10**6
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Promise:
    """A line of a paper. `at_least` "": the paper takes the indicator out again."""

    indicator: str
    at_least: str
    mode: str = "single"
    first_year: int | None = None
    after: str = ""
    plus: int = 1
    years: int = 1


@dataclass(frozen=True)
class NodeDay:
    """A date of a paper; `permille`: ‰ of the price for each day late, "" when the paper states none."""

    kind: str
    agreed_on: date | None
    permille: str = ""


def locked(actor: Any, row: M, *verbs: str) -> M:
    """The row as it is now, for writing, if one of `verbs` lets the actor reach it. Raises Refused, CovenantError."""
    held = [verb for verb in verbs if can(actor, verb)]
    if not held:
        require(actor, verbs[0])
    objects = type(row)._default_manager
    if not any(scoped(actor, objects.filter(pk=row.pk), verb).exists() for verb in held):
        raise CovenantError(_("没有这条记录，或者它不在您的管辖范围内。"))
    return objects.select_for_update().get(pk=row.pk)


def going(covenant: Covenant) -> Covenant:
    """Raises CovenantError for one whose supervision is over."""
    if covenant.ended_on is not None:
        raise CovenantError(_("这份约定的监管已于 %(day)s 结束。") % {"day": covenant.ended_on})
    return covenant


def document_of(actor: Any, document: Any, what: str) -> Any:
    """The file if the actor may see it; None is refused naming `what`."""
    if document is None:
        raise CovenantError(_("请上传%(what)s。") % {"what": what})
    if not registry.documents(actor).filter(pk=document.pk).exists():
        raise CovenantError(_("没有这份材料，或者它不在您的管辖范围内。"))
    return document


@transaction.atomic
def create(
    actor: Any, *, project_name: str, uscc: str, plot_codes: Sequence[str], land_cm2: int, price_fen: int | None = None,
    industry: str = "", listing: Any = None,
) -> Covenant:
    """A covenant of one firm for its plots, all in towns of the actor. Raises CovenantError, Refused."""
    require(actor, VERB)
    if not project_name.strip():
        raise CovenantError(_("请写明项目名称。"))
    if land_cm2 <= 0 or (price_fen is not None and price_fen <= 0):
        raise CovenantError(_("宗地面积和出让价款应大于 0。"))
    firm = registry.enterprises(actor).filter(uscc=uscc.strip().upper()).first()
    if firm is None:
        raise CovenantError(_("没有这家企业，或者它不在您的管辖范围内。请先在企业库登记。"))
    plots = _plots(actor, plot_codes)
    rule = rules()
    made = Covenant.objects.create(
        number=f"LY{timezone.localdate():%Y%m%d}-{firm.enterprise_id}-{plots[0].plot_id}-{Covenant.objects.count() + 1}",
        project_name=project_name.strip()[:200], enterprise_id=firm.enterprise_id, division_code=plots[0].division_code,
        industry=industry or firm.industry, land_cm2=land_cm2, price_fen=price_fen, listing=listing, policy=rule.reference,
        created_by_id=actor.pk, lacking=next(iter(rule.policy.nodes)),
    )
    Covenant.objects.filter(pk=made.pk).update(number=f"LY{timezone.localdate():%Y}-{made.pk:05d}")
    CovenantPlot.objects.bulk_create(CovenantPlot(covenant=made, plot_id=one.plot_id, plot_code=one.code) for one in plots)
    uses = on_land(actor, made, firm.enterprise_id)
    CovenantFirm.objects.create(covenant=made, enterprise_id=firm.enterprise_id, producing=uses)
    record(actor, "covenant.create", "covenant", made.ulid, deltas=[Delta("project_name", None, made.project_name)])
    return Covenant.objects.get(pk=made.pk)


def _plots(actor: Any, codes: Sequence[str]) -> list[Any]:
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    found = list(registry.plots(actor).filter(code__in=wanted).order_by("code"))
    if not wanted or len(found) != len(wanted):
        lacking = "、".join(sorted(set(wanted) - {one.code for one in found}))
        raise CovenantError(_("没有地块 %(codes)s，或者不在您的管辖范围内。") % {"codes": lacking or "—"})
    reach = scope_of(actor, VERB)
    if not all(reach.covers(one.division_code) for one in found):
        raise CovenantError(_("有的地块不在您办理履约监管的镇街。"))
    return found


def on_land(actor: Any, covenant: Covenant, enterprise_id: int) -> bool | None:
    """True when a land-use relation in force has the firm on a plot of the covenant; None: the register tells nothing."""
    plots = list(covenant.plots.values_list("plot_id", flat=True))
    return True if registry.occupancies(actor, enterprise_id=enterprise_id).filter(plot_id__in=plots).exists() else None


@transaction.atomic
def add_paper(
    actor: Any, covenant: Covenant, kind: str, *, number: str, signed_on: date, effective_on: date,
    promises: Iterable[Promise] = (), nodes: Iterable[NodeDay] = (), document: Any = None, note: str = "",
) -> CovenantPaper:
    """A paper of the chain with what it agrees; nothing in force is changed by hand. Raises CovenantError, Refused."""
    fresh = going(locked(actor, covenant, VERB))
    rule = rules(fresh.policy).policy
    if kind not in rule.papers:
        raise CovenantError(_("政策参数里没有这种文书。"))
    if not number.strip():
        raise CovenantError(_("请写明文号或合同编号。"))
    if effective_on < signed_on:
        raise CovenantError(_("生效日期 %(a)s 早于签订日期 %(b)s。") % {"a": effective_on, "b": signed_on})
    if signed_on > timezone.localdate():
        raise CovenantError(_("签订日期不能晚于今天。"))
    lines, days = [_promise(rule, one) for one in promises], [_node_day(rule, one) for one in nodes]
    if not lines and not days:
        raise CovenantError(_("这份文书没有约定任何指标或节点，请至少填一项。"))
    made = CovenantPaper.objects.create(
        covenant=fresh, kind=kind, number=number.strip()[:120], signed_on=signed_on, effective_on=effective_on,
        document=document, note=note.strip()[:300], created_by_id=actor.pk)
    Pledged.objects.bulk_create(Pledged(paper=made, **vars(one)) for one in lines)
    Node.objects.bulk_create(Node(paper=made, **vars(one)) for one in days)
    told = [Delta(one.indicator, None, one.at_least or "—") for one in lines]
    told += [Delta(one.kind, None, one.agreed_on) for one in days]
    record(actor, "covenant.paper", "covenant", fresh.ulid, deltas=told, reason=f"{rule.papers[kind].label} {made.number}")
    settle(fresh)
    return made


def _promise(rule: CovenantPolicy, one: Promise) -> Promise:
    if one.indicator not in rule.indicators:
        raise CovenantError(_("政策参数里没有这个指标。"))
    label = rule.indicators[one.indicator].label
    if not one.at_least:
        return one
    if _positive(one.at_least) is None:
        raise CovenantError(_("“%(label)s”的约定值应是大于 0 的数。") % {"label": label})
    if one.mode == "cumulative" and not rule.indicators[one.indicator].adds:
        raise CovenantError(_("“%(label)s”是比值，不能按累计考核，请选单年度或年平均。") % {"label": label})
    if one.first_year is None and one.after not in rule.nodes:
        raise CovenantError(_("“%(label)s”请写明起始年度，或从哪个节点后起算。") % {"label": label})
    if not 1 <= one.years <= 30:
        raise CovenantError(_("“%(label)s”的考核年数应在 1 与 30 之间。") % {"label": label})
    return one


def _node_day(rule: CovenantPolicy, one: NodeDay) -> NodeDay:
    if one.kind not in rule.nodes:
        raise CovenantError(_("政策参数里没有这个节点。"))
    if one.permille and _positive(one.permille) is None:
        raise CovenantError(_("“%(label)s”的每日千分率应是大于 0 的数。") % {"label": rule.nodes[one.kind].label})
    return one


def _positive(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and value > 0 else None


@transaction.atomic
def void_paper(actor: Any, paper: CovenantPaper, *, reason: str) -> Covenant:
    """A paper entered wrongly no longer counts; by somebody else than who entered it. Raises CovenantError, Refused."""
    fresh = going(locked(actor, paper.covenant, "covenant.decide"))
    paper = CovenantPaper.objects.get(pk=paper.pk)
    if paper.voided_on is not None or paper.created_by_id == actor.pk:
        raise CovenantError(_("录入的人不能自己作废，或这份文书已经作废。"))
    if len(reason.strip()) < 2:
        raise CovenantError(_("请写明作废理由。"))
    CovenantPaper.objects.filter(pk=paper.pk).update(voided_on=timezone.localdate(), void_reason=reason.strip()[:300])
    record(actor, "covenant.void", "covenant", fresh.ulid, deltas=[Delta("paper", paper.number, None)], reason=reason.strip())
    return settle(fresh)


@transaction.atomic
def reach_node(actor: Any, covenant: Covenant, kind: str, *, done_on: date, document: Any) -> Covenant:
    """A node was reached on a day, with its paper; entered again it corrects the day. A pledge only warns: late is taken."""
    fresh = going(locked(actor, covenant, VERB))
    rule = rules(fresh.policy).policy
    if kind not in rule.nodes:
        raise CovenantError(_("政策参数里没有这个节点。"))
    if done_on > timezone.localdate():
        raise CovenantError(_("实际日期不能晚于今天：预计的日期不是实际日期。"))
    paper = document_of(actor, document, _("“%(label)s”的证明材料") % {"label": rule.nodes[kind].label})
    before = NodeDone.objects.filter(covenant=fresh, kind=kind).first()
    NodeDone.objects.update_or_create(
        covenant=fresh, kind=kind, defaults={"done_on": done_on, "document": paper, "entered_by_id": actor.pk})
    record(actor, "covenant.node", "covenant", fresh.ulid, deltas=[Delta(kind, before.done_on if before else None, done_on)])
    return settle(fresh)


@transaction.atomic
def put_firm(
    actor: Any, covenant: Covenant, uscc: str, *, registered: bool | None, producing: bool | None, share_bp: int = WHOLE_BP,
    document: Any = None,
) -> CovenantFirm:
    """Whether and how much the figures of a firm count here. Raises CovenantError, Refused."""
    fresh = going(locked(actor, covenant, VERB))
    firm = registry.enterprises(actor).filter(uscc=uscc.strip().upper()).first()
    if firm is None:
        raise CovenantError(_("没有这家企业，或者它不在您的管辖范围内。请先在企业库登记。"))
    if not 0 < share_bp <= WHOLE_BP:
        raise CovenantError(_("计入比例应在 0 与 100% 之间。"))
    before = CovenantFirm.objects.filter(covenant=fresh, enterprise_id=firm.enterprise_id).first()
    held, _new = CovenantFirm.objects.update_or_create(
        covenant=fresh, enterprise_id=firm.enterprise_id,
        defaults={"registered": registered, "producing": producing, "share_bp": share_bp, "document": document})
    told = [Delta(name, getattr(before, name, None), getattr(held, name)) for name in ("registered", "producing", "share_bp")]
    record(actor, "covenant.firm", "covenant", fresh.ulid, deltas=told, reason=firm.name)
    return held


@transaction.atomic
def prove(
    actor: Any, covenant: Covenant, measure: str, year: int, value: Decimal, *, document: Any, so_far: bool = False
) -> ProvenFigure:
    """A figure of the whole project in the measure's own unit, with the paper that proves it. Raises CovenantError, Refused."""
    fresh = going(locked(actor, covenant, VERB))
    if measure not in measures_of(rules(fresh.policy).policy):
        raise CovenantError(_("这份约定的指标用不到这个数。"))
    if measure != FLOOR and not 2000 <= year <= timezone.localdate().year:
        raise CovenantError(_("年度应在 2000 与今年之间。"))
    paper = document_of(actor, document, _("证明材料"))
    place: dict[str, Any] = {"covenant": fresh, "measure": measure, "year": 0 if measure == FLOOR else year}
    before = ProvenFigure.objects.select_related("document").filter(**place).first()
    held, _new = ProvenFigure.objects.update_or_create(
        **place, defaults={"value_e6": round(value * E6), "document": paper, "so_far": so_far, "entered_by_id": actor.pk})
    record(actor, "covenant.figure", "covenant", fresh.ulid, deltas=diff(_proven(before) if before else {}, _proven(held)))
    return held


def _proven(figure: ProvenFigure) -> dict[str, Any]:
    """What the audit keeps of a figure: what is replaced stands nowhere else."""
    name = f"{figure.measure} {figure.year}"
    return {name: format(Decimal(figure.value_e6) / E6, "f"), f"{name} so_far": figure.so_far,
            f"{name} document": figure.document.ulid if figure.document else None}


def measures_of(rule: CovenantPolicy) -> dict[str, str]:
    """Measure → label with unit, of everything that the indicators need."""
    names = dict.fromkeys(name for one in rule.indicators.values() for name in one.measures)
    found = {name: str(packaged()[name].label) for name in names if name in packaged()}
    return {FLOOR: _("建筑面积"), **found}


@transaction.atomic
def end(actor: Any, covenant: Covenant, *, reason: str) -> Covenant:
    """Supervision is over (期满、解除、收回); by a second person's verb. Raises CovenantError, Refused."""
    fresh = going(locked(actor, covenant, "covenant.decide"))
    if fresh.created_by_id == actor.pk:
        raise CovenantError(_("登记的人不能自己结束监管，请另一位经办人办理。"))
    if len(reason.strip()) < 2:
        raise CovenantError(_("请写明结束监管的理由。"))
    values: Mapping[str, Any] = {"ended_on": timezone.localdate(), "end_reason": reason.strip()[:300]}
    Covenant.objects.filter(pk=fresh.pk).update(**values)
    record(actor, "covenant.end", "covenant", fresh.ulid, reason=reason.strip())
    return Covenant.objects.get(pk=fresh.pk)


def settle(covenant: Covenant, on: date | None = None) -> Covenant:
    """The first node that lacks and its agreed day, as lists filter by them; after every write and once a day."""
    found = picture(covenant, on or timezone.localdate()).progress.lacking
    values = {"lacking": found.id if found else "", "due_on": found.agreed if found else None}
    if any(getattr(covenant, name) != value for name, value in values.items()):
        Covenant.objects.filter(pk=covenant.pk).update(**values)
    return Covenant.objects.get(pk=covenant.pk)
