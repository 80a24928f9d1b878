"""Runs, findings, objections and waivers in sight; figures that a reader may not see are masked here, not in a template."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can, scope_of, scoped
from tenglong.apps.registry.queries_sensitive import sensitive_measures
from tenglong.apps.renewal.criteria_sets import Pinned, of_run
from tenglong.apps.renewal.models import Finding, FindingAppeal, FindingRun, FindingWaiver, Verdict
from tenglong.apps.renewal.queries.told import Told, told
from tenglong.apps.renewal.rows.firms import SUMS
from tenglong.apps.renewal.suppliers import Suppliers
from tenglong.domain.renewal.criteria.rows import OUTCOMES, Evidence, Result
from tenglong.domain.renewal.criteria.vocabulary import YEARS, standard

#: suffix of an input of an earlier year → its label
EARLIER: Final = {"_y1": gettext_noop("上年%(label)s"), "_y2": gettext_noop("前年%(label)s")}
VERBS: Final = ("renewal.view", "renewal.own")


def _seen(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    return scoped(user, rows) if any(can(user, verb) for verb in VERBS) else rows.none()


def runs(user: Any) -> QuerySet[FindingRun]:
    return _seen(user, FindingRun.objects.defer("policy_text"))


def run(user: Any, ulid: str) -> FindingRun:
    """Raises FindingRun.DoesNotExist."""
    found: FindingRun = _seen(user, FindingRun.objects.select_related("previous")).get(ulid=ulid)
    return found


def latest(user: Any) -> FindingRun | None:
    return runs(user).order_by("-year", "-pk").first()


def findings(user: Any, of: FindingRun | None = None) -> QuerySet[Finding]:
    rows = Finding.objects.all() if of is None else Finding.objects.filter(run=of)
    return _seen(user, rows)


def finding(user: Any, ulid: str) -> Finding:
    """Raises Finding.DoesNotExist."""
    found: Finding = _seen(user, Finding.objects.select_related("run", "plot")).get(ulid=ulid)
    return found


def of_plot(user: Any, plot_id: int) -> QuerySet[Finding]:
    """Newest year first; of a year only the last run."""
    return findings(user).filter(plot_id=plot_id).select_related("run").order_by("-run__year", "-run_id")


def appeals(user: Any, of: Finding | None = None) -> QuerySet[FindingAppeal]:
    rows = _seen(user, FindingAppeal.objects.select_related("finding", "finding__run", "document", "case"))
    return rows if of is None else rows.filter(finding=of)


def waivers(user: Any, plot_id: int | None = None) -> QuerySet[FindingWaiver]:
    rows = _seen(user, FindingWaiver.objects.select_related("finding", "document", "approved_by"))
    return rows if plot_id is None else rows.filter(finding__plot_id=plot_id)


# ---- what a reader may see of the figures


def _measure(name: str) -> str:
    for suffix in YEARS:
        if suffix and name.endswith(suffix):
            return name.removesuffix(suffix)
    return SUMS.get(name, name)


def hides(user: Any, held: Finding) -> Any:
    """A function: input of a hit, and the values its source is told with → whether it is kept from this reader. The holder
    reads its own figures, but not the sum of several firms on its land."""
    if can(user, "sensitive.view"):
        return lambda name, told: False
    if held.holder_id in scope_of(user).enterprise_ids:
        return lambda name, told: name in SUMS and told.get("n") != 1
    secret = frozenset(sensitive_measures())
    return lambda name, told: _measure(name) in secret


def shown(user: Any, held: Finding) -> dict[str, Any]:
    """The finding for a page and its twin: every criterion with figures and rule text, what is missing and who supplies it."""
    hidden, pinned, said = hides(user, held), of_run(held.run), told(held)
    criteria = [_criterion(said, one, hidden, pinned) for one in said.results.values()]
    marks = {hit["criterion"] for hit in held.hits}
    hits = [one for one in criteria if one["criterion"] in marks] or [
        {**hit, "inputs": [], "masked": True, "reason": hit["label"], "rule": pinned.rule(hit["criterion"])}
        for hit in held.hits]
    masked = any(one["masked"] for one in criteria) or any(hidden(name, {}) for name in pinned.behind("scope."))
    return {
        "ulid": held.ulid, "year": held.run.year, "plot": held.plot_code, "verdict": held.verdict,
        "verdict_label": held.get_verdict_display(), "class": held.grade_class, "priority": held.priority,
        "change": held.get_change_display() if held.change else "", "land_cm2": held.land_cm2, "hits": hits,
        "others": [one for one in criteria if one["criterion"] not in marks], "lacks": _lacks(user, held, said),
        "reason": _reason(held, said, hits, masked),
        "criteria": f"{held.run.policy_id}@{held.run.policy_version}",
    }


def _criterion(said: Told, one: Result, hidden: Any, pinned: Pinned) -> dict[str, Any]:
    """One criterion with the figures that were looked at; masked, its sentence is left out with them."""
    inputs, masked = [], False
    for seen in one.evidence:
        source, values = said.source(seen)
        secret = hidden(seen.id, values)
        masked = masked or secret
        value = HIDDEN if secret else value_spoken(seen)
        inputs.append({"name": seen.id, "label": spoken(seen.id, seen.label), "value": value, "source": source})
    reason = _("%(label)s（数值需要“查看敏感信息”权限）") % {"label": one.label} if masked else one.reason
    return {"criterion": one.id, "label": one.label, "outcome": one.outcome, "outcome_label": _(OUTCOMES[one.outcome]),
            "waived": one.outcome == "waived", "masked": masked, "inputs": inputs, "reason": reason,
            "rule": pinned.rule(one.id)}


def spoken(name: str, label: str) -> str:
    """Label of an input in the language of the reader."""
    for suffix, text in EARLIER.items():
        if name.endswith(suffix):
            return _(text) % {"label": _(standard()[name.removesuffix(suffix)].label)}
    return _(label)


def value_spoken(seen: Evidence) -> str:
    """A value with its unit, or a choice, in the language of the reader."""
    if seen.unit and seen.text.endswith(seen.unit):
        return seen.text.removesuffix(seen.unit) + _(seen.unit)
    return _(seen.text) if isinstance(seen.value, bool | str) or seen.value is None else seen.text


def _reason(held: Finding, said: Told, hits: list[dict[str, Any]], masked: bool) -> str:
    """One paragraph; a plot that is not low-efficient needs none. For a reader from whom a figure is kept it is made of what is
    left of each criterion, and of what is missing."""
    if held.verdict == Verdict.CLEAR:
        return ""
    if said.found is None:
        return "；".join(hit["reason"] for hit in hits) or said.lost
    if masked and held.verdict in (Verdict.HIT, Verdict.WAIVED, Verdict.OUTSIDE):
        return "；".join(hit["reason"] for hit in hits)
    return said.found.reason


def _lacks(user: Any, held: Finding, said: Told) -> list[dict[str, Any]]:
    if not held.lacks:
        return []
    why, suppliers = {one.id: one.why for one in said.found.missing} if said.found else {}, Suppliers(user, held.run.year)
    named = [(one["name"], one["label"]) for one in held.lacks]
    return [{"name": name, "label": spoken(name, label), "why": said.why(name, why.get(name, "")), "who": suppliers.of(name)}
            for name, label in named]
