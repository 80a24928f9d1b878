"""Idle land: a clue becomes a case; facts with documents; steps as the rule allows; amounts for the team alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.casework import service as casework
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import IdleLand, IdleMember
from tenglong.apps.renewal.service.base import document_of, locked, said
from tenglong.domain.delta import Delta
from tenglong.domain.renewal import idle as rule

CASE: Final = "idle-land"
DATES: Final = ("agreed_start", "stopped_on")
FLAGS: Final = ("started", "stopped")
SHARES: Final = ("built_share", "invested_share")
ENDED: Final = ("dismissed", "closed")


@transaction.atomic
def open_clue(actor: Any, plot_ulid: str, *, note: str, on: date | None = None) -> IdleLand:
    """A clue about a plot; who enters it is the first of the team. Raises RenewalError, Refused."""
    require(actor, "renewal.idle")
    plot = registry.plots(actor).filter(plot__ulid=plot_ulid).first()
    if plot is None or not scope_of(actor, "renewal.idle").covers(plot.division_code):
        raise RenewalError(_("没有这块地，或者它不在您的管辖范围内。"))
    if IdleLand.objects.filter(plot_id=plot.plot_id).exclude(state__in=ENDED).exists():
        raise RenewalError(_("这块地已有一件闲置土地线索在办理。"))
    why, day = said(note, _("线索内容")), on or timezone.localdate()
    made = IdleLand.objects.create(
        plot_id=plot.plot_id, plot_code=plot.code, division_code=plot.division_code, holder_id=_holder(actor, plot.plot_id),
        land_cm2=plot.surveyed_cm2 or plot.stated_cm2 or 0, facts={"note": why}, created_by_id=actor.pk,
        steps=[{"state": rule.load().first.id, "on": day.isoformat(), "document": ""}],
    )
    try:
        case = casework.open_case(
            actor, CASE, "plot", plot.plot_id, _("地块 %(code)s 疑似闲置") % {"code": plot.code},
            division_code=plot.division_code, on=on,
        )
    except casework.CaseError as error:
        raise RenewalError(str(error)) from error
    IdleLand.objects.filter(pk=made.pk).update(case_id=case.pk)
    IdleMember.objects.create(idle=made, user=actor, added_by_id=actor.pk)
    record(actor, "idle.clue", "plot", plot_ulid, reason=why)
    return IdleLand.objects.get(pk=made.pk)


def _holder(actor: Any, plot_id: int) -> int | None:
    uses = registry.occupancies(actor, plot_id=plot_id).filter(role__in=("owner", "idle"), enterprise_id__isnull=False)
    found = uses.order_by("-area_cm2").values_list("enterprise_id", flat=True).first()
    return int(found) if found is not None else None


@transaction.atomic
def enter_facts(
    actor: Any, idle: IdleLand, values: Mapping[str, Any], *, document: Any, price_fen: int | None = None
) -> IdleLand:
    """Facts of the record, each with the document that proves it; only by the team. None leaves a fact as it is."""
    fresh = _open(actor, idle)
    document_of(actor, document, _("证明材料"))
    facts = dict(fresh.facts)
    for name, value in values.items():
        if value is not None and name in (*DATES, *FLAGS, *SHARES):
            facts[name] = {"value": _plain(name, value), "document": document.ulid}
    _assessed(facts, _("这样填写无法判断"))
    changes: dict[str, Any] = {"facts": facts}
    if price_fen is not None:
        if price_fen < 0:
            raise RenewalError(_("价款不能是负数。"))
        changes["price_fen"] = price_fen
    IdleLand.objects.filter(pk=fresh.pk).update(**changes)
    told = [Delta(name, None, str(facts[name]["value"])) for name in values if values[name] is not None and name in facts]
    record(actor, "idle.facts", "idle_land", fresh.ulid, deltas=told)  # an amount is never written here
    return IdleLand.objects.get(pk=fresh.pk)


def _plain(name: str, value: Any) -> Any:
    if name in DATES:
        return value.isoformat()
    if name in SHARES:
        share = Fraction(str(value))
        if not 0 <= share <= 1:
            raise RenewalError(_("比例应在 0 与 100% 之间。"))
        return str(share)
    return bool(value)


@transaction.atomic
def add_cause(
    actor: Any, idle: IdleLand, cause: str, *, start: date, end: date | None = None, document: Any = None
) -> IdleLand:
    """A delay that the government caused; without its document it is a claim that must be looked into."""
    fresh = _open(actor, idle)
    if cause not in rule.load().causes:
        raise RenewalError(_("没有这种政府原因。"))
    if end is not None and end < start:
        raise RenewalError(_("止日 %(end)s 早于起日 %(start)s。") % {"end": end, "start": start})
    facts = dict(fresh.facts)
    row = {"id": cause, "start": start.isoformat(), "end": end.isoformat() if end else "",
           "document": document.ulid if document is not None else ""}
    facts["causes"] = [*facts.get("causes", []), row]
    IdleLand.objects.filter(pk=fresh.pk).update(facts=facts)
    record(actor, "idle.cause", "idle_land", fresh.ulid, deltas=[Delta("cause", None, f"{cause} {start}")])
    return IdleLand.objects.get(pk=fresh.pk)


@transaction.atomic
def step(actor: Any, idle: IdleLand, state: str, *, document: Any, on: date | None = None) -> IdleLand:
    """To the next state with its document, by a member of the team; the rule may refuse. Raises RenewalError, Refused."""
    fresh = _open(actor, idle)
    label = rule.load().state(state).document
    paper = document_of(actor, document, _("《%(name)s》") % {"name": label})
    try:
        casework.move(actor, fresh.case.ulid, state, documents=[(state, paper.ulid)], on=on)
    except casework.CaseError as error:
        raise RenewalError(str(error)) from error
    return IdleLand.objects.get(pk=fresh.pk)


@transaction.atomic
def add_member(actor: Any, idle: IdleLand, user: Any) -> IdleMember:
    """Another person of the case, let in by one of the team; it must have the verb and reach the plot's town."""
    fresh = _open(actor, idle)
    if not can(user, "renewal.idle") or not scope_of(user, "renewal.idle").covers(fresh.division_code):
        raise RenewalError(_("这个人没有办理闲置土地的权限，或者这块地不在其管辖范围内。"))
    made, new = IdleMember.objects.get_or_create(idle=fresh, user=user, defaults={"added_by_id": actor.pk})
    if new:
        record(actor, "idle.member", "idle_land", fresh.ulid, deltas=[Delta("member", None, user.username)])
    return made


def _open(actor: Any, idle: IdleLand) -> IdleLand:
    fresh = locked(actor, idle, "renewal.idle")
    if not IdleMember.objects.filter(idle=fresh, user_id=actor.pk).exists():
        raise RenewalError(_("只有案件组成员可以办理。请组内的人把您加入。"))
    if fresh.state in ENDED or fresh.case is None:
        raise RenewalError(_("这件已经办结。"))
    return fresh


# ---- what the rule says


def record_of(facts: Mapping[str, Any]) -> rule.LandRecord:
    """The facts as the rule reads them."""
    def held(name: str) -> Any:
        return facts.get(name, {}).get("value")

    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    def share(text: str | None) -> Fraction | None:
        return Fraction(text) if text is not None else None

    causes = tuple(
        rule.Cause(row["id"], date.fromisoformat(row["start"]), day(row["end"]), row["document"])
        for row in facts.get("causes", ())
    )
    return rule.LandRecord(
        agreed_start=day(held("agreed_start")), started=held("started"), built_share=share(held("built_share")),
        invested_share=share(held("invested_share")), stopped=held("stopped"), stopped_on=day(held("stopped_on")),
        causes=causes,
    )


def _assessed(facts: Mapping[str, Any], told: str) -> rule.Idleness:
    try:
        return rule.assess(rule.load(), record_of(facts), timezone.localdate())
    except (LookupError, ValueError) as error:
        raise RenewalError(f"{told}：{error}") from error


def idleness(idle: IdleLand, on: date | None = None) -> rule.Idleness:
    """What the record makes of the land on the day."""
    return rule.assess(rule.load(), record_of(idle.facts), on or timezone.localdate())


def standing(idle: IdleLand, on: date | None = None) -> rule.Standing:
    """State, clock, and what may come next with what is in the way."""
    history = tuple(rule.Step(row["state"], date.fromisoformat(row["on"]), row["document"]) for row in idle.steps)
    day = on or timezone.localdate()
    return rule.stands(rule.load(), history, idleness(idle, day), calendar(), day)


def guard(case: Any, params: Mapping[str, Any], user: Any) -> str:
    """Check `idle_land` of the definition: only the team moves it, and only as the rule allows. "" or a sentence."""
    held = IdleLand.objects.filter(case=case).first()
    if held is None:
        return _("这个案件没有对应的闲置土地记录，请从“闲置土地”发起。")
    if not IdleMember.objects.filter(idle=held, user_id=user.pk).exists():
        return _("只有案件组成员可以办理。")
    return "；".join(standing(held).next.get(params["state"], ()))


def follow(moved: casework.Moved) -> None:
    """Hook of the case: the record's state is the state of its case."""
    held = IdleLand.objects.filter(case=moved.case).first()
    if held is None or moved.after == held.state:
        return
    found = idleness(held)
    steps = [*held.steps, {"state": moved.after, "on": moved.event.on.isoformat(), "document": ",".join(moved.documents)}]
    changes: dict[str, Any] = {"state": moved.after, "steps": steps}
    if moved.after == "recognised":
        changes |= {"kind": found.form}
    if moved.after in ("fee_decided", "take_back_decided", "agreed"):
        changes |= {"disposal": found.consequence}
    if moved.after in ENDED:
        changes |= {"closed_on": moved.event.on}
    IdleLand.objects.filter(pk=held.pk).update(**changes)


def register() -> None:
    """Called from the wiring."""
    casework.on_move(CASE, follow)
    casework.guard("idle_land", guard)
