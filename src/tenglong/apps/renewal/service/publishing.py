"""An approved plan becomes cases: one for each plot, which cannot close without the evidence of its route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.casework import queries as cases
from tenglong.apps.casework import service as casework
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Plan, PlanItem, PlanState
from tenglong.apps.renewal.service.plans import at, locked, put
from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.routes import exit_gaps

DEFINITION, GUARD = "renewal", "renewal_evidence"


@transaction.atomic
def publish(actor: Any, plan: Plan) -> list[Any]:
    """All plots or none. The case tells plot, route and year, and nothing of money. Raises RenewalError naming the plot."""
    fresh = locked(actor, plan, "renewal.plan")
    at(fresh, PlanState.APPROVED)
    book = plan_policies.in_force().book
    made = []
    for item in PlanItem.objects.filter(plan=fresh).order_by("year", "block", "plot_code"):
        title = _("%(route)s %(code)s") % {"route": book.route(item.route).label, "code": item.plot_code}
        item.case = _opened(actor, fresh, item, title)
        item.save(update_fields=["case"])
        made.append(item.case)
    put(fresh, state=PlanState.PUBLISHED)
    record(actor, "plan.publish", "plan", fresh.ulid, count=len(made))
    return made


def _opened(actor: Any, plan: Plan, item: PlanItem, title: str) -> Any:
    try:
        return casework.open_case(
            actor, DEFINITION, "plot", item.plot_id, title, division_code=item.division_code,
            fields={"route": item.route, "year": item.year, "plan": f"{plan.title} v{plan.version}"})
    except casework.CaseError as error:
        raise RenewalError(_("%(code)s 转不成案件：%(why)s") % {"code": item.plot_code, "why": error}) from error


def evidence_complete(case: Any, params: Mapping[str, Any], user: Any) -> str:
    """Guard: what the route of the case still lacks, in one sentence; "" when it may close."""
    book = plan_policies.in_force().book
    route = str(case.fields.get("route", ""))
    if route not in book.ids:
        return _("案件没有写明整治路径。")
    filed = set(cases.evidence(user, case).values_list("kind", flat=True))
    gaps = exit_gaps(book, route, filed, inputs_of(user, case.subject_id))
    return "；".join(gap.sentence for gap in gaps)


def checklist(case: Any, user: Any) -> list[tuple[str, bool, str]]:
    """Every paper that the route demands of this plot: label, whether it is on file, and the sentence while it is not."""
    book, route = plan_policies.in_force().book, str(case.fields.get("route", ""))
    if route not in book.ids:
        return [(_("整治路径"), False, evidence_complete(case, {}, user))]
    filed = set(cases.evidence(user, case).values_list("kind", flat=True))
    inputs = inputs_of(user, case.subject_id)
    demanded = exit_gaps(book, route, (), inputs)
    lacking = {gap.id: gap.sentence for gap in exit_gaps(book, route, filed, inputs)}
    return [(gap.label, gap.id not in lacking, lacking.get(gap.id, "")) for gap in demanded]


def inputs_of(user: Any, plot_id: int | None) -> dict[str, Value]:
    """What the register says of the plot that conditions of evidence ask for."""
    plot = registry.plots(user).filter(plot_id=plot_id or 0).first()
    if plot is None:
        return {}
    soil = plot.soil or {}
    found: dict[str, Value] = {"in_control_line": {"in": True, "out": False}.get(plot.control_line)}
    found["soil"] = str(soil["state"]) if soil.get("state") else None
    found["soil_key_unit"] = soil.get("key_unit") if isinstance(soil.get("key_unit"), bool) else None
    return {name: value for name, value in found.items() if value is not None}


def register() -> None:
    """Called from `wiring_plans.register`."""
    casework.guard(GUARD, evidence_complete)
    casework.checklist(DEFINITION, checklist)
