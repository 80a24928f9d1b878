"""Checks and their reviews: figures against what stands, kept as they were; a case whose amounts leave it only step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.casework import service as casework
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.models import CheckMember, Covenant, CovenantCheck
from tenglong.apps.supply.service.covenants import VERB, going, locked
from tenglong.apps.supply.service.covenants_facts import gather
from tenglong.apps.supply.service.covenants_picture import Picture, picture
from tenglong.domain.delta import Delta
from tenglong.domain.landing.covenant.judge import Figures, Outcome, Value, judge
from tenglong.domain.landing.covenant.nodes import NodeState
from tenglong.domain.landing.covenant.shortfall import Ground, Owed, owed

CASE: Final = "covenant-review"
STATED: Final = "notified"
CHINESE: Final = "zh-hans"


@transaction.atomic
def check(actor: Any, covenant: Covenant, *, on: date | None = None) -> CovenantCheck:
    """Judge everything that stands on the day, from the record; kept with its sources. Raises CovenantError, Refused."""
    fresh = going(locked(actor, covenant, VERB))
    held = picture(fresh, on or timezone.localdate())
    if not held.indicators and not held.nodes:
        raise CovenantError(_("还没有登记约定的指标或节点，请先录入文书。"))
    with translation.override(CHINESE):  # sentences are kept as they were, whoever reads them later
        found = gather(actor, held)
    outcomes = outcomes_of(held, found.figures)
    price = Ground(fresh.price_fen, fresh.land_cm2, held.permille)
    amounts = [_amount(one) for one in owed(held.policy, outcomes, held.progress, price)]
    firms = {"counted": [one.id for one in found.firms.firms], "left_out": list(found.firms.left_out.values()),
             "open": list(found.firms.open.values())}
    result = {"rows": [_row(held, one) for one in outcomes.values()], "nodes": [_node(one) for one in held.progress.nodes],
              "gaps": list(held.progress.gaps), "conflicts": held.conflicts, "firms": firms}
    verdicts = [one.verdict for one in outcomes.values()]
    made = CovenantCheck.objects.create(
        covenant=fresh, on=held.on, policy=fresh.policy, result=result, amounts=amounts, short=verdicts.count("short"),
        lacking=verdicts.count("unknown"), created_by_id=actor.pk)
    record(actor, "covenant.check", "covenant", fresh.ulid, count=len(outcomes),
           deltas=[Delta("short", None, made.short), Delta("lacking", None, made.lacking)])
    return made


def outcomes_of(held: Picture, figures: Figures) -> dict[str, Outcome]:
    """Every indicator that stands on the day of the picture, judged."""
    found = {}
    for name, stands in held.indicators.items():
        if stands.terms is not None:
            found[name] = judge(
                held.policy, name, stands.terms, figures, land_cm2=held.covenant.land_cm2, begun=held.begun, done=held.done,
                on=held.on)
    return found


# ---- as it is kept: fractions as text


def _row(held: Picture, one: Outcome) -> dict[str, Any]:
    stands = held.indicators[one.indicator]
    paper = held.paper(stands.line)
    return {
        "indicator": one.indicator, "verdict": one.verdict, "agreed": str(one.agreed), "reached": _text(one.reached),
        "why": one.why, "years": list(one.years), "mode": stands.terms.mode if stands.terms else "",
        "paper": paper.pk if paper else None, "conflict": stands.conflict, "values": [_value(value) for value in one.values]}


def _value(one: Value) -> dict[str, Any]:
    return {"year": one.year, "value": _text(one.value), "top": _text(one.top), "bottom": _text(one.bottom), "why": one.why,
            "sources": list(one.sources)}


def _node(one: NodeState) -> dict[str, Any]:
    return {"id": one.id, "agreed": one.agreed.isoformat() if one.agreed else None, "state": one.state, "late": one.days_late,
            "done": one.done.isoformat() if one.done else None}


def _amount(one: Owed) -> dict[str, Any]:
    return {"clause": one.clause, "label": one.label, "article": one.article, "about": one.about, "exact": _text(one.exact),
            "fen": one.fen, "why": one.why, "steps": [vars(step) for step in one.steps]}


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


# ---- review


@transaction.atomic
def review(actor: Any, row: CovenantCheck, *, on: date | None = None) -> CovenantCheck:
    """A case for a check that found something; who opens it is the first of its team. Raises CovenantError, Refused."""
    fresh = locked(actor, row, VERB)
    covenant = fresh.covenant
    if fresh.case_id is not None:
        raise CovenantError(_("这次核查已经发起案件。"))
    late = any(node["late"] for node in fresh.result["nodes"])
    if not fresh.short and not late:
        raise CovenantError(_("这次核查没有发现未达标或逾期，不需要发起案件。"))
    if CovenantCheck.objects.filter(covenant=covenant, stage__in=("checking", "notified")).exists():
        raise CovenantError(_("这份约定已有一件核查案件在办理，请等它办结。"))
    CheckMember.objects.create(check_row=fresh, user=actor, added_by_id=actor.pk)
    title = _("%(name)s 履约核查（%(day)s）") % {"name": covenant.project_name, "day": fresh.on}
    try:
        case = casework.open_case(
            actor, CASE, "enterprise", covenant.enterprise_id, title, division_code=covenant.division_code,
            fields={"covenant": covenant.number}, on=on)
    except casework.CaseError as error:
        raise CovenantError(str(error)) from error
    CovenantCheck.objects.filter(pk=fresh.pk).update(case_id=case.pk, stage=case.state)
    record(actor, "covenant.review", "covenant", covenant.ulid)
    return CovenantCheck.objects.get(pk=fresh.pk)


@transaction.atomic
def add_member(actor: Any, row: CovenantCheck, user: Any) -> CheckMember:
    """Another person of the case, let in by one of the team: works or decides covenants in that town."""
    fresh = locked(actor, row, "covenant.view")
    if not is_member(actor, fresh):
        raise CovenantError(_("只有办案组成员可以加人。"))
    verbs = [verb for verb in (VERB, "covenant.decide") if can(user, verb)]
    if not any(scope_of(user, verb).covers(fresh.covenant.division_code) for verb in verbs):
        raise CovenantError(_("这个人没有办理或决定履约监管的权限，或者这个镇街不在其管辖范围内。"))
    made, new = CheckMember.objects.get_or_create(check_row=fresh, user=user, defaults={"added_by_id": actor.pk})
    if new:
        record(actor, "covenant.member", "covenant", fresh.covenant.ulid, deltas=[Delta("member", None, user.username)])
    return made


def is_member(user: Any, row: CovenantCheck) -> bool:
    return CheckMember.objects.filter(check_row=row, user_id=user.pk).exists()


@transaction.atomic
def state_case(actor: Any, row: CovenantCheck, text: str) -> CovenantCheck:
    """陈述申辩 of the enterprise while it is told and not decided. Raises CovenantError, Refused."""
    require(actor, "covenant.own")
    fresh = locked(actor, row, "covenant.own")
    if fresh.stage != STATED:
        raise CovenantError(_("现在不是陈述申辩期。"))
    if len(text.strip()) < 2:
        raise CovenantError(_("请写明陈述申辩的内容。"))
    told = {"statement": text.strip()[:1000], "stated_on": timezone.localdate()}
    CovenantCheck.objects.filter(pk=fresh.pk).update(**told)
    record(actor, "covenant.statement", "covenant", fresh.covenant.ulid)
    return CovenantCheck.objects.get(pk=fresh.pk)


def guard(case: Any, params: Mapping[str, Any], user: Any) -> str:
    """Check `covenant_team` of the definition: only the team moves the case. "" or a sentence."""
    row = CovenantCheck.objects.filter(case=case).first()
    if row is None:
        return _("这个案件没有对应的履约核查，请从“履约监管”发起。")
    return "" if is_member(user, row) else _("只有办案组成员可以办理，请组内的人把您加入。")


def follow(moved: casework.Moved) -> None:
    """Hook of the case: the stage of the check is the state of its case."""
    CovenantCheck.objects.filter(case=moved.case).exclude(stage=moved.after).update(stage=moved.after)
