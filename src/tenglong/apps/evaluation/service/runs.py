"""Runs: a pinned scheme over a snapshot, kept with results, places of plots and everything needed to repeat it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from typing import Any, Final

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle, Result, Run, Snapshot
from tenglong.apps.evaluation.models.run import RunKind, SnapshotKind
from tenglong.apps.evaluation.schemes import Pinned, from_text
from tenglong.apps.evaluation.service import case
from tenglong.apps.evaluation.service.base import Atomic, Progress, at, one_of, over_all, quiet, refuse_superseded, whole
from tenglong.apps.evaluation.service.cycle import rule_of
from tenglong.apps.evaluation.service.frozen import store
from tenglong.apps.evaluation.service.plots import plot_results
from tenglong.apps.jobs import service as jobs
from tenglong.domain.evaluation.compiled import PartialScheme, benchmarks_of
from tenglong.domain.measures import packaged
from tenglong.store.bulk import insert_rows
from tenglong.store.snapshots import Kept, canonical

TRIAL_MARK: Final = "试算"
LastYear = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True)
class WhatIf:
    """A result that is kept nowhere. `watermark` is printed on whatever shows it."""

    rule: Pinned
    table: pa.Table
    watermark: str = "推演"


def run(actor: Any, cycle: Cycle, snapshot: Snapshot, *, kind: str) -> Any:
    """Queue a run as a job."""
    fresh = over_all(actor, cycle, "evaluation.run")
    _allowed(fresh, snapshot, kind)
    args = {"cycle": fresh.ulid, "snapshot": snapshot.ulid, "kind": kind}
    return jobs.enqueue(actor, "evaluation.run", args, subject=fresh.title)


def run_now(
    actor: Any, cycle: Cycle, snapshot: Snapshot, *, kind: str, progress: Progress = quiet,
    atomic: Atomic = transaction.atomic,
) -> Run:
    """The run and everything it leaves: worked out first, then written in one transaction. Raises EvaluationError."""
    seen = over_all(actor, cycle, "evaluation.run")
    _allowed(seen, snapshot, kind)
    rule = rule_of(seen)
    last = last_year(seen, rule)
    rows = store().get(snapshot.sha256)
    refuse_statistics_of(rule, snapshot)
    progress(1, 4, _("计算"))
    table = evaluated(rule, rows, last)
    kept = store().put(table)
    progress(2, 4, _("写入结果"))
    with atomic():
        fresh = whole(actor, cycle, "evaluation.run")
        _allowed(fresh, snapshot, kind)
        if fresh.scheme_pin != rule.pin:
            raise EvaluationError(_("运算期间评价办法被更换，请重新运算。"))
        made = _kept(actor, fresh, snapshot, kind, rule, table, last, kept)
        _results(made, table, rows, rule)
        progress(3, 4, _("汇总到地块"))
        plot_results(actor, made, rule.compiled, rows, table)
        if kind == RunKind.FORMAL:
            case.advance(actor, fresh, "try")
        return made


def _allowed(cycle: Cycle, snapshot: Snapshot, kind: str) -> None:
    one_of(kind, (RunKind.TRIAL.value, RunKind.FORMAL.value), _("运算种类"))
    if snapshot.cycle_id != cycle.pk:
        raise EvaluationError(_("这个快照不属于本批次。"))
    if kind == RunKind.FORMAL:
        at(cycle, "frozen", "trial")
        if snapshot.kind != SnapshotKind.FROZEN or not snapshot.complete:
            raise EvaluationError(_("正式运算只能用数据齐全的冻结快照；数据不齐只能试算，结果带“试算”水印，不能公示。"))
        refuse_superseded(cycle, snapshot)


def evaluated(rule: Pinned, rows: pa.Table, last: LastYear | None) -> pa.Table:
    """The engine's answer. Raises EvaluationError naming what a partial scheme lacks."""
    from tenglong.engine import evaluate

    return _answer(evaluate, rule, rows, last, trace=True)


def tried(rule: Pinned, rows: pa.Table, last: LastYear | None, *, trace: bool = True) -> pa.Table:
    """As `evaluated`, quicker for one rule after another that differ in numbers. Raises EvaluationError."""
    from tenglong.engine import enterprises, evaluate_again

    return enterprises(_answer(evaluate_again, rule, rows, last, trace=trace))


def _answer(engine: Callable[..., pa.Table], rule: Pinned, rows: pa.Table, last: LastYear | None, *, trace: bool) -> pa.Table:
    from tenglong.engine import EngineError

    try:
        return engine(rule.compiled, rows, last_year=last or None, trace=trace)
    except (EngineError, PartialScheme) as error:
        raise EvaluationError(str(error)) from error


def last_year(cycle: Cycle, rule: Pinned) -> LastYear:
    """Means of last year's final data for the benchmarks that build on them. Raises EvaluationError when there is none."""
    needed = [one for one in benchmarks_of(rule.compiled.scheme) if one.kind == "last_year" and one.value is None]
    if not needed:
        return {}
    before = Cycle.objects.filter(
        division_code=cycle.division_code, year=cycle.year - 1, final_run__isnull=False
    ).order_by("-finalised_on").first()
    if before is None or before.final_run is None:
        raise EvaluationError(_("评价办法 %(rule)s 的基准值取上年均值，但没有 %(year)s 年定稿的评价；请写明基准值。") % {
            "rule": rule.name, "year": cycle.year - 1})
    from tenglong.engine import benchmarks

    return benchmarks(rule.compiled, store().get(before.final_run.snapshot.sha256))


def refuse_statistics_of(rule: Pinned, snapshot: Snapshot) -> None:
    """The same refusal as at the freeze, by what the snapshot noted of its sources."""
    found = {name: number for name, number in snapshot.notes["statistics"].items() if name in rule.compiled.measures}
    if found:
        told = "、".join(_("%(label)s %(n)s 条") % {"label": _(packaged()[name].label), "n": number}
                        for name, number in sorted(found.items()))
        raise EvaluationError(_("评价办法 %(rule)s 给单个企业打分用到了统计调查资料（%(told)s），统计法不允许，不能运算。") % {
            "rule": rule.name, "told": told})


def _kept(
    actor: Any, cycle: Cycle, snapshot: Snapshot, kind: str, rule: Pinned, table: pa.Table, last: LastYear, kept: Kept
) -> Run:
    from tenglong.engine import enterprises

    params = {"last_year": {f"{group}.{name}": str(value) for (group, name), value in sorted(last.items())}}
    made = Run.objects.create(
        cycle=cycle, snapshot=snapshot, kind=kind, software=f"tenglong {version('tenglong')}", params=params,
        result_sha256=kept.sha256, result_size=kept.size, counts=counts(enterprises(table)),
        watermark=TRIAL_MARK if kind == RunKind.TRIAL else "", created_by_id=actor.pk, **rule.columns(),
    )
    record(actor, f"evaluation.run_{kind}", "run", made.ulid, count=kept.rows, digest=kept.sha256, reason=rule.name)
    return made


def counts(table: pa.Table) -> dict[str, dict[str, int]]:
    """Group → how many of each grade and of each other standing."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in table.select(["group", "standing", "grade"]).to_pylist():
        word = line["grade"] if line["standing"] == "graded" else line["standing"]
        found[line["group"] or ""][word or line["standing"]] += 1
    return {group: dict(sorted(number.items())) for group, number in sorted(found.items())}


def _results(made: Run, table: pa.Table, data: pa.Table, rule: Pinned) -> None:
    from tenglong.engine import enterprises

    places = ["key", "firm_id", "firm_name", "firm_uscc", "town", "zone", "industry"]
    firms = {line["key"]: line for line in data.select(places).to_pylist()}
    total = rule.compiled.scheme.total
    decimals = total.decimals if total else 0
    wanted = ["key", "group", "standing", "standing_id", "total", "rank", "n", "rank_grade", "grade"]
    texts, where = ("group", "standing_id", "rank_grade", "grade"), ("town", "zone", "industry")
    columns = ("run_id", "decimals", "enterprise_id", "name", "uscc", *where, "key", "standing", "total", "rank", "n", *texts)
    rows = []
    for line in enterprises(table).select(wanted).to_pylist():  # a unit's own row stays in the file of results
        firm = firms[line["key"]]
        rows.append((
            made.pk, decimals, firm["firm_id"], firm["firm_name"], firm["firm_uscc"], *(firm[name] or "" for name in where),
            *(line[name] for name in ("key", "standing", "total", "rank", "n")), *(line[name] or "" for name in texts),
        ))
    insert_rows(Result, columns, rows)


def again(actor: Any, made: Run) -> str:
    """Run the same again from what was kept; the hash of the rows, to be compared with `result_sha256`."""
    require(actor, "evaluation.view")
    found = scoped(actor, Run.objects.select_related("snapshot").filter(pk=made.pk), "evaluation.view").first()
    if found is None:
        raise EvaluationError(_("没有这次运算，或者它不在您的管辖范围内。"))
    rule = Pinned.of(found.scheme_id, found.scheme_version, found.scheme_pin, found.scheme_text)
    table = evaluated(rule, store().get(found.snapshot.sha256), _last_of(found))
    return canonical(table)


def _last_of(made: Run) -> LastYear:
    """Bases as the run noted them."""
    found = {}
    for name, value in made.params.get("last_year", {}).items():
        group, _dot, indicator = name.partition(".")
        found[(group, indicator)] = Decimal(value)
    return found


def whatif(actor: Any, snapshot: Snapshot, text: str, *, scheme_id: str = "", last: LastYear | None = None) -> WhatIf:
    """Another rule over a snapshot; nothing is written. For people who see the whole county."""
    from tenglong.engine import enterprises

    require(actor, "evaluation.whatif")
    found = scoped(actor, Snapshot.objects.select_related("cycle").filter(pk=snapshot.pk), "evaluation.whatif").first()
    if found is None or not scope_of(actor, "evaluation.whatif").covers(found.cycle.division_code):
        raise EvaluationError(_("推演要看全部企业的数据，须由辖区覆盖整个评价范围的人员进行。"))
    rule = from_text(scheme_id or found.cycle.scheme_id, text)
    refuse_statistics_of(rule, found)
    base = last_year(found.cycle, rule) if last is None else last
    return WhatIf(rule, enterprises(evaluated(rule, store().peek(found.sha256), base)))
