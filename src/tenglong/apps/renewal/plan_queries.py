"""Plans and site searches as the named persons may see them: whoever else asks finds nothing."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.renewal.models import Finding, FindingRun, Plan, PlanItem, SecretReader, SiteSearch, Verdict

READ = "renewal.secret"
HEAVY = ("problem", "answer")


def plans(user: Any) -> QuerySet[Plan]:
    return scoped(user, Plan.objects.all(), READ).select_related("finding_run", "approved_by", "document")


def plan_list(user: Any) -> QuerySet[Plan]:
    """Without what makes a row heavy."""
    return plans(user).defer(*HEAVY).order_by("-id")


def plan(user: Any, ulid: str) -> Plan:
    """Raises Plan.DoesNotExist."""
    return plans(user).get(ulid=ulid)


def items(user: Any, found: Plan) -> QuerySet[PlanItem]:
    return scoped(user, PlanItem.objects.filter(plan=found), READ).select_related("case")


def family(user: Any, found: Plan) -> list[Plan]:
    """Other versions that the user may read, newest first."""
    others = plan_list(user).filter(title=found.title, finding_run=found.finding_run_id)
    return [one for one in others if one.pk != found.pk]


def sites(user: Any) -> QuerySet[SiteSearch]:
    return scoped(user, SiteSearch.objects.all(), READ)


def site(user: Any, ulid: str) -> SiteSearch:
    """Raises SiteSearch.DoesNotExist."""
    return sites(user).get(ulid=ulid)


def readers(user: Any, thing: Plan | SiteSearch) -> QuerySet[SecretReader]:
    what = {"plan" if isinstance(thing, Plan) else "site": thing}
    return scoped(user, SecretReader.objects.filter(**what), READ).select_related("user").order_by("user__name", "pk")


def may_be_named(user: Any, thing: Plan | SiteSearch) -> list[Any]:
    """People whose role lets them read plans and who may not yet read this one."""
    named = {*readers(user, thing).values_list("user_id", flat=True), thing.created_by_id or 0}
    people = get_user_model().objects.filter(is_active=True).exclude(pk__in=named).order_by("name", "username")
    return [one for one in people if can(one, READ)]


def runs(user: Any) -> QuerySet[FindingRun]:
    """Runs of criteria that a plan may begin with."""
    return scoped(user, FindingRun.objects.all(), "renewal.plan").order_by("-year", "-id")


def hits(user: Any, run: FindingRun) -> QuerySet[Finding]:
    return scoped(user, Finding.objects.filter(run=run, verdict=Verdict.HIT), "renewal.plan")


def person(key: int | None) -> Any:
    """The user of that key, None when there is none."""
    return get_user_model().objects.filter(pk=key or 0).first()


def still(user: Any, thing: Plan | SiteSearch) -> bool:
    """Whether the user may still read it."""
    return (plans(user) if isinstance(thing, Plan) else sites(user)).filter(pk=thing.pk).exists()
