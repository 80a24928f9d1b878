"""A run of criteria: every plot gets exactly one finding, with its reasons, its evidence and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.checks import Criteria
from tenglong.domain.renewal.criteria.formula import Formula, in_order
from tenglong.domain.renewal.criteria.means import Means
from tenglong.domain.renewal.criteria.policy import Class, Combination
from tenglong.domain.renewal.criteria.rows import (
    Evidence,
    Finding,
    Findings,
    Missing,
    Outcome,
    Plot,
    Record,
    Result,
    Sheet,
    Verdict,
)
from tenglong.domain.renewal.criteria.wording import filled, unit_text, value_text

_NOBODY = Record("")


def find(criteria: Criteria, sheet: Sheet) -> Findings:
    """Findings of every plot of `sheet`, in its order. A missing figure gives 无法判断 and its name, never a silent no."""
    means = Means(criteria, sheet)
    found = tuple(find_one(criteria, means, plot, sheet.owners.get(plot.owner)) for plot in sheet.plots)
    return Findings(criteria.name, criteria.document.pin, found, tuple(means))


def find_one(criteria: Criteria, means: Means, plot: Plot, owner: Record | None) -> Finding:
    """The finding of one plot among the means of its run."""
    return _Row(criteria, means, plot, owner or _NOBODY).finding()


def holds(combination: Combination, outcomes: Mapping[str, Outcome]) -> bool | None:
    """Whether enough of the parts hold; None when missing figures leave it open. A criterion that does not apply is not met."""
    parts = [
        {"hit": True, "unclear": None}.get(outcomes[part], False) if isinstance(part, str) else holds(part, outcomes)
        for part in combination.parts
    ]
    met, may = parts.count(True), parts.count(True) + parts.count(None)
    return True if met >= combination.needed else False if may < combination.needed else None


def decided(criteria: Criteria, key: str, owner: str, results: tuple[Result, ...]) -> Finding:
    """The finding that follows from the results of every criterion on one plot."""
    outcomes = {one.id: one.outcome for one in results}
    ranked = sorted(criteria.policy.classes.items(), key=lambda item: item[1].priority)
    states = [(name, one, holds(one.when, outcomes)) for name, one in ranked]
    made = partial(Finding, key, owner)
    hit = next(((name, one) for name, one, state in states if state), None)
    open_ = [one for _name, one, state in states if state is None]
    if hit is not None:
        return _low(made, results, *hit, open_[0] if open_ else None)
    if open_:
        return _unclear(made, results, {id_ for one in open_ for id_ in one.when.ids()})
    rest = criteria.open_criteria
    reason = f"已掌握的条件均不符合；办法还有未掌握的条件（{'、'.join(rest)}）" if rest else "全部条件均不符合"
    return made("none_known" if rest else "not_low", results, words=partial(str, reason))


def _low(made: partial[Finding], results: tuple[Result, ...], name: str, one: Class, open_: Class | None) -> Finding:
    named = set(one.when.ids())
    hits = tuple(result for result in results if result.outcome == "hit" and result.id in named)
    higher = open_ if open_ is not None and open_.priority < one.priority else None
    missing = _once(result.missing for result in results if higher and result.id in set(higher.when.ids()))
    tail = f"。能否列为“{higher.label}”无法判断：{_told(missing)}" if higher else ""
    return made("low", results, class_id=name, class_label=one.label, priority=one.priority,
                open_class=higher.label if higher else "", missing=missing, words=partial(_joined, hits, tail))


def _unclear(made: partial[Finding], results: tuple[Result, ...], open_names: set[str]) -> Finding:
    unclear = [result for result in results if result.outcome == "unclear" and result.id in open_names]
    missing = _once(result.missing for result in unclear)
    labels = "、".join(result.label for result in unclear)
    return made("unclear", results, missing=missing, words=partial(str, f"{_told(missing)}；因此不能判断：{labels}"))


@dataclass
class _Row:
    """One plot with everything a formula may name."""

    criteria: Criteria
    means: Means
    plot: Plot
    owner: Record

    def __post_init__(self) -> None:
        self.values: dict[str, Value] = dict(self.criteria.constants)
        self.mean_notes: dict[str, str] = {}
        for name in self.criteria.used:
            value = self._record(name).values.get(name)
            self.values[name] = self.criteria.absent.get(name) if value is None else value
        for name in self.criteria.policy.means:
            mean = self.means.of(name, self.values.get("industry"))
            self.values[name] = mean.value
            self.mean_notes[name] = mean.why or (f"{mean.rows} 户" if mean.rows else "已公布")
        for name in in_order(list(self.criteria.figures), self.criteria.figures):
            self.values[name] = self.criteria.figures[name].value(self.values)

    def _record(self, name: str) -> Record:
        return self.plot if self.criteria.inputs[name].of == "plot" else self.owner

    # ---- the verdict

    def finding(self) -> Finding:
        if (left := self._left()) is not None:
            return left
        results = tuple(self._result(name) for name in self.criteria.policy.criteria)
        return decided(self.criteria, self.plot.key, self.plot.owner, results)

    def _made(self, verdict: Verdict, words: Callable[[], str], missing: tuple[Missing, ...] = ()) -> Finding:
        return Finding(self.plot.key, self.plot.owner, verdict, missing=missing, words=words)

    def _left(self) -> Finding | None:
        """The plot is not one the rule speaks of, or nobody can say whether it is."""
        scope = self.criteria.policy.scope
        if scope is None:
            return None
        conditions = [] if scope.include == "all" else [("认定范围", "scope.include", False)]
        conditions += [(left.label, f"scope.exclude.{name}.when", True) for name, left in scope.exclude.items()]
        for label, path, leaves in conditions:
            formula = self.criteria.formulas[path]
            value = formula.value(self.values)
            if value is leaves:
                reason = f"{'' if leaves else '不符合'}{label}：{self._filled(formula)}"
                return self._made("outside", partial(str, reason))
            if value is None:
                missing = self._missing(formula.names)
                reason = f"无法判断是否属于“{label}”：{_told(missing)}"
                return self._made("unclear", partial(str, reason), missing)
        return None

    # ---- one criterion

    def _result(self, name: str) -> Result:
        one, formulas = self.criteria.policy.criteria[name], self.criteria.formulas
        applies = formulas.get(f"criteria.{name}.applies")
        unclear = formulas.get(f"criteria.{name}.unclear_when")
        when = formulas[f"criteria.{name}.when"]
        read = when.names | (applies.names if applies else frozenset())
        in_scope = True if applies is None else applies.value(self.values)
        if in_scope is False:
            return self._told(name, "not_applicable", read)
        if unclear is not None and unclear.value(self.values) is True:
            missing = tuple(Missing(id_, self._label(id_)[0], one.unclear_note) for id_ in self._inputs_of(unclear.names))
            return self._told(name, "unclear", read | unclear.names, missing)
        value = when.value(self.values)
        if value is False:
            return self._told(name, "miss", read)
        if value is None or in_scope is None:
            return self._told(name, "unclear", read, self._missing(read))
        return self._told(name, "hit", read)

    def _told(self, name: str, outcome: Outcome, read: frozenset[str], missing: tuple[Missing, ...] = ()) -> Result:
        label = self.criteria.policy.criteria[name].label
        words = partial(self._sentence, name, outcome, missing)
        return Result(name, label, outcome, missing, words, partial(self._evidence, read))

    def _sentence(self, name: str, outcome: Outcome, missing: tuple[Missing, ...]) -> str:
        label, formulas = self.criteria.policy.criteria[name].label, self.criteria.formulas
        when = formulas[f"criteria.{name}.when"]
        if outcome == "not_applicable":
            return f"“{label}”不适用：须{self._filled(formulas[f'criteria.{name}.applies'])}"
        if outcome == "unclear":
            return f"“{label}”无法判断：{_told(missing)}"
        filled_in, worked = self._filled(when), self._worked(when)
        return f"{label}：{filled_in}{worked}" if outcome == "hit" else f"“{label}”不符合：{filled_in} 不成立{worked}"

    # ---- what stands behind it

    def _label(self, name: str) -> tuple[str, str]:
        """Label and printed unit of anything a formula may name."""
        if name in self.criteria.inputs:
            return self.criteria.inputs[name].label, self.criteria.inputs[name].unit_text
        policy = self.criteria.policy
        one = policy.parameters.get(name) or policy.figures.get(name) or policy.means[name]
        return one.label, unit_text(one.unit)

    def _said(self, name: str) -> str:
        label, unit = self._label(name)
        choices = self.criteria.inputs[name].choices if name in self.criteria.inputs else {}
        value = self.values[name]
        text = value_text(value, unit, choices)
        return f"{label}（{text}）" if isinstance(value, str | bool) else f"{label} {text}"

    def _filled(self, formula: Formula) -> str:
        return filled(formula.expr, {name: self._said(name) for name in formula.names}, self.criteria.inputs)

    def _worked(self, formula: Formula) -> str:
        """How the figures of a condition come about, in brackets."""
        used = in_order(sorted(formula.names), self.criteria.figures)
        parts = [f"{self._label(name)[0]} = {self._filled(self.criteria.figures[name])}" for name in used]
        named = {below for name in used for below in self.criteria.figures[name].names} | formula.names
        parts += [f"{self._label(name)[0]}：{self.mean_notes[name]}" for name in sorted(named & set(self.mean_notes))]
        return f"（{'；'.join(parts)}）" if parts else ""

    def _inputs_of(self, names: Iterable[str]) -> list[str]:
        """Inputs behind names, figures opened up, in the order of the vocabulary."""
        found = set(names)
        for name in in_order(sorted(found), self.criteria.figures):
            found |= self.criteria.figures[name].names
        if any(self.criteria.policy.means[name].per == "industry" for name in found & set(self.mean_notes)):
            found.add("industry")
        return [name for name in self.criteria.used if name in found]

    def _evidence(self, names: frozenset[str]) -> tuple[Evidence, ...]:
        made = []
        for name in self._inputs_of(names):
            one, record = self.criteria.inputs[name], self._record(name)
            made.append(Evidence(name, one.label, self.values[name], one.unit_text, self._source(name, record), one.choices))
        return tuple(made)

    def _source(self, name: str, record: Record) -> str:
        if record.values.get(name) is None and self.values[name] is not None:
            return "没有记录，按办法写明的缺省值"
        return record.sources.get(name, "")

    def _missing(self, names: Iterable[str]) -> tuple[Missing, ...]:
        """Why each of the names has no value, down to the inputs."""
        found: dict[str, Missing] = {}
        for name in sorted(names):
            for one in self._why(name):
                found.setdefault(one.id, one)
        return tuple(found.values())

    def _why(self, name: str) -> tuple[Missing, ...]:
        if self.values.get(name) is not None:
            return ()
        label = self._label(name)[0]
        if name in self.criteria.figures:
            below = self._missing(self.criteria.figures[name].names)
            return below or (Missing(name, label, f"“{label}”的除数为 0"),)
        if name in self.mean_notes:
            return (Missing(name, label, self.mean_notes[name]),)
        if name in self.criteria.constants:
            return (Missing(name, label, f"办法没有载明“{label}”"),)
        record = self._record(name)
        if not record.key:
            return (Missing(name, label, f"缺“{label}”（没有登记权利人）"),)
        return (Missing(name, label, record.flaws.get(name, f"缺“{label}”")),)


def _joined(hits: tuple[Result, ...], tail: str) -> str:
    return "；".join(result.reason for result in hits) + tail


def _told(missing: Iterable[Missing]) -> str:
    return "、".join(dict.fromkeys(one.why for one in missing)) or "算不出来（除数为 0）"


def _once(parts: Iterable[tuple[Missing, ...]]) -> tuple[Missing, ...]:
    found: dict[str, Missing] = {}
    for part in parts:
        for one in part:
            found.setdefault(one.id, one)
    return tuple(found.values())
