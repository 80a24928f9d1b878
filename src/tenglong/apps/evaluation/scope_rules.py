"""Who sees which row of the evaluation. Offices see the firms of their towns; an enterprise sees itself, once it was told.

A cycle, its snapshots and runs carry counts alone, so every office inside its division sees them; rows of firms never follow
from seeing the cycle.
"""

from __future__ import annotations

from dataclasses import replace

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from tenglong.apps.accounts.scope import NOTHING, Scope, by_owner, in_divisions, scope_rule
from tenglong.apps.evaluation.models import (
    Appeal,
    AssessedArea,
    Delivery,
    GradeNotice,
    JointMember,
    Result,
    Sheet,
)
from tenglong.apps.registry import scope_rules as register

EVERY = Q()
PREFIXES = (2, 4, 6, 9)
#: states in which a firm may read its own row
TOLD_AREA = ~Q(state="draft")
TOLD_SHEET = ~Q(state="undelivered") & Q(voided_at__isnull=True)
TOLD_RESULT = Q(run__kind="formal", run__released_on__isnull=False)


def _staff(scope: Scope) -> bool:
    return bool(scope.divisions or scope.zones)


def _seen(model: str, rule: Q) -> QuerySet[Model]:
    found: QuerySet[Model] = apps.get_model("registry", model)._default_manager.filter(rule)
    return found.order_by().values("pk")  # type: ignore[return-value]


def _firm(scope: Scope, own: Q = EVERY, town: str = "division_code", prefix: str = "") -> Q:
    """Rows of one firm: by the town kept with the row, or by the register's rule for the firm; `own` limits the firm itself."""
    if scope.kind == "all":
        return EVERY
    found = NOTHING
    if _staff(scope):
        offices = replace(scope, enterprise_ids=frozenset())
        if town:
            found |= by_owner(offices, division=f"{prefix}{town}", department="", creator="")
        found |= Q(**{f"{prefix}enterprise_id__in": _seen("Enterprise", register.enterprises(offices))})
    if scope.enterprise_ids:
        found |= Q(**{f"{prefix}enterprise_id__in": sorted(scope.enterprise_ids)}) & own
    return found


def _cycle(scope: Scope, column: str = "cycle__division_code") -> Q:
    """What belongs to the whole cycle: offices of its division, above or inside it."""
    if scope.kind == "all":
        return EVERY
    above = {code[:size] for code in scope.divisions for size in PREFIXES if len(code) >= size}
    return (in_divisions(column, scope.divisions) | Q(**{f"{column}__in": sorted(above)})) if scope.divisions else NOTHING


def _ids(model: type[Model], rule: Q, column: str) -> QuerySet[Model, object]:
    return model._default_manager.filter(rule).order_by().values(column)


@scope_rule("evaluation.Cycle")
def cycles(scope: Scope) -> Q:
    found = _cycle(scope, "division_code")
    if scope.kind != "all" and scope.enterprise_ids:
        own = Q(enterprise_id__in=sorted(scope.enterprise_ids))
        found |= Q(pk__in=_ids(AssessedArea, own & TOLD_AREA, "cycle_id"))
        found |= Q(pk__in=_ids(Sheet, own & TOLD_SHEET, "cycle_id"))
        found |= Q(pk__in=_ids(Result, own & TOLD_RESULT, "run__cycle_id"))
    return found


@scope_rule("evaluation.Finding")
def findings(scope: Scope) -> Q:
    """Firm or plot of the office; an enterprise sees none: they are questions, not answers."""
    if scope.kind == "all":
        return EVERY
    return by_owner(scope, department="", creator="") if _staff(scope) else NOTHING


@scope_rule("evaluation.AssessedArea")
def areas(scope: Scope) -> Q:
    return _firm(scope, TOLD_AREA)


@scope_rule("evaluation.AreaItem")
def area_items(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(area_id__in=_ids(AssessedArea, areas(scope), "pk"))


@scope_rule("evaluation.AreaObjection")
def area_objections(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(area_id__in=_ids(AssessedArea, areas(scope), "pk"))


@scope_rule("evaluation.AreaGapNote")
def area_gap_notes(scope: Scope) -> Q:
    if scope.kind == "all":
        return EVERY
    return Q(plot_id__in=_seen("Plot", register.plots(scope))) if _staff(scope) else NOTHING


@scope_rule("evaluation.Delivery")
def deliveries(scope: Scope) -> Q:
    """Offices of the county, and the department that answers for it."""
    if scope.kind == "all":
        return EVERY
    own = Q(department_key_id__in=sorted(scope.department_ids)) if scope.department_ids else NOTHING
    return _cycle(scope) | own


@scope_rule("evaluation.DeliveryVersion")
def delivery_versions(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(delivery_id__in=_ids(Delivery, deliveries(scope), "pk"))


@scope_rule("evaluation.Reminder")
def reminders(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(delivery_id__in=_ids(Delivery, deliveries(scope), "pk"))


@scope_rule("evaluation.AttributeRecord")
def attribute_records(scope: Scope) -> Q:
    return _firm(scope, town="")


@scope_rule("evaluation.Decision")
def decisions(scope: Scope) -> Q:
    return _firm(scope, town="")


@scope_rule("evaluation.JointMember")
def joint_members(scope: Scope) -> Q:
    return _firm(scope, town="")


@scope_rule("evaluation.JointUnit")
def joint_units(scope: Scope) -> Q:
    """One member seen is enough: the unit says only who stands together."""
    return EVERY if scope.kind == "all" else Q(pk__in=_ids(JointMember, joint_members(scope), "unit_id"))


@scope_rule("evaluation.Sheet")
def sheets(scope: Scope) -> Q:
    return _firm(scope, TOLD_SHEET)


@scope_rule("evaluation.UnreadScan")
def unread_scans(scope: Scope) -> Q:
    """Nobody knows yet whose page it is: only who answers for the whole cycle sees it."""
    if scope.kind == "all":
        return EVERY
    return in_divisions("cycle__division_code", scope.divisions) if scope.divisions else NOTHING


@scope_rule("evaluation.Snapshot")
def snapshots(scope: Scope) -> Q:
    return _cycle(scope)


@scope_rule("evaluation.Run")
def runs(scope: Scope) -> Q:
    found = _cycle(scope)
    if scope.kind != "all" and scope.enterprise_ids:
        own = Q(enterprise_id__in=sorted(scope.enterprise_ids)) & TOLD_RESULT
        found |= Q(pk__in=_ids(Result, own, "run_id"))
    return found


@scope_rule("evaluation.Result")
def results(scope: Scope) -> Q:
    return _firm(scope, TOLD_RESULT, town="town")


@scope_rule("evaluation.PlotResult")
def plot_results(scope: Scope) -> Q:
    if scope.kind == "all":
        return EVERY
    return by_owner(replace(scope, enterprise_ids=frozenset()), department="", creator="") if _staff(scope) else NOTHING


@scope_rule("evaluation.GradeNotice")
def grade_notices(scope: Scope) -> Q:
    return _firm(scope)


@scope_rule("evaluation.StatementEvidence")
def statement_evidence(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(notice_id__in=_ids(GradeNotice, grade_notices(scope), "pk"))


@scope_rule("evaluation.Publication")
def publications(scope: Scope) -> Q:
    """What is open is for everybody; drafts and old ones are the offices'."""
    found = _cycle(scope)
    return found if scope.kind == "all" or not scope.enterprise_ids else found | Q(state="open")


@scope_rule("evaluation.Appeal")
def appeals(scope: Scope) -> Q:
    return _firm(scope)


@scope_rule("evaluation.AppealEvidence")
def appeal_evidence(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(appeal_id__in=_ids(Appeal, appeals(scope), "pk"))


@scope_rule("evaluation.Adjustment")
def adjustments(scope: Scope) -> Q:
    """A firm sees its own once it is approved."""
    return _firm(scope, Q(state="approved"))
