"""A run of criteria over one year: every plot gets one finding, compared with the year before, hashed and audited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any, Final

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal.counting import counts_of
from tenglong.apps.renewal.criteria_sets import Pinned, pinned
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.idle_words import of_plots
from tenglong.apps.renewal.models import Change, Finding, FindingRun, FindingWaiver, Verdict
from tenglong.apps.renewal.rows.assemble import Rows, assemble
from tenglong.apps.survey.confirm import quiet_memory
from tenglong.domain.renewal.criteria.judge import Judged, judge
from tenglong.domain.renewal.criteria.rows import Finding as Found
from tenglong.domain.renewal.criteria.rows import Findings
from tenglong.domain.renewal.criteria.waivers import Waiver, waived
from tenglong.store.bulk import insert_rows
from tenglong.store.snapshots import Snapshots, canonical

Progress = Callable[[int, int, str], None]
Atomic = Callable[[], AbstractContextManager[None]]
#: finding of the domain → verdict on the screen; with unknown criteria left nobody may say that a plot is efficient
VERDICTS: Final = {
    "low": Verdict.HIT, "not_low": Verdict.CLEAR, "none_known": Verdict.UNKNOWN, "unclear": Verdict.UNKNOWN,
    "outside": Verdict.OUTSIDE,
}
FIRST_YEAR: Final = 2000
COLUMNS: Final = (
    "run_id", "plot_id", "plot_code", "division_code", "zone_code", "land_cm2", "holder_id", "verdict", "grade_class",
    "priority", "hits", "lacks", "change", "created_by_id", "created_at",
)


@dataclass(frozen=True)
class _Made:
    """Rows, what the criteria say of them; `waived`: place → finding that a waiver changed; who was low-efficient before."""

    rule: Pinned
    rows: Rows
    judged: Judged
    waived: dict[int, Found]
    waivers: dict[int, list[dict[str, str]]]
    previous: FindingRun | None
    before: dict[int, str]


def _quiet(done: int, total: int, text: str) -> None:
    """A progress that nobody watches."""


def checked(actor: Any, year: int) -> str:
    """The county of a run that the actor may make. Raises Refused, RenewalError."""
    require(actor, "renewal.find")
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise RenewalError(_("年度 %(year)s 不对，应在 %(first)s 与今年之间。") % {"year": year, "first": FIRST_YEAR})
    scope = scope_of(actor, "renewal.find")
    county = next((row.code for row in registry.divisions(actor, level="county") if scope.covers(row.code)), None)
    if county is None:
        raise RenewalError(_("识别要对全部地块进行，须由辖区覆盖全县的人员办理。"))
    return str(county)


def run(
    actor: Any, year: int, policy: str, *, evaluation_run: Any = None, progress: Progress = _quiet,
    atomic: Atomic = transaction.atomic,
) -> FindingRun:
    """Findings of `year` by the criteria `ID@VERSION` (or `ID` in force).

    `evaluation_run`: the run whose grades stand beside (kept by its number). Raises Refused, RenewalError.
    """
    county, rule = checked(actor, year), pinned(policy)
    with quiet_memory():
        made = _worked(actor, year, county, rule, progress)
        progress(3, 4, _("写入识别结果"))
        kept = Snapshots(settings.TENGLONG_HOME).put(made.rows.table())
        with atomic():
            return _written(actor, year, county, made, kept.sha256, evaluation_run)


def _worked(actor: Any, year: int, county: str, rule: Pinned, progress: Progress) -> _Made:
    progress(0, 4, _("汇集地块和权利人的数据"))
    rows = assemble(actor, year, rule.criteria, lambda: of_plots(timezone.localdate()))
    if not rows.grounds:
        raise RenewalError(_("%(year)s 年没有地块可以识别，请先导入摸排的地块。") % {"year": year})
    progress(1, 4, _("按条件逐块判断"))
    judged = judge(rule.criteria, rows.sheet)
    progress(2, 4, _("比对上年、套用豁免"))
    waivers = list(_waivers(rule, rows))
    previous = FindingRun.objects.filter(division_code=county, year=year - 1, policy_id=rule.id).order_by("-pk").first()
    before = dict(Finding.objects.filter(run=previous).values_list("plot_id", "verdict")) if previous else {}
    return _Made(rule, rows, judged, _waived(rule, judged, waivers), _told(judged, waivers), previous, before)


def _waived(rule: Pinned, judged: Judged, waivers: list[Waiver]) -> dict[int, Found]:
    """Plots that a waiver of today touches, worked again."""
    touched = {one.plot for one in waivers}
    places = [at for at, plot in enumerate(judged.sheet.plots) if plot.key in touched]
    some = Findings(rule.criteria.name, rule.pin, tuple(judged.finding(at) for at in places))
    again = waived(rule.criteria, some, waivers, timezone.localdate()).findings
    return {at: one for at, one in zip(places, again, strict=True) if any(each.outcome == "waived" for each in one.results)}


def _told(judged: Judged, waivers: list[Waiver]) -> dict[int, list[dict[str, str]]]:
    """Place → waivers of today as a finding keeps them."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    places = {plot.key: at for at, plot in enumerate(judged.sheet.plots)} if waivers else {}
    for one in waivers:
        if one.holds_on(timezone.localdate()):
            found[places[one.plot]].append({"criterion": one.criterion, "document": one.document, "reason": one.reason})
    return found


def _waivers(rule: Pinned, rows: Rows) -> Iterable[Waiver]:
    """Approved waivers of these criteria, each criterion on its own."""
    codes = {ground.id: ground.code for ground in rows.grounds}
    held = FindingWaiver.objects.filter(state="approved", finding__run__policy_id=rule.id)
    for one in held.select_related("finding", "document").order_by("approved_on", "pk"):
        names = [one.criterion] if one.criterion else [hit["criterion"] for hit in one.finding.hits]
        code, since = codes.get(one.finding.plot_id), one.approved_on or one.created_at.date()
        for name in names:
            if code is not None and name in rule.criteria.policy.criteria and one.until > since:
                yield Waiver(code, name, one.document.name if one.document else "—", one.reason, since, one.until)


def _written(actor: Any, year: int, county: str, made: _Made, rows_sha256: str, evaluation_run: Any) -> FindingRun:
    values = [_row(at, ground, made) for at, ground in enumerate(made.rows.grounds)]
    digest = canonical(_result_table(values))
    kept = FindingRun.objects.create(
        year=year, division_code=county, policy_id=made.rule.id, policy_version=made.rule.version, policy_pin=made.rule.pin,
        policy_text=made.rule.text, evaluation_run_id=getattr(evaluation_run, "pk", None), previous=made.previous,
        software=f"tenglong {version('tenglong')}", rows_sha256=rows_sha256, result_sha256=digest,
        counts=counts_of(made.rule, made.judged, made.waived, values, made.before), created_by_id=getattr(actor, "pk", None),
    )
    tail = (getattr(actor, "pk", None), timezone.now())
    insert_rows(Finding, COLUMNS, ((kept.pk, *row, *tail) for row in values))
    record(actor, "finding.run", "finding_run", kept.ulid, count=len(values), digest=digest,
           reason=f"{year} {made.rule.id}@{made.rule.version}")
    return kept


def _result_table(values: list[tuple[Any, ...]]) -> pa.Table:
    """What the hash is over: plot, verdict, class, priority and criteria met."""
    return pa.table({
        "key": [row[1] for row in values], "verdict": [str(row[6]) for row in values], "class": [row[7] for row in values],
        "priority": pa.array([row[8] for row in values], pa.int64()),
        "hits": [" ".join(hit["criterion"] for hit in row[9]) for row in values],
    })


def _row(at: int, ground: Any, made: _Made) -> tuple[Any, ...]:
    """Columns of `COLUMNS` from plot_id to change. Sentences are not kept: `queries.told` words them from rows and criteria."""
    changed, hit_before = made.waived.get(at), made.before.get(ground.id) == Verdict.HIT
    if changed is None:
        one = made.judged.class_of(at)
        verdict = VERDICTS[made.judged.verdict(at)]
        label, priority = (one.label, one.priority) if one else ("", None)
        hits = [_hit(made, name) for name in made.judged.hits(at)]
        lacks = made.judged.lacks(at)
    else:
        verdict, label, priority, lacks = _verdict(changed), changed.class_label, changed.priority or None, _pairs(changed)
        by = {each["criterion"]: each for each in made.waivers[at]}
        hits = [_hit(made, each.id, by[each.id] if each.outcome == "waived" else None)
                for each in changed.results if each.outcome in ("hit", "waived")]
    change = _change(verdict, hit_before) if made.previous else ""
    return (
        ground.id, ground.code, ground.division_code, ground.zone_code, ground.cm2, made.rows.owners[ground.id],
        verdict.value, label if verdict == Verdict.HIT else "", priority, hits,
        [{"name": name, "label": each} for name, each in lacks], change,
    )


def _pairs(found: Found) -> tuple[tuple[str, str], ...]:
    return tuple((one.id, one.label) for one in found.missing)


def _hit(made: _Made, name: str, waiver: dict[str, str] | None = None) -> dict[str, Any]:
    """A criterion met; `waiver`: what takes it out."""
    label = made.rule.criteria.policy.criteria[name].label
    told = {"waiver": {"document": waiver["document"], "reason": waiver["reason"]}} if waiver else {}
    return {"criterion": name, "label": label, "waived": waiver is not None, **told}


def _verdict(found: Found) -> Verdict:
    """A plot that is no longer low-efficient because of a waiver says so, whatever is missing besides."""
    return Verdict.WAIVED if found.verdict in ("not_low", "none_known", "unclear") else VERDICTS[found.verdict]


def _change(verdict: Verdict, before: bool) -> str:
    now = verdict == Verdict.HIT
    return (Change.STILL if before else Change.NEW).value if now else (Change.GONE if before else Change.SAME).value


def last_day(made: FindingRun, days: int | None) -> date | None:
    """Last day on which the holder may object; None when the criteria say nothing of a term."""
    from datetime import timedelta

    return None if days is None else timezone.localtime(made.created_at).date() + timedelta(days=days)
