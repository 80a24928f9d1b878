"""A project from its first lead on: its head, phases, plots, dated events and task force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.projects import policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Member, Milestone, Phase, PhasePlot, Project
from tenglong.apps.projects.service.base import WORK, document_of, guard, locked, not_ahead, said
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply import queries as supply
from tenglong.apps.supply.queries import covenants
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.projects import days
from tenglong.domain.landing.projects.policy import stage_of

Values = Mapping[str, Any]
HEAD: Final = (
    "name", "division_code", "zone_code", "enterprise_id", "industry", "total_investment_fen", "land_cm2", "park_key",
    "cluster", "needs", "note", "listing_id", "covenant_id",
)
PHASE: Final = ("name", "land_cm2", "investment_fen", "output_fen", "tax_fen", "ramp_months", "expected_by")
#: stages that a project reaches only with its last phase
WITH_EVERY_PHASE: Final = frozenset({"full_output"})
TRIES: Final = 5


@transaction.atomic
def create(actor: Any, values: Values, *, on: date, reason: str = "") -> Project:
    """A new project with its first phase; `on`: day of the lead. Raises Refused, ProjectError."""
    require(actor, WORK)
    head = _head(actor, values)
    _in_sight(actor, {}, head)
    not_ahead(on, _("线索日期"))
    made = _numbered(head | {"created_by_id": actor.pk, "milestone_policy": policies.in_force().pin}, on)
    Phase.objects.create(
        project=made, ordinal=1, land_cm2=made.land_cm2, investment_fen=made.total_investment_fen)
    Milestone.objects.create(project=made, kind="lead", done_on=on, reason=reason[:300], entered_by=actor)
    record(actor, "project.create", "project", made.ulid, deltas=diff({}, _told(head)), reason=reason)
    return made


def _numbered(values: dict[str, Any], on: date) -> Project:
    """XM-2026-0001: the next number of the year; another who takes it first makes us try the one after."""
    prefix = f"XM-{on.year}-"
    for _turn in range(TRIES):
        last = Project.objects.filter(code__startswith=prefix).order_by("-code").values_list("code", flat=True).first()
        code = f"{prefix}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"
        try:
            with transaction.atomic():
                return Project.objects.create(code=code, **values)
        except IntegrityError:
            if not Project.objects.filter(code=code).exists():
                raise
    raise ProjectError(_("这一刻登记项目的人太多，请再试一次。"))


def _head(actor: Any, values: Values) -> dict[str, Any]:
    head = {name: values[name] for name in HEAD if name in values}
    head["name"] = said(str(head.get("name") or ""), _("项目名称"))
    town = str(head.get("division_code") or "")
    if len(town) != 9 or not scope_of(actor, WORK).covers(town):
        raise ProjectError(_("请选择您管辖的镇街。"))
    firm = head.get("enterprise_id")
    if firm is not None and not registry.enterprises(actor).filter(enterprise_id=firm).exists():
        raise ProjectError(_("没有这家企业，或者它不在您的管辖范围内。"))
    return head


def _in_sight(actor: Any, held: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """A listing or covenant that is newly tied to the project is one that the actor sees."""
    for name, rows, sentence in (
        ("listing_id", supply.listings(actor), _("没有这宗出让，或者它不在您的管辖范围内。")),
        ("covenant_id", covenants.covenants(actor), _("没有这份履约约定，或者它不在您的管辖范围内。")),
    ):
        key = head.get(name)
        if key is not None and key != held.get(name) and not rows.filter(pk=key).exists():
            raise ProjectError(sentence)


def _told(head: Values) -> dict[str, Any]:
    return {name: value for name, value in head.items() if value not in (None, "")}


@transaction.atomic
def edit(actor: Any, project: Project, values: Values, *, lock_version: int | None, reason: str = "") -> Project:
    """Raises Refused, ProjectError."""
    row = locked(actor, project, WORK)
    guard(row, lock_version)
    old = {name: getattr(row, name) for name in HEAD}
    head = _head(actor, old | dict(values))
    _in_sight(actor, old, head)
    Project.objects.filter(pk=row.pk).update(lock_version=row.lock_version + 1, **head)
    if changed := diff(old, head):
        record(actor, "project.edit", "project", row.ulid, deltas=changed, reason=reason)
    return Project.objects.get(pk=row.pk)


@transaction.atomic
def set_phases(actor: Any, project: Project, phases: Sequence[Values], *, lock_version: int | None = None) -> list[Phase]:
    """The phases in order, all of them. One that has dates, months or plots is not taken away. Raises ProjectError."""
    row = locked(actor, project, WORK)
    guard(row, lock_version)
    if not 1 <= len(phases) <= 20:
        raise ProjectError(_("项目分 1 到 20 期。"))
    _fits(row, phases)
    held = {phase.ordinal: phase for phase in row.phases.all()}
    for phase in [one for ordinal, one in held.items() if ordinal > len(phases)]:
        if phase.milestones.exists() or phase.months.exists() or phase.plots.exists() or phase.blockers.exists():
            raise ProjectError(_("第 %(n)s 期已有节点、月度数、地块或卡点，不能取消。") % {"n": phase.ordinal})
        phase.delete()
    changed: list[Delta] = []
    for ordinal, values in enumerate(phases, 1):
        new = {name: values.get(name) for name in PHASE if name in values}
        old = {name: getattr(held[ordinal], name) for name in new} if ordinal in held else {}
        Phase.objects.update_or_create(project=row, ordinal=ordinal, defaults=new)
        changed += [Delta(f"{ordinal}.{one.field}", one.old, one.new) for one in diff(old, new)]
    Project.objects.filter(pk=row.pk).update(lock_version=row.lock_version + 1)
    record(actor, "project.phases", "project", row.ulid, deltas=changed, count=len(phases))
    return list(Phase.objects.filter(project=row))


def _fits(project: Project, phases: Iterable[Values]) -> None:
    """Phases together are the project: investment to the 分, land but for the rounding, where both are told in full."""
    words = {"land_cm2": _("用地面积"), "investment_fen": _("计划投资")}
    for name, whole in (("land_cm2", project.land_cm2), ("investment_fen", project.total_investment_fen)):
        parts = [values.get(name) for values in phases]
        # each part was rounded to the cm² by itself
        loose = len(parts) if name == "land_cm2" else 0
        if whole is not None and None not in parts and abs(sum(part for part in parts if part) - whole) > loose:
            raise ProjectError(_("各期%(what)s之和不等于项目的%(what)s，请核对。") % {"what": words[name]})


@transaction.atomic
def set_plots(actor: Any, project: Project, phase: Phase, plots: Sequence[tuple[int, int | None]]) -> list[PhasePlot]:
    """(plot, cm² of it) of a phase, all of them. Raises ProjectError for a plot that is not in sight or too small."""
    row = locked(actor, project, WORK)
    made = []
    for plot_id, area in plots:
        plot = registry.plots(actor).filter(plot_id=plot_id).first()
        if plot is None:
            raise ProjectError(_("没有这块地，或者它不在您的管辖范围内。"))
        size = plot.surveyed_cm2 or plot.stated_cm2
        if area and size and area > size:
            raise ProjectError(_("地块 %(code)s 登记面积没有这么大。") % {"code": plot.code})
        made.append(PhasePlot(phase=phase, plot_id=plot_id, plot_code=plot.code, land_cm2=area or size))
    if len({one.plot_id for one in made}) < len(made):
        raise ProjectError(_("同一块地在一期里只写一次。"))
    old = list(phase.plots.values_list("plot_code", flat=True))
    phase.plots.all().delete()
    PhasePlot.objects.bulk_create(made)
    told = Delta(f"{phase.ordinal}.plots", old, [one.plot_code for one in made])
    record(actor, "project.plots", "project", row.ulid, deltas=[told], count=len(made))
    return made


# ---- dated events


def done_of(project: Project, phase: Phase | None = None) -> dict[str, date]:
    """Event → day on which it happened: of the project, and with `phase` also of that phase."""
    rows = Milestone.objects.filter(project=project, done_on__isnull=False)
    told = {one.kind: one.done_on for one in rows if one.phase_id is None and one.done_on}
    if phase is not None:
        told |= {one.kind: one.done_on for one in rows if one.phase_id == phase.pk and one.done_on}
    return told


@transaction.atomic
def set_milestone(
    actor: Any, project: Project, kind: str, *, phase: Phase | None = None, done_on: date | None = None,
    planned_on: date | None = None, document: Any = None, reason: str = "",
) -> Milestone:
    """A day that was planned or on which something happened; what is None stays as it is. The order of the law holds: an event
    is not dated before the wait in front of it is over. Raises Refused, ProjectError with the clause."""
    row, rules = locked(actor, project, WORK), policies.in_force()
    event = rules.body.events.get(kind)
    if event is None:
        raise ProjectError(_("政策参数里没有节点“%(kind)s”。") % {"kind": kind})
    if phase is not None and (phase.project_id != row.pk or not event.per_phase):
        raise ProjectError(_("节点“%(kind)s”是整个项目的，不分期登记。") % {"kind": _(event.label)})
    if done_on is None and planned_on is None:
        raise ProjectError(_("请填计划日期或完成日期。"))
    if done_on is not None:
        not_ahead(done_on, _("完成日期"))
        _lawful(row, phase, kind, done_on, rules.body)
    held = Milestone.objects.filter(project=row, phase=phase, kind=kind).first() or Milestone(
        project=row, phase=phase, kind=kind)
    old = {"planned_on": held.planned_on, "done_on": held.done_on}
    if held.done_on is not None and done_on not in (None, held.done_on) and not reason.strip():
        raise ProjectError(_("更正已登记的完成日期，请写明依据。"))
    held.planned_on, held.done_on = planned_on or held.planned_on, done_on or held.done_on
    held.document, held.reason, held.entered_by = document_of(actor, document) or held.document, reason.strip()[:300], actor
    held.save()
    place = f"{phase.ordinal}.{kind}" if phase else kind
    new = {"planned_on": held.planned_on, "done_on": held.done_on}
    record(actor, "project.milestone", "project", row.ulid, reason=reason,
           deltas=[Delta(f"{place}.{one.field}", one.old, one.new) for one in diff(old, new)])
    _settle(row)
    return held


def _lawful(project: Project, phase: Phase | None, kind: str, on: date, body: Any) -> None:
    """Whatever the new day breaks that held before; what was wrong before is not held against this step."""
    if not any(kind in (wait.after, wait.before) for wait in body.waits):
        return
    done, calendar = done_of(project, phase), policies.calendar()
    before = set(days.breaches(body, done, calendar))
    told = [said for said in days.breaches(body, done | {kind: on}, calendar) if said not in before]
    if told:
        raise ProjectError("；".join(told))


def _settle(project: Project) -> None:
    """The stage that the days say."""
    rows = list(Milestone.objects.filter(project=project, done_on__isnull=False).values_list("phase_id", "kind"))
    phases = set(Phase.objects.filter(project=project).values_list("pk", flat=True))
    done = {kind for phase, kind in rows if phase is None or kind not in WITH_EVERY_PHASE}
    done |= {kind for kind in WITH_EVERY_PHASE if phases and phases <= {phase for phase, told in rows if told == kind}}
    stage = stage_of(done)
    if stage != project.stage:
        record("system", "project.stage", "project", project.ulid, deltas=[Delta("stage", project.stage, stage)])
    Project.objects.filter(pk=project.pk).update(stage=stage, lock_version=project.lock_version + 1)


@transaction.atomic
def stop(actor: Any, project: Project, *, on: date, reason: str) -> Project:
    """The project is given up; its record stays. Raises Refused, ProjectError."""
    row = locked(actor, project, WORK)
    if row.stopped_on is not None:
        raise ProjectError(_("这个项目已经终止。"))
    why = said(reason, _("终止的理由"))
    Project.objects.filter(pk=row.pk).update(
        stopped_on=not_ahead(on, _("终止日期")), stop_reason=why[:300], lock_version=row.lock_version + 1)
    record(actor, "project.stop", "project", row.ulid, deltas=[Delta("stopped_on", None, on)], reason=why)
    return Project.objects.get(pk=row.pk)


# ---- task force


@transaction.atomic
def add_member(actor: Any, project: Project, person: Any, *, duty: str, phone: str = "", since: date | None = None) -> Member:
    """Raises ProjectError for a person who may not see projects, or who serves already."""
    row = locked(actor, project, WORK)
    if person is None or not person.is_active or not can(person, "project.view"):
        raise ProjectError(_("专班成员须有“查看项目”权限，请联系安全管理员。"))
    if row.members.filter(user=person, until__isnull=True).exists():
        raise ProjectError(_("%(name)s 已在专班里。") % {"name": person})
    made = Member.objects.create(
        project=row, user=person, duty=duty, phone=phone.strip()[:24], since=since or timezone.localdate())
    record(actor, "project.member", "project", row.ulid, deltas=[Delta(str(duty), None, person.username)])
    return made


@transaction.atomic
def end_member(actor: Any, member: Member, *, on: date | None = None) -> Member:
    """Raises ProjectError."""
    row = locked(actor, member.project, WORK)
    day = max(on or timezone.localdate(), member.since)
    Member.objects.filter(pk=member.pk, until__isnull=True).update(until=day)
    record(actor, "project.member", "project", row.ulid, deltas=[Delta(str(member.duty), member.user.username, None)])
    return Member.objects.get(pk=member.pk)


def contact(project: Project, today: date | None = None) -> Member | None:
    """Whom the firm asks: the contact, without one the chief, without one any member in office."""
    day = today or timezone.localdate()
    order = {"contact": 0, "chief": 1, "member": 2}
    serving = [one for one in project.members.select_related("user") if one.until is None or one.until >= day]
    return min(serving, key=lambda one: (order[one.duty], one.pk), default=None)


