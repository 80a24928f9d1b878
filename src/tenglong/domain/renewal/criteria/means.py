"""Means that a criterion compares with: over declared rows, all or by industry, with their denominators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.checks import Criteria
from tenglong.domain.renewal.criteria.policy import Mean
from tenglong.domain.renewal.criteria.rows import MeanOf, Sheet

Values = Mapping[str, Value]


class _Term(NamedTuple):
    """One row's share of a mean: numerator and denominator."""

    above: Fraction
    below: Fraction


class Means:
    """Every mean of a policy over one sheet."""

    def __init__(self, criteria: Criteria, sheet: Sheet) -> None:
        self.criteria = criteria
        self._found: dict[str, dict[str, MeanOf]] = {}
        for name, mean in criteria.policy.means.items():
            given = bool(mean.published)
            self._found[name] = _published(name, mean) if given else self._worked(name, mean, _values(criteria, mean, sheet))

    @classmethod
    def kept(cls, criteria: Criteria, found: Iterable[MeanOf]) -> Means:
        """The means of an earlier run, as it told them; nothing is worked."""
        made = cls.__new__(cls)
        made.criteria = criteria
        made._found = {name: _published(name, mean) for name, mean in criteria.policy.means.items()}
        for one in found:
            made._found[one.id][one.industry] = one
        return made

    def __iter__(self) -> Iterator[MeanOf]:
        for by_industry in self._found.values():
            yield from by_industry.values()

    def of(self, name: str, industry: Value) -> MeanOf:
        """The mean that a row of this industry is compared with; its `why` says why there is none."""
        mean, found = self.criteria.policy.means[name], self._found[name]
        if mean.per == "all":
            return found.get("") or MeanOf(name, "", None, 0, 0, f"没有一户可算“{mean.label}”")
        if not isinstance(industry, str) or not industry:
            return MeanOf(name, "", None, 0, 0, f"缺行业代码，取不到“{mean.label}”")
        if mean.published:
            hits = [prefix for prefix in found if industry.startswith(prefix)]
            none = MeanOf(name, industry, None, 0, 0, f"行业 {industry} 没有已公布的“{mean.label}”")
            return found[max(hits, key=len)] if hits else none
        prefix = industry[: mean.digits]
        return found.get(prefix) or MeanOf(name, prefix, None, 0, 0, f"行业 {prefix} 没有可算“{mean.label}”的数")

    def _worked(self, name: str, mean: Mean, rows: Iterable[Values]) -> dict[str, MeanOf]:
        terms: dict[str, list[_Term]] = defaultdict(list)
        left: dict[str, int] = defaultdict(int)
        for values in rows:
            industry = values.get("industry") if mean.per == "industry" else ""
            if not isinstance(industry, str) or (mean.per == "industry" and not industry):
                continue
            prefix = industry[: mean.digits]
            counts = self._counts(name, mean, values)
            term = self._term(name, mean, values) if counts else None
            if term is not None:
                terms[prefix].append(term)
            elif counts is not False:
                left[prefix] += 1
        return {prefix: _mean(name, mean, prefix, terms[prefix], left[prefix]) for prefix in sorted({*terms, *left})}

    def _counts(self, name: str, mean: Mean, values: Values) -> bool | None:
        if mean.where == "all":
            return True
        found = self.criteria.formulas[f"means.{name}.where"].value(values)
        return found if isinstance(found, bool) else None

    def _term(self, name: str, mean: Mean, values: Values) -> _Term | None:
        formulas = self.criteria.formulas
        if mean.average_of is not None:
            value = formulas[f"means.{name}.average_of"].value(values)
            return _Term(value, Fraction(1)) if isinstance(value, Fraction) else None
        above, below = (formulas[f"means.{name}.{part}"].value(values) for part in ("sum_of", "divided_by"))
        if not isinstance(above, Fraction) or not isinstance(below, Fraction):
            return None
        return _Term(above * formulas[f"means.{name}.quotient"].factor, below)


def _mean(name: str, mean: Mean, industry: str, terms: list[_Term], left: int) -> MeanOf:
    where = f"行业 {industry} " if industry else ""
    if len(terms) < mean.least:
        why = f"{where}只有 {len(terms)} 户可算“{mean.label}”，少于 {mean.least} 户"
        return MeanOf(name, industry, None, len(terms), left, why)
    below = sum((term.below for term in terms), Fraction(0))
    if not below:
        return MeanOf(name, industry, None, len(terms), left, f"{where}“{mean.label}”的分母合计为 0")
    return MeanOf(name, industry, sum((term.above for term in terms), Fraction(0)) / below, len(terms), left)


def _published(name: str, mean: Mean) -> dict[str, MeanOf]:
    return {prefix: MeanOf(name, prefix, Fraction(value), 0, 0) for prefix, value in mean.published.items()}


def _values(criteria: Criteria, mean: Mean, sheet: Sheet) -> Iterator[dict[str, Value]]:
    """Inputs of every declared row, defaults of the policy filled in."""
    blank: dict[str, Value] = {name: criteria.absent.get(name) for name in criteria.used}
    if mean.rows == "owners":
        for owner in sheet.owners.values():
            yield {**blank, **criteria.constants, **_given(owner.values)}
        return
    for plot in sheet.plots:
        owner_values = sheet.owners[plot.owner].values if plot.owner in sheet.owners else {}
        yield {**blank, **criteria.constants, **_given(owner_values), **_given(plot.values)}


def _given(values: Values) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}
