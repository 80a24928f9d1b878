"""The permit network of a project: begun with a pinned policy; what happened to its steps is written down, never worked out.

Refused: a step before the law's waits have run or before what the law puts first (with the clause), a review that the policy
does not let begin early, a permit before the deal, a step whose papers are not there. Deadlines and pledges that are past only
stand on the page as warnings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import PermitNetwork, PermitStep, Phase, Project, StepMaterial
from tenglong.apps.projects.queries import permits as queries
from tenglong.apps.projects.service import permits_owed
from tenglong.apps.projects.service.base import document_of, guard, locked, not_ahead, said
from tenglong.apps.registry.places import enterprise_names
from tenglong.domain.delta import Delta
from tenglong.domain.landing.permits import materials, rules
from tenglong.domain.landing.permits.network import Situation
from tenglong.domain.landing.permits.policy import Permits, Step

WORK: Final = "permit.work"
DATES: Final = ("pre_started_on", "pre_done_on", "started_on", "done_on")


@transaction.atomic
def begin(
    actor: Any, project: Project, policy_reference: str, *, route: str = "", phase: Phase | None = None, on: date | None = None,
    floor_cm2: int | None = None, functions: Sequence[str] = (), intended: str = "",
) -> PermitNetwork:
    """The network of a project (of one phase): its policy is pinned. Raises Refused, ProjectError with every reason."""
    row, day = locked(actor, project, WORK), not_ahead(on or timezone.localdate(), _("起算日期"))
    if row.stopped_on is not None:
        raise ProjectError(_("项目已经终止，不再办理审批。"))
    if phase is not None and phase.project_id != row.pk:
        raise ProjectError(_("这一期不属于这个项目。"))
    loaded = permit_policies.in_force(policy_reference, day)
    pinned = permit_policies.pin(loaded)
    policy = permit_policies.by_pin(pinned)
    if reasons := policy.misfits(floor_cm2, functions):
        raise ProjectError(_("不适用“%(name)s”：%(why)s。") % {"name": policy.name, "why": "；".join(reasons)})
    if PermitNetwork.objects.filter(project=row, phase=phase).exists():
        raise ProjectError(_("这个项目（这一期）已经建立审批网络。"))
    made = PermitNetwork.objects.create(
        project=row, phase=phase, policy=pinned, route=_route(policy, route or policy.route), start_on=day, floor_cm2=floor_cm2,
        functions=list(functions), intended=intended.strip()[:200] or firm_name(actor, row), created_by_id=actor.pk)
    record(actor, "permit.begin", "permit", made.ulid, deltas=[
        Delta("policy", None, f"{loaded.id}@{loaded.version} {loaded.sha256[:16]}"), Delta("route", None, made.route)])
    return made


@transaction.atomic
def choose_route(actor: Any, network: PermitNetwork, route: str, *, lock_version: int | None = None) -> PermitNetwork:
    """Another way through the same steps; what has happened stays. Raises Refused, ProjectError."""
    row = _open(actor, network, lock_version)
    before, row.route = row.route, _route(permit_policies.of(row), route)
    _bump(row, route=row.route)
    record(actor, "permit.route", "permit", row.ulid, deltas=[Delta("route", before, row.route)])
    return row


@transaction.atomic
def start_review(actor: Any, network: PermitNetwork, step: str, *, on: date, lock_version: int | None = None) -> PermitStep:
    """预审或容缺受理 begins. Raises Refused, ProjectError."""
    row, policy, now = _ready(actor, network, lock_version)
    _known(policy, step)
    if now.fact(step).done_on or now.fact(step).started_on:
        raise ProjectError(_("“%(step)s”已经正式受理，不再预审。") % {"step": policy.steps[step].label})
    _refuse(rules.refused_review(policy, step, not_ahead(on, _("预审受理")), now))
    _refuse(permits_owed.refused(row, policy, step, now, on, "review"))
    return _write(actor, row, policy, step, now, "pre_started_on", on)


@transaction.atomic
def finish_review(actor: Any, network: PermitNetwork, step: str, *, on: date, lock_version: int | None = None) -> PermitStep:
    """预审意见 is there; it carries the intended user, no holder and no permit number. Raises Refused, ProjectError."""
    row, policy, now = _ready(actor, network, lock_version)
    _known(policy, step)
    begun = now.fact(step).pre_started_on
    if begun is None:
        raise ProjectError(_("“%(step)s”还没有登记预审受理。") % {"step": policy.steps[step].label})
    if not_ahead(on, _("预审完成")) < begun:
        raise ProjectError(_("预审完成早于预审受理（%(day)s）。") % {"day": begun})
    _refuse(rules.refused_review(policy, step, on, now))
    _refuse(permits_owed.refused(row, policy, step, now, on, "review"))
    return _write(actor, row, policy, step, now, "pre_done_on", on)


@transaction.atomic
def start(actor: Any, network: PermitNetwork, step: str, *, on: date, lock_version: int | None = None) -> PermitStep:
    """The formal act is taken in hand. Raises Refused, ProjectError with the clause."""
    row, policy, now = _ready(actor, network, lock_version)
    _known(policy, step)
    _refuse(rules.refused_start(policy, step, not_ahead(on, _("受理日期")), now))
    _refuse(permits_owed.refused(row, policy, step, now, on, "start"))
    return _write(actor, row, policy, step, now, "started_on", on)


@transaction.atomic
def finish(
    actor: Any, network: PermitNetwork, step: str, *, on: date, number: str = "", document: Any = None,
    lock_version: int | None = None,
) -> PermitStep:
    """The step is done. A permit gets its number and, now that there is a buyer, its holder. Raises Refused, ProjectError."""
    row, policy, now = _ready(actor, network, lock_version)
    _known(policy, step)
    made = _finish(actor, row, policy, step, now, not_ahead(on, _("办结日期")), number, document_of(actor, document))
    _bump(row)
    return made


@transaction.atomic
def flip(
    actor: Any, network: PermitNetwork, *, on: date, numbers: Mapping[str, str] | None = None, lock_version: int | None = None
) -> list[PermitStep]:
    """拿地当天换发: every reviewed step that the law lets be done on that day and whose papers are there, one after the other.
    Raises ProjectError when there is none, with the papers that some wait for."""
    row, policy, now = _ready(actor, network, lock_version)
    not_ahead(on, _("办结日期"))
    made, given, short = [], numbers or {}, {}
    while ready := [one for one in queries.flippable(policy, now, on, queries.calendar(policy)) if one not in short]:
        for step in ready:
            if told := permits_owed.refused(row, policy, step, now, on, "done"):
                short[step] = told[0]
            else:
                made.append(_finish(actor, row, policy, step, now, on, given.get(step, ""), None))
        now = queries.situation(row)
    if not made:
        _refuse(list(short.values())[:3])
        raise ProjectError(_("没有可以换发的步骤：要预审已完成，并且依法在前的步骤已办结。"))
    _bump(row)
    return made


@transaction.atomic
def omit(actor: Any, network: PermitNetwork, step: str, *, reason: str, lock_version: int | None = None) -> PermitStep:
    """The step does not apply to this project, where the policy allows that. Raises Refused, ProjectError."""
    row, policy, now = _ready(actor, network, lock_version)
    told = _known(policy, step)
    if not told.may_omit:
        raise ProjectError(_("“%(step)s”不能省略。") % {"step": told.label})
    if any(getattr(now.fact(step), name) for name in DATES):
        raise ProjectError(_("“%(step)s”已经在办，不能再标为不涉及。") % {"step": told.label})
    why = said(reason, _("不涉及的依据"))[:300]
    made, _new = PermitStep.objects.update_or_create(
        network=row, step=step, defaults={"omitted": True, "reason": why, "entered_by": actor})
    _bump(row)
    record(actor, "permit.omit", "permit", row.ulid, deltas=[Delta(step, None, "omitted")], reason=why)
    return made


@transaction.atomic
def take_back(actor: Any, network: PermitNetwork, step: str, *, reason: str, lock_version: int | None = None) -> None:
    """What was written down of a step by mistake goes, with a reason; not while a later step rests on it. Raises
    ProjectError."""
    row, policy, now = _ready(actor, network, lock_version)
    told, held = _known(policy, step), PermitStep.objects.filter(network=row, step=step).first()
    if held is None:
        raise ProjectError(_("“%(step)s”没有登记，不用撤回。") % {"step": told.label})
    later = [one.label for name, one in policy.steps.items() if step in one.after and now.fact(name).done_on]
    if later:
        raise ProjectError(_("先撤回后面已办结的：%(steps)s。") % {"steps": "、".join(later)})
    why = said(reason, _("撤回的理由"))
    deltas = [Delta(f"{step}.{name}", getattr(held, name), None) for name in (*DATES, "number") if getattr(held, name)]
    StepMaterial.objects.filter(step=held).delete()
    held.delete()
    _bump(row)
    record(actor, "permit.take_back", "permit", row.ulid, deltas=deltas, reason=why)


def firm_name(actor: Any, project: Project) -> str:
    """The firm of a project as it is called today; "" out of sight."""
    names = enterprise_names(actor, [project.enterprise_id]) if project.enterprise_id else {}
    return names[project.enterprise_id][1] if project.enterprise_id in names else ""


def _finish(
    actor: Any, row: PermitNetwork, policy: Permits, step: str, now: Situation, on: date, number: str, document: Any
) -> PermitStep:
    told, fact = policy.steps[step], now.fact(step)
    if fact.done_on is not None:
        raise ProjectError(_("“%(step)s”已于 %(day)s 办结。") % {"step": told.label, "day": fact.done_on})
    if fact.started_on and on < fact.started_on:
        raise ProjectError(_("办结早于受理（%(day)s）。") % {"day": fact.started_on})
    _refuse(rules.refused_done(policy, step, on, now, queries.calendar(policy)))
    if told.certificate and rules.before_deal(policy, now):
        raise ProjectError(_("成交之前没有权利人，不发“%(step)s”；预审意见只写意向用地单位。") % {"step": told.label})
    _refuse(permits_owed.refused(row, policy, step, now, on, "done"))
    made = _write(actor, row, policy, step, now, "done_on", on, bump=False, number=number.strip()[:80], document=document,
                  holder_id=row.project.enterprise_id if told.certificate else None)
    _use_papers(row, policy, made, now, on)
    return made


def _use_papers(row: PermitNetwork, policy: Permits, step: PermitStep, now: Situation, on: date) -> None:
    given = queries.given([row.project_id]).get(row.project_id, [])
    lines = materials.checklist(policy, step.step, given, now, on)
    used = [int(line.given.key) for line in lines if line.state == "have" and line.given is not None]
    StepMaterial.objects.bulk_create([StepMaterial(step=step, given_id=key, on=on) for key in used], ignore_conflicts=True)


def _write(
    actor: Any, row: PermitNetwork, policy: Permits, step: str, now: Situation, column: str, on: date, *, bump: bool = True,
    **more: Any,
) -> PermitStep:
    if now.fact(step).omitted:
        raise ProjectError(_("“%(step)s”已标为不涉及，先撤回。") % {"step": policy.steps[step].label})
    if getattr(now.fact(step), column) is not None:
        raise ProjectError(_("“%(step)s”的这个日期已经登记；登记错了请先撤回。") % {"step": policy.steps[step].label})
    made, _new = PermitStep.objects.update_or_create(
        network=row, step=step, defaults={column: on, "entered_by": actor, **more})
    if bump:
        _bump(row)
    record(actor, f"permit.{column.removesuffix('_on')}", "permit", row.ulid,
           deltas=[Delta(f"{step}.{column}", None, on)], reason=more.get("number", ""))
    return made


def _ready(actor: Any, network: PermitNetwork, lock_version: int | None) -> tuple[PermitNetwork, Permits, Situation]:
    row = _open(actor, network, lock_version)
    return row, permit_policies.of(row), queries.situation(row)


def _open(actor: Any, network: PermitNetwork, lock_version: int | None) -> PermitNetwork:
    row = locked(actor, network, WORK)
    guard(row, lock_version)
    if row.project.stopped_on is not None:
        raise ProjectError(_("项目已经终止，不再办理审批。"))
    return row


def _bump(row: PermitNetwork, **values: Any) -> None:
    row.lock_version += 1
    PermitNetwork.objects.filter(pk=row.pk).update(lock_version=row.lock_version, **values)


def _known(policy: Permits, step: str) -> Step:
    if step not in policy.steps:
        raise ProjectError(_("这个网络没有这一步。"))
    return policy.steps[step]


def _route(policy: Permits, route: str) -> str:
    if route not in policy.routes:
        names = "、".join(one.label for one in policy.routes.values())
        raise ProjectError(_("没有这种办法，可选：%(names)s。") % {"names": names})
    return route


def _refuse(reasons: Sequence[str]) -> None:
    if reasons:
        raise ProjectError("；".join(reasons) + "。")
