"""Projects, holders and plots in sight. What is another town's is as absent as what never was."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.clearance.models import Clearance, ClearedHolder, ClearedTarget, Role, State, What
from tenglong.domain.landing.clearance.policy import STAGES

VIEW: Final = "clearance.view"


def clearances(user: Any) -> QuerySet[Clearance]:
    rows = Clearance.objects.all()
    return scoped(user, rows, VIEW) if can(user, VIEW) else rows.none()


def clearance(user: Any, ulid: str) -> Clearance:
    """Raises Clearance.DoesNotExist."""
    return clearances(user).get(ulid=ulid)


def holders(user: Any, row: Clearance | None = None) -> QuerySet[ClearedHolder]:
    """Holders and tenants of a project, or of all."""
    rows = ClearedHolder.objects.select_related("clearance")
    found = scoped(user, rows, VIEW) if can(user, VIEW) else rows.none()
    return found.filter(clearance=row) if row is not None else found


def holder(user: Any, ulid: str) -> ClearedHolder:
    """Raises ClearedHolder.DoesNotExist."""
    return holders(user).get(ulid=ulid)


def listed(on: date, prefix: str = "") -> Q:
    """Rights holders in the list on that day."""
    kept = Q(**{f"{prefix}dropped_on__isnull": True}) | Q(**{f"{prefix}dropped_on__gt": on})
    return Q(**{f"{prefix}role": Role.HOLDER, f"{prefix}listed_on__lte": on}) & kept


def on_day(user: Any, on: date | None = None) -> QuerySet[ClearedHolder]:
    """Holders of the list of that day, each stage a flag `done_<stage>`."""
    day = on or timezone.localdate()
    flags = {f"done_{stage}": Case(When(**{f"{stage}_on__lte": day}, then=Value(True)), default=Value(False))
             for stage in STAGES}
    return holders(user).filter(listed(day)).annotate(**flags)


def plots_on_day(user: Any, on: date | None = None) -> QuerySet[ClearedTarget]:
    """One row per project and plot of that day; a stage is done when every holder on the plot has reached it."""
    day = on or timezone.localdate()
    rows = ClearedTarget.objects.filter(what=What.PLOT)
    seen = (scoped(user, rows, VIEW) if can(user, VIEW) else rows.none()).filter(listed(day, "holder__"))
    firsts = seen.order_by().values("clearance", "plot").annotate(first=Min("pk")).values("first")
    beside = ClearedTarget.objects.filter(
        listed(day, "holder__"), clearance=OuterRef("clearance"), plot=OuterRef("plot"), what=What.PLOT).order_by()
    late = {stage: Q(**{f"holder__{stage}_on__isnull": True}) | Q(**{f"holder__{stage}_on__gt": day}) for stage in STAGES}
    each = beside.values("plot")
    return ClearedTarget.objects.filter(pk__in=firsts).annotate(
        plot_area=Subquery(each.annotate(sum=Sum("area_cm2")).values("sum")),
        plot_holders=Subquery(each.annotate(n=Count("holder", distinct=True)).values("n")),
        **{f"done_{stage}": ~Exists(beside.filter(rule)) for stage, rule in late.items()})


def with_counts(user: Any) -> QuerySet[Clearance]:
    """Projects with today's holders, land and how many have signed, vacated and were demolished."""
    day = timezone.localdate()
    here = ClearedHolder.objects.filter(listed(day), clearance=OuterRef("pk")).order_by().values("clearance")

    def so_far(stage: str) -> Any:
        reached = here.filter(**{f"{stage}_on__lte": day}).annotate(n=Count("pk"))
        return Coalesce(Subquery(reached.values("n")), Value(0))

    stages = {f"n_{stage}": so_far(stage)
              for stage in ("signed", "vacated", "demolished", "delivered")}
    return clearances(user).annotate(
        n_holders=Subquery(here.annotate(n=Count("pk")).values("n")),
        land_cm2=Subquery(here.annotate(sum=Sum("land_cm2")).values("sum")), **stages)


def of_plot(user: Any, plot_id: int) -> QuerySet[ClearedHolder]:
    """Holders of land in the plot, newest project first; projects that were stopped stay to be seen."""
    pks = ClearedTarget.objects.filter(plot_id=plot_id, what=What.PLOT).values("holder")
    return holders(user).filter(pk__in=pks).order_by("-clearance_id", "number")


def of_firm(user: Any, enterprise_id: int) -> QuerySet[ClearedHolder]:
    return holders(user).filter(enterprise_id=enterprise_id).order_by("-clearance_id", "number")


def unsigned(user: Any, row: Clearance, on: date) -> QuerySet[ClearedHolder]:
    """Holders of that day's list who had not signed by it, by the day of their next step."""
    waiting = Q(signed_on__isnull=True) | Q(signed_on__gt=on)
    return holders(user, row).filter(listed(on) & waiting).order_by(F("next_on").asc(nulls_last=True), "number")


def tenants(user: Any, row: Clearance) -> QuerySet[ClearedHolder]:
    return holders(user, row).filter(role=Role.TENANT, dropped_on__isnull=True)


def surveying(row: Clearance) -> bool:
    return row.state == State.SURVEY
