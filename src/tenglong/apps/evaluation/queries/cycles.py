"""Cycles, findings, snapshots, runs."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Case, CharField, F, Model, QuerySet, Value, When

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.evaluation.models import Cycle, Finding, Run, Snapshot

M = TypeVar("M", bound=Model)
VIEW = ("evaluation.view", "evaluation.own")


def seen(user: Any, queryset: QuerySet[M], *verbs: str) -> QuerySet[M]:
    """Rows that one of the verbs lets the user see (default: offices or the firm itself)."""
    held = [verb for verb in verbs or VIEW if can(user, verb)]
    if not held:
        return queryset.none()
    found = scoped(user, queryset, held[0])
    for verb in held[1:]:
        found |= scoped(user, queryset, verb)
    return found


def cycles(user: Any) -> QuerySet[Cycle]:
    return seen(user, Cycle.objects.defer("scheme_text"))


def cycle(user: Any, ulid: str) -> Cycle:
    """Raises Cycle.DoesNotExist when there is none or it is not the user's to see."""
    return seen(user, Cycle.objects.all()).get(ulid=ulid)


def findings(user: Any, cycle: Cycle) -> QuerySet[Finding]:
    """Show `shown_value` and `shown_expected`: figures of firms are masked without `sensitive.view`."""
    rows = seen(user, Finding.objects.filter(cycle=cycle), "evaluation.view").select_related("enterprise", "plot")
    if can(user, "sensitive.view"):
        return rows.annotate(shown_value=F("value"), shown_expected=F("expected"))
    hidden = {
        f"shown_{name}": Case(When(sensitive=True, then=Value(HIDDEN)), default=F(name), output_field=CharField())
        for name in ("value", "expected")
    }
    return rows.annotate(**hidden).defer("value", "expected")


def finding(user: Any, cycle: Cycle, pk: int) -> Finding:
    """Raises Finding.DoesNotExist."""
    return findings(user, cycle).get(pk=pk)


def snapshots(user: Any, cycle: Cycle) -> QuerySet[Snapshot]:
    return seen(user, Snapshot.objects.filter(cycle=cycle), "evaluation.view")


def latest_snapshot(user: Any, cycle: Cycle, kind: str = "frozen") -> Snapshot | None:
    return snapshots(user, cycle).filter(kind=kind).first()


def formal_run(user: Any, cycle: Cycle) -> Run | None:
    """The latest formal run over the newest frozen data; one over data that were unfrozen since no longer counts."""
    newest = Snapshot.objects.filter(cycle=cycle, kind="frozen").order_by("-pk").values("pk")[:1]
    return runs(user, cycle).filter(kind="formal", snapshot__in=list(newest.values_list("pk", flat=True))).first()


def runs(user: Any, cycle: Cycle) -> QuerySet[Run]:
    return seen(user, Run.objects.filter(cycle=cycle).select_related("snapshot").defer("scheme_text", "snapshot__notes"))


def run(user: Any, ulid: str) -> Run:
    """Raises Run.DoesNotExist."""
    return seen(user, Run.objects.select_related("snapshot", "cycle")).get(ulid=ulid)
