"""What-if: a changed rule or changed figures over a frozen snapshot, told as sums and first movers; nothing is kept.

For people who see the whole county. Frozen tables, base results and compiled rules stay in memory by their hash, so a try costs
one compilation of the draft and one pass of the engine per year.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import orjson
import pyarrow as pa
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scope_of, scoped
from tenglong.apps.evaluation import tables
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle, Snapshot
from tenglong.apps.evaluation.schemes import Pinned, pin_of
from tenglong.apps.evaluation.service.runs import LastYear, last_year, refuse_statistics_of, tried
from tenglong.apps.policy import service as policy
from tenglong.domain.evaluation.compare import Side, compare, summary
from tenglong.domain.evaluation.compiled import Compiled, PartialScheme
from tenglong.domain.evaluation.money import money
from tenglong.domain.evaluation.scheme import Ratio, Reverse
from tenglong.domain.evaluation.whatif import (
    Changes,
    WhatIfError,
    apply_changes,
    changed,
    draft_version,
    override_rows,
    read_changes,
)
from tenglong.domain.measures import packaged
from tenglong.domain.policy import Document, PolicyError, load_yaml

MOVERS: Final = 30
#: columns of a firm that an answer may name
NAMES: Final = ("key", "firm_name", "town", "industry")


@dataclass(frozen=True)
class Tried:
    """`answer`: aggregates and first movers as JSON."""

    answer: dict[str, Any]


def county_snapshot(actor: Any, ulid: str) -> Snapshot:
    """A frozen or trial snapshot for trying. Raises Refused, EvaluationError."""
    require(actor, "evaluation.whatif")
    rows = Snapshot.objects.select_related("cycle").filter(ulid=ulid)
    found = scoped(actor, rows, "evaluation.whatif").first()
    if found is None or not scope_of(actor, "evaluation.whatif").covers(found.cycle.division_code):
        raise EvaluationError(_("没有这份快照；推演要看全部企业的数据，须由辖区覆盖整个评价范围的人员进行。"))
    return found


def snapshots(actor: Any) -> list[Snapshot]:
    """The latest frozen snapshot of every cycle (else its latest trial one), newest year first."""
    if not can(actor, "evaluation.whatif"):
        return []
    rows = scoped(actor, Snapshot.objects.select_related("cycle"), "evaluation.whatif")
    scope, found = scope_of(actor, "evaluation.whatif"), dict[int, Snapshot]()
    for row in sorted(rows, key=lambda row: (row.kind != "frozen", -row.pk)):
        if scope.covers(row.cycle.division_code):
            found.setdefault(row.cycle_id, row)
    return sorted(found.values(), key=lambda row: (-row.cycle.year, -row.pk))


def base_of(cycle: Cycle) -> Pinned:
    return Pinned.of(cycle.scheme_id, cycle.scheme_version, cycle.scheme_pin, cycle.scheme_text)


def attempt(actor: Any, snapshot: Snapshot, changes: Mapping[str, Any], *, years: tuple[Snapshot, ...] = ()) -> Tried:
    """The changed rule over `snapshot`, told in full, and over `years` (other snapshots), told in short.

    Raises WhatIfError (with an offer when weights do not sum), EvaluationError, Refused."""
    chosen = county_snapshot(actor, snapshot.ulid)
    wanted = read_changes(changes)
    if wanted.overrides and not can(actor, "sensitive.view"):
        raise EvaluationError(_("改动单户数据需要“查看敏感数据”权限。"))
    draft = tried_rule(chosen.cycle, wanted)
    refuse_statistics_of(draft, chosen)
    answer = _told(actor, chosen, draft, wanted)
    answer["years"] = _short(base_of(chosen.cycle), draft, [county_snapshot(actor, one.ulid) for one in years])
    return Tried(answer)


def tried_rule(cycle: Cycle, wanted: Changes) -> Pinned:
    """The changed rule in memory. Raises WhatIfError."""
    base = base_of(cycle)
    made = changed(base.compiled, wanted.model_copy(update={"overrides": ()}))
    return Pinned(base.id, made.version, made.pin, "", made)


def drafted(cycle: Cycle, wanted: Changes, number: int) -> tuple[str, Pinned]:
    """Text and compiled form of the draft that is to be kept. Raises WhatIfError, EvaluationError."""
    own, *above = [tuple(pair) for pair in orjson.loads(cycle.scheme_text)]
    key = wanted.model_copy(update={"overrides": ()}).model_dump_json()
    try:
        return _drafted(cycle.scheme_id, own[1], tuple(above), key, number)
    except (PolicyError, PartialScheme) as error:
        raise EvaluationError(str(error)) from error


def _drafted(name: str, text: str, above: tuple[tuple[str, str], ...], changes: str, number: int) -> tuple[str, Pinned]:
    parent = _parent(above)
    made = apply_changes(text, Changes.model_validate_json(changes), id=name, draft=number, parent=parent)
    return made, pin_of(load_yaml(made, kind="evaluation", id=name, parent=parent))


def _parent(above: tuple[tuple[str, str], ...]) -> Any:
    if not above:
        return None
    (name, text), rest = above[0], above[1:]

    def give(_kind: str, _id: str) -> Document:
        return load_yaml(text, kind="evaluation", id=name, parent=_parent(rest))

    return give


# ---- working


class _Results:
    """Results by home, rule, snapshot and bases; the longest unused goes first. What is being worked is waited for."""

    def __init__(self, most: int) -> None:
        self._held: OrderedDict[tuple[Any, ...], pa.Table] = OrderedDict()
        self._working: dict[tuple[Any, ...], Lock] = {}
        self._most, self._lock = most, Lock()

    def get(self, key: tuple[Any, ...], make: Callable[[], pa.Table]) -> pa.Table:
        with self._lock:
            working = self._working.setdefault(key, Lock())
        with working:
            table = self._found(key)
            if table is None:
                table = make()
                self._keep(key, table)
        return table

    def clear(self) -> None:
        with self._lock:
            self._held.clear()

    def _found(self, key: tuple[Any, ...]) -> pa.Table | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def _keep(self, key: tuple[Any, ...], table: pa.Table) -> None:
        with self._lock:
            self._held[key] = table
            self._working.pop(key, None)
            while len(self._held) > self._most:
                self._held.popitem(last=False)


_RESULTS: Final = _Results(24)


def forget() -> None:
    _RESULTS.clear()


def worked(rule: Pinned, snapshot: Snapshot) -> pa.Table:
    """Results of a rule over a snapshot, remembered."""
    last = last_year(snapshot.cycle, rule)
    return _kept(rule, snapshot, last)


def worked_many(rule: Pinned, chosen: Sequence[Snapshot]) -> list[pa.Table | EvaluationError]:
    """Results over several snapshots without the columns of single indicators, two at a time; a refusal stands in its place.
    Bases are read here, not in the threads."""
    bases = [last_year(snapshot.cycle, rule) for snapshot in chosen]

    def one(at: int) -> pa.Table | EvaluationError:
        try:
            return _kept(rule, chosen[at], bases[at], trace=False)
        except EvaluationError as error:
            return error

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(one, range(len(chosen))))


def _kept(rule: Pinned, snapshot: Snapshot, last: LastYear, *, trace: bool = True) -> pa.Table:
    key = (Path(settings.TENGLONG_HOME), rule.name, rule.pin, snapshot.sha256, tuple(sorted(last.items())), trace)
    return _RESULTS.get(key, lambda: tried(rule, needed(rule.compiled, tables.frozen(snapshot.sha256)), last, trace=trace))


def needed(compiled: Compiled, rows: pa.Table) -> pa.Table:
    """Without the measures that the rule does not read: every column costs the compiler time."""
    spare = set(packaged()) - set(compiled.measures)
    return rows.select([name for name in rows.column_names if name not in spare and not name.startswith("firm_")])


def _told(actor: Any, snapshot: Snapshot, draft: Pinned, wanted: Changes) -> dict[str, Any]:
    base, rows = base_of(snapshot.cycle), tables.frozen(snapshot.sha256)
    before = worked(base, snapshot)
    given = override_rows(draft.compiled, rows, wanted.overrides) if wanted.overrides else rows
    after = worked(draft, snapshot) if given is rows else tried(
        draft, needed(draft.compiled, given), last_year(snapshot.cycle, draft))
    order = _order(base.compiled, draft.compiled)
    found = compare(_side(base, before), _side(draft, after), order, movers=MOVERS)
    firms = {row["key"]: row for row in rows.select(list(NAMES)).to_pylist()}
    clear = can(actor, "sensitive.view")
    return {
        "schema": "tenglong.whatif/1", "watermark": str(_("推演")), "year": snapshot.cycle.year, "snapshot": snapshot.sha256,
        "from": base.name, "to": draft.name, "n": found["n"], "moved": found["moved"], "matrix": found["matrix"],
        "sankey": found["sankey"], "movers": [_mover(one, firms, clear) for one in found["movers"]],
        "by_town": _by(after, before, firms, "town", order, draft),
        "by_industry": _by(after, before, firms, "industry", order, draft),
        "money": _money(draft, given, before, after),
    }


def _side(rule: Pinned, table: pa.Table) -> Side:
    total = rule.compiled.scheme.total
    labels = {name: one.label for group in rule.compiled.scheme.groups.values() for name, one in group.indicators.items()}
    return Side(rule.name, table, total.decimals if total else 0, labels)


def _order(*rules: Compiled) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for rule in rules:
        for group in rule.scheme.groups.values():
            if group.grades is not None:
                found.update(dict.fromkeys(group.grades.order))
    return tuple(found)


def _mover(one: dict[str, Any], firms: Mapping[str, Any], clear: bool) -> dict[str, Any]:
    """Points of single items lead back to figures: only with `sensitive.view`."""
    firm = firms.get(one["key"], {})
    reasons = one["reasons"] if clear else [{"label": reason["label"]} for reason in one["reasons"]]
    return {**one, "name": firm.get("firm_name", one["key"]), "town": firm.get("town") or "", "reasons": reasons}


def _by(
    after: pa.Table, before: pa.Table, firms: Mapping[str, Any], column: str, order: tuple[str, ...], draft: Pinned
) -> list[dict[str, Any]]:
    """Grades per place before and after, with the denominators."""
    total = draft.compiled.scheme.total
    sides = []
    for table in (before, after):
        labels = [_place(firms.get(key, {}), column) for key in table["key"].to_pylist()]
        sides.append({row["label"]: row for row in summary(table, labels, order, total.decimals if total else 0)})
    found = []
    for label, row in sides[1].items():
        old = sides[0].get(label, {"grades": {}})["grades"]
        grades = {grade: {"before": old.get(grade, {"n": 0})["n"], "after": one["n"]} for grade, one in row["grades"].items()}
        found.append({"label": label, "n": row["n"], "graded": row["graded"], "grades": grades})
    return found


def _place(firm: Mapping[str, Any], column: str) -> str:
    text = str(firm.get(column) or "")
    return text[:2] if column == "industry" else text


def _money(draft: Pinned, rows: pa.Table, before: pa.Table, after: pa.Table) -> list[dict[str, Any]]:
    if not draft.compiled.scheme.consequences:
        return []
    keys = rows["key"].to_pylist()
    sides = [dict(zip(table["key"].to_pylist(), table["grade"].to_pylist(), strict=True)) for table in (before, after)]
    total = draft.compiled.scheme.total
    scale = 10 ** (total.decimals if total else 0)
    totals = dict(zip(after["key"].to_pylist(), after["total"].to_pylist(), strict=True))
    scaled = [None if totals.get(key) is None else totals[key] / scale for key in keys]
    grades = [[side.get(key) for key in keys] for side in sides]
    return money(draft.compiled, rows, grades[0], grades[1], on=timezone.localdate(), totals=scaled)


def _short(base: Pinned, draft: Pinned, years: list[Snapshot]) -> list[dict[str, Any]]:
    """Other years: how many firms move when both rules are laid over their data."""
    sides = list(zip(years, worked_many(base, years), worked_many(draft, years), strict=True))
    return [_year(base, draft, *one) for one in sides]


def _year(
    base: Pinned, draft: Pinned, snapshot: Snapshot, before: pa.Table | EvaluationError, after: pa.Table | EvaluationError
) -> dict[str, Any]:
    year = snapshot.cycle.year
    try:
        refuse_statistics_of(draft, snapshot)
    except EvaluationError as error:
        return {"year": year, "refused": str(error)}
    for side in (before, after):
        if isinstance(side, EvaluationError):
            return {"year": year, "refused": str(side)}
    found = compare(_side(base, before), _side(draft, after), _order(base.compiled, draft.compiled), movers=0)
    matrix = found["matrix"]
    grades = [{"grade": grade, "before": matrix["from_totals"][place], "after": matrix["to_totals"][place]}
              for place, grade in enumerate(matrix["grades"])]
    return {"year": year, "n": found["n"], "moved": found["moved"], "grades": grades}


# ---- what may be changed, and keeping it


def knobs(compiled: Compiled) -> list[dict[str, Any]]:
    """Per group what the page offers: weight, benchmark or its factor, cap, floor of each indicator, and the cuts."""
    found = []
    for name, group in compiled.scheme.groups.items():
        rows = [_knob(id_, rule) for id_, rule in group.indicators.items()]
        cuts = getattr(group.grades, "cuts", None) or {}
        method = getattr(group.grades, "method", "")
        found.append({"id": name, "label": group.label, "rows": rows, "method": method,
                      "cuts": [{"grade": grade, "value": value} for grade, value in cuts.items()]})
    return found


def _knob(name: str, rule: Any) -> dict[str, Any]:
    score, told = rule.score, {"id": name, "label": rule.label, "weight": rule.weight}
    if isinstance(score, Ratio):
        told |= {"cap": score.cap, "floor": score.floor, "limits": True}
    benchmark = score.benchmark if isinstance(score, Ratio | Reverse) else None
    if benchmark is not None:
        if benchmark.kind in ("fixed", "last_year"):
            told |= {"benchmark": benchmark.value, "direct": True}
        if benchmark.factor is not None and not (benchmark.kind == "last_year" and benchmark.value is not None):
            told |= {"factor": benchmark.factor, "scaled": True}
    return told


def save_draft(actor: Any, snapshot: Snapshot, changes: Mapping[str, Any]) -> Any:
    """The changed rule as a new draft of the policy; a draft of somebody else is never replaced. Raises as `attempt`."""
    require(actor, "policy.edit")
    chosen, wanted = county_snapshot(actor, snapshot.ulid), read_changes(changes)
    taken = {row["version"] for row in policy.listing() if row["kind"] == "evaluation" and row["id"] == chosen.cycle.scheme_id}
    number = next(n for n in range(1, 10_000) if _version(chosen.cycle, n) not in taken)
    text, rule = drafted(chosen.cycle, wanted, number)
    try:
        origin = _("推演 %(year)s") % {"year": chosen.cycle.year}
        return policy.load_text(actor, "evaluation", rule.id, text, origin=origin)
    except (PolicyError, policy.PolicyStateError) as error:
        raise EvaluationError(str(error)) from error


def _version(cycle: Cycle, number: int) -> str:
    return draft_version(cycle.scheme_version, number)


__all__ = [
    "Tried", "WhatIfError", "attempt", "base_of", "county_snapshot", "drafted", "knobs", "save_draft", "snapshots", "worked",
]
