"""What a closed case counts: rows per counter of its route, once; taken back by a second person with a reason; past records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit.service import digest_of, record
from tenglong.apps.casework import service as casework
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Treated
from tenglong.apps.renewal.service.base import document_of, locked, said
from tenglong.apps.renewal.service.publishing import DEFINITION, evidence_complete
from tenglong.domain.delta import Delta
from tenglong.domain.renewal.routes import RouteBook

#: the state of case `renewal` that counts; the other end (终止) counts nothing
CLOSED: Final = "closed"
VERB: Final = "renewal.approve"
LAND, FIRM, PLOT = "mu", "firm", "plot"


def follow(moved: casework.Moved) -> None:
    """Hook of case `renewal`, in the transaction of its last step. Whatever the definition checks, nothing is counted without
    the evidence of the route. Raises CaseError, which undoes the step."""
    if moved.after != CLOSED:
        return
    if lacking := evidence_complete(moved.case, {}, moved.actor):
        raise casework.CaseError(lacking)
    plot = _plot(moved.actor, moved.case.subject_id)
    book, route = plan_policies.in_force().book, str(moved.case.fields["route"])
    firm = owner_of(moved.actor, plot.plot_id, plot.valid_to)
    made = [_row(moved, book, name, plot, firm) for name in book.route(route).counters]
    Treated.objects.bulk_create(made)
    told = [Delta(one.counter, None, one.land_cm2 if book.policy.counters[one.counter].unit == LAND else 1) for one in made]
    record(moved.actor, "treated.count", "case", moved.case.ulid, deltas=told, count=len(made), reason=book.route(route).label)


def _plot(actor: Any, plot_id: int | None) -> Any:
    """The version in force, or the last one of a plot that was retired on the way. Raises CaseError: no area, no count."""
    plot = registry.last_plot(actor, plot_id or 0)
    if plot is None:
        raise casework.CaseError(_("案件的地块不在登记册里，或不在您的管辖范围内，不能计入整治成果。"))
    if not area_of(plot):
        raise casework.CaseError(_("地块 %(code)s 没有登记面积，请先补登实测面积再销号。") % {"code": plot.code})
    return plot


def area_of(plot: Any) -> int:
    """Surveyed area, without one the titled area, in cm²."""
    return int(plot.surveyed_cm2 or plot.stated_cm2 or 0)


def owner_of(actor: Any, plot_id: int, on: date | None = None) -> int | None:
    """Who holds the land: the owner's relation with the largest area, else the holder of the largest title in the plot."""
    day = on - timedelta(days=1) if on else None
    uses = registry.occupancies(actor, day, plot_id=plot_id).filter(role="owner", enterprise__isnull=False)
    found = max(uses.values_list("area_cm2", "enterprise_id"), key=lambda one: (one[0] or 0, -one[1]), default=None)
    if found is not None:
        return int(found[1])
    link = registry.parcel_links(actor, day, plot_id=plot_id).order_by("-area_cm2", "pk").first()
    title = link and registry.parcels(actor, day).filter(parcel_id=link.parcel_id).exclude(holder_uscc="").first()
    holder = title and registry.enterprises(actor, day).filter(uscc=title.holder_uscc).first()
    return int(holder.enterprise_id) if holder else None


def _row(moved: casework.Moved, book: RouteBook, counter: str, plot: Any, firm: int | None) -> Treated:
    case, unit = moved.case, book.policy.counters[counter].unit
    return Treated(
        plot_id=plot.plot_id, plot_code=plot.code, enterprise_id=firm, division_code=case.division_code,
        route=str(case.fields["route"]), counter=counter, land_cm2=area_of(plot) if unit == LAND else 0, done_on=moved.event.on,
        before={"year": case.opened_on.year - 1, "on": case.opened_on.isoformat()}, case=case, created_by_id=moved.actor.pk)


@transaction.atomic
def take_back(actor: Any, row: Treated, *, reason: str) -> int:
    """What one case, or one line of a record, counted counts no more; the rows stay with reason and person. Not by whoever
    closed the case. Returns how many rows. Raises Refused, RenewalError."""
    held = locked(actor, row, VERB)
    why = said(reason, _("撤销计入的理由"))
    if held.created_by_id == actor.pk:
        raise RenewalError(_("撤销计入由另一个人办理：销号的人不能撤销自己销号的案件。"))
    same = Treated.objects.filter(case_id=held.case_id) if held.case_id else Treated.objects.filter(pk=held.pk)
    live = list(same.filter(voided_at__isnull=True).select_for_update())
    if not live:
        raise RenewalError(_("这条记录已经撤销。"))
    Treated.objects.filter(pk__in=[one.pk for one in live]).update(
        voided_at=timezone.now(), voided_by=actor, void_reason=why)
    subject = ("case", held.case.ulid) if held.case else ("treated", held.ulid)
    told = [Delta(one.counter, one.land_cm2 or 1, None) for one in live]
    record(actor, "treated.void", *subject, deltas=told, count=len(live), reason=why)
    return len(live)


# ---- records of earlier years


@dataclass(frozen=True)
class Past:
    """One line of a dated record; it feeds `counter` and nothing else. `before`: see `Treated.before`."""

    counter: str
    done_on: date
    division_code: str
    route: str = ""
    plot_id: int | None = None
    plot_code: str = ""
    enterprise_id: int | None = None
    land_cm2: int = 0
    before: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def enter_past(actor: Any, lines: Sequence[Past], *, source: str, document: Any) -> int:
    """Lines of a record of earlier years, all or none, under one audit entry with their digest. `document`: the record
    itself. Raises Refused, RenewalError naming the line."""
    require(actor, VERB)
    paper, book, scope = document_of(actor, document, _("台账原件")), plan_policies.in_force().book, scope_of(actor, VERB)
    for at, line in enumerate(lines, 1):
        if wrong := _wrong(line, book):
            raise RenewalError(_("台账第 %(at)s 行：%(why)s") % {"at": at, "why": wrong})
        if not scope.covers(line.division_code):
            raise RenewalError(_("台账第 %(at)s 行不在您的管辖范围内。") % {"at": at})
    told = said(source, _("台账名称"))
    Treated.objects.bulk_create(
        [Treated(**asdict(line), source=told, document=paper, created_by_id=actor.pk) for line in lines], batch_size=200)
    digest = digest_of((one.counter, one.done_on, one.plot_code, one.enterprise_id, one.land_cm2) for one in lines)
    record(actor, "treated.past", "document", paper.ulid, count=len(lines), digest=digest, reason=told)
    return len(lines)


def _wrong(line: Past, book: RouteBook) -> str:
    """What keeps a line from counting, or ""."""
    counter = book.policy.counters.get(line.counter)
    if counter is None:
        return _("没有计数“%(name)s”。") % {"name": line.counter}
    if line.route and line.route not in book.ids:
        return _("没有路径“%(name)s”。") % {"name": line.route}
    if line.done_on > timezone.localdate():
        return _("完成日期 %(day)s 晚于今天。") % {"day": line.done_on}
    lacks = {LAND: line.land_cm2 <= 0, FIRM: line.enterprise_id is None, PLOT: line.plot_id is None}
    words = {LAND: _("没有面积。"), FIRM: _("没有企业。"), PLOT: _("没有地块。")}
    return words[counter.unit] if lacks.get(counter.unit) else ""


def register() -> None:
    """Called from `wiring_treated.register`."""
    casework.on_move(DEFINITION, follow)
