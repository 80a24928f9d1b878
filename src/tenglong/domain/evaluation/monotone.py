"""单调性: does the total of an enterprise never fall (or never rise) when one of its figures grows and all else stays as it is?

Judged from the scheme alone. `rising` and `falling` are proofs under the premises that are named; `unproven` claims nothing,
and says what stands in the way and where. Figures are taken to be known before and after, and where the dictionary of measures
says so not below 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, Final, Literal

from tenglong.domain.evaluation.compiled import Compiled, benchmarks_of_indicator
from tenglong.domain.evaluation.expression import Expr, names
from tenglong.domain.evaluation.given import expression
from tenglong.domain.evaluation.grading import RankShare
from tenglong.domain.evaluation.scheme import Group, Indicator, Ladder
from tenglong.domain.evaluation.sites import sites
from tenglong.domain.evaluation.slope import FLAT, ZERO, Slope, either, greatest, least, lost, minus, number, plus, slope
from tenglong.domain.evaluation.slope_points import Given, points
from tenglong.domain.evaluation.trace_terms import label_of
from tenglong.domain.measures import packaged

Direction = Literal["rising", "falling", "unread", "unproven"]
#: signs of more names than this are not told apart
_MOST: Final = 6
_PLACED: Final = ("scope", "ungraded")


@dataclass(frozen=True)
class Spoiler:
    """`path` of the scheme that stands in the way, and the reason in plain Chinese."""

    path: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """Of one measure. `ranks`: the place in the group cannot move the other way either (rising: never worse) while the others
    stay as they are; else `rank_spoilers` say why nothing is claimed of it."""

    measure: str
    label: str
    direction: Direction
    spoilers: tuple[Spoiler, ...] = ()
    premises: tuple[str, ...] = ()
    ranks: bool = False
    rank_spoilers: tuple[Spoiler, ...] = ()

    @property
    def sentence(self) -> str:
        if self.direction == "unread":
            return f"{self.label}不影响总分"
        if self.direction == "unproven":
            return f"不能断定{self.label}增加时总分怎样变：" + "；".join(dict.fromkeys(one.reason for one in self.spoilers))
        what = "不会下降" if self.direction == "rising" else "不会上升"
        rank = f"，其他企业得分不变时名次也不会变{'差' if self.direction == 'rising' else '好'}" if self.ranks else ""
        under = f"（前提：{'；'.join(self.premises)}）" if self.premises else ""
        return f"{self.label}增加、其余数据不变，总分{what}{rank}{under}"

    def as_json(self) -> dict[str, Any]:
        told = [[{"path": one.path, "reason": one.reason} for one in some] for some in (self.spoilers, self.rank_spoilers)]
        return {"measure": self.measure, "label": self.label, "direction": self.direction, "sentence": self.sentence,
                "premises": list(self.premises), "spoilers": told[0], "ranks": self.ranks, "rank_spoilers": told[1]}


def monotone(compiled: Compiled, measure: str) -> Verdict:
    """What can be proved of `measure` (an id of the dictionary). A scheme too partial to score is `unproven`: its keys."""
    label = label_of(compiled, measure)
    if lacks := compiled.lacks("score"):
        return Verdict(measure, label, "unproven", tuple(Spoiler(key, f"办法尚不完整，没有写明 {key}") for key in lacks))
    return _Judge(compiled, measure, label).verdict()


def verdicts(compiled: Compiled) -> tuple[Verdict, ...]:
    """Of every measure that the scheme reads."""
    return tuple(monotone(compiled, name) for name in compiled.measures)


@dataclass
class _Judge:
    compiled: Compiled
    measure: str
    label: str
    spoilers: list[Spoiler] = field(default_factory=list)
    premises: dict[str, None] = field(default_factory=dict)

    def verdict(self) -> Verdict:
        self._placed()
        totals = {name: self._total(name, group) for name, group in self.compiled.scheme.groups.items()}
        ways = {one.way for one in totals.values()} - {"same"}
        if "unknown" not in ways and len(ways) > 1:
            self.spoilers.append(Spoiler("groups", "各组方向不同：" + "、".join(
                f"{self.compiled.scheme.groups[name].label}随之{'上升' if one.way == 'rising' else '下降'}"
                for name, one in totals.items() if one.moves)))
        if self.spoilers:
            return Verdict(self.measure, self.label, "unproven", tuple(self.spoilers))
        if not ways:
            return Verdict(self.measure, self.label, "unread")
        way: Direction = "rising" if "rising" in ways else "falling"
        against = tuple(self._rank_spoilers(way))
        return Verdict(self.measure, self.label, way, (), tuple(self.premises), not against, against)

    # ---- names

    @cached_property
    def _labels(self) -> dict[str, str]:
        read = {name for expr in self.compiled.expressions.values() for name in names(expr)}
        return {name: label_of(self.compiled, name) for name in read}

    @cached_property
    def _names(self) -> dict[str, Slope]:
        """Every measure, none below 0 that the dictionary keeps from it."""
        bounds = {name: one.min for name, one in packaged().items()}
        low = {name: Fraction(0) if bound is not None and bound >= 0 else None for name, bound in bounds.items()}
        return {name: Slope(bound, None, "rising" if name == self.measure else "same") for name, bound in low.items()}

    def _cases(self, *exprs: Expr) -> Iterator[dict[str, Slope]]:
        """The names once for every combination of signs of those that stand still and may have either."""
        either_sign = self._either_sign(*exprs)
        halves = (Slope(Fraction(0)), Slope(None, Fraction(0)))
        for signs in product(halves, repeat=len(either_sign) if len(either_sign) <= _MOST else 0):
            yield {**self._names, **dict(zip(either_sign, signs, strict=False))}

    def _either_sign(self, *exprs: Expr) -> list[str]:
        numbers = {name for name, one in self.compiled.attributes.items() if one.type == "number"} | set(self._names)
        read = numbers & frozenset().union(*map(names, exprs)) - {self.measure}
        return sorted(name for name in read if not self._names.get(name, FLAT).positive)

    def _any(self, cases: list[Slope], *exprs: Expr) -> Slope:
        """What holds in every case."""
        ways = {one.way for one in cases} - {"same"}
        if len(ways) > 1 or "unknown" in ways:
            told = "、".join(self._labels[name] for name in self._either_sign(*exprs))
            return lost(f"方向取决于{told}是正是负", *cases)
        lows, highs = [one.low for one in cases], [one.high for one in cases]
        low = None if None in lows else min(bound for bound in lows if bound is not None)
        high = None if None in highs else max(bound for bound in highs if bound is not None)
        return Slope(low, high, next(iter(ways), "same"), "", frozenset().union(*(one.premises for one in cases)))

    def _reads(self, path: str) -> bool:
        found = self.compiled.expressions.get(path)
        return found is not None and self.measure in names(found)

    # ---- who is where

    def _placed(self) -> None:
        """Conditions that read the figure may move the enterprise elsewhere; then nothing is compared."""
        for site in sites(self.compiled.scheme):
            if not self._reads(site.dotted):
                continue
            if site.path[0] in _PLACED or (site.path[0] == "groups" and site.path[2:] == ("when",)):
                self.premises.setdefault(f"仍在原来的评价范围和组别（“{site.text}”的判断不变）")
            elif site.path[0] == "tenants":
                self.spoilers.append(Spoiler(site.dotted, f"{self.label}决定承租企业怎样评价，变动后可能换了评价单元"))

    # ---- points

    def _total(self, group_name: str, group: Group) -> Slope:
        held = {name: self._points(group_name, name, rule) for name, rule in group.indicators.items()}
        ways = {one.way for one in held.values()} - {"same"}
        if ways == {"rising", "falling"}:
            told = [f"{group.indicators[name].label}得分随之{'上升' if one.way == 'rising' else '下降'}"
                    for name, one in held.items() if one.moves]
            self.spoilers.append(Spoiler(f"groups.{group_name}.indicators", f"{group.label}：{'，'.join(told)}"))
            return lost("")
        total = _sum(list(held.values()))
        seen = {**held, "total": total}
        total = self._kept(f"groups.{group_name}", plus(plus(total, self._bonus(group_name, seen)),
                                                        self._deduction(group_name, seen)), group.label)
        rule = self.compiled.scheme.total
        return least(total, number(Fraction(rule.cap))) if rule and not isinstance(rule.cap, str) else total

    def _points(self, group: str, name: str, rule: Indicator) -> Slope:
        path = f"groups.{group}.indicators.{name}"
        expr = expression(self.compiled, f"{path}.value", rule.value)
        if self.measure not in names(expr) or rule.score is None:
            return FLAT
        factor = self.compiled.factors.get((group, name), Fraction(1))
        wide = Given.of(expr, self._names, self._labels, factor)
        found = [points(rule, Given.of(expr, case, self._labels, factor), wide) for case in self._cases(expr)]
        return self._kept(path, self._any(found, expr), rule.label)

    def _bonus(self, group: str, seen: Mapping[str, Slope]) -> Slope:
        bonuses = self.compiled.scheme.bonuses
        if bonuses is None:
            return ZERO
        ladders = {name: one for name, one in bonuses.ladders.items() if not one.groups or group in one.groups}
        return _capped(_sum([self._ladder(name, one, seen) for name, one in ladders.items()]), bonuses.total_cap)

    def _ladder(self, name: str, ladder: Ladder, seen: Mapping[str, Slope]) -> Slope:
        found = []
        for item, entry in ladder.items.items():
            path = f"bonuses.ladders.{name}.items.{item}"
            given = entry.points if isinstance(entry.points, str) else number(Fraction(entry.points))
            found.append(self._conditional(path, entry.label, entry.when, given, seen, (None, None)))
        taken = _sum(found)
        if ladder.take == "highest":
            taken = ZERO
            for one in found:
                taken = greatest(taken, one)
        return _capped(taken, ladder.cap)

    def _deduction(self, group: str, seen: Mapping[str, Slope]) -> Slope:
        found = []
        for name, entry in self.compiled.scheme.held("deductions").items():
            if not entry.groups or group in entry.groups:
                most = None if isinstance(entry.cap, str) else -Fraction(entry.cap)
                bounds = (most, Fraction(0))
                found.append(self._conditional(f"deductions.{name}", entry.label, entry.when, entry.points, seen, bounds))
        return _sum(found)

    def _conditional(
        self, path: str, label: str, when: str, given: str | Slope, seen: Mapping[str, Slope],
        bounds: tuple[Fraction | None, Fraction | None],
    ) -> Slope:
        """Points where the condition holds, else 0; `bounds` hold the points."""
        met = expression(self.compiled, f"{path}.when", when)
        worth = expression(self.compiled, f"{path}.points", given) if isinstance(given, str) else None
        found = []
        exprs = [expr for expr in (met, worth) if expr is not None]
        for case in self._cases(*exprs):
            one = given if isinstance(given, Slope) else ZERO
            one = one if worth is None else slope(worth, {**seen, **case}, self._labels)
            one = one if bounds[1] is None else least(one, number(bounds[1]))
            one = one if bounds[0] is None else greatest(one, number(bounds[0]))
            found.append(either(slope(met, {**seen, **case}, self._labels), one, ZERO, label))
        return self._kept(path, self._any(found, *exprs), label)

    def _kept(self, path: str, found: Slope, label: str) -> Slope:
        """Notes what it rests on, or what spoils it (once: what a part of it has told is not told again)."""
        if found.way == "unknown" and not any(one.path.startswith(path) or found.why in one.reason for one in self.spoilers):
            self.spoilers.append(Spoiler(path, f"{label}：{found.why}"))
        if found.moves:
            self.premises.update(dict.fromkeys(sorted(found.premises)))
        return found

    # ---- ranks

    def _rank_spoilers(self, way: Direction) -> Iterator[Spoiler]:
        """What else than the own total could move the place."""
        ties = [group.grades.tie_by for group in self.compiled.scheme.groups.values()
                if isinstance(group.grades, RankShare) and group.grades.ties == "by"]
        for name, group in self.compiled.scheme.groups.items():
            for id_, rule in group.indicators.items():
                path = f"groups.{name}.indicators.{id_}"
                if self._reads(f"{path}.value"):
                    yield from self._others(path, rule)
                    if id_ in ties:
                        yield from self._tie(name, id_, rule, way)
            if group.grades is not None:
                counts = group.grades.counts_in_n
                for part, counted in (("vetoes", counts.vetoed), ("protections", counts.protected)):
                    yield from self._counted(part) if not counted else ()

    def _others(self, path: str, rule: Indicator) -> Iterator[Spoiler]:
        if any(one.computed for one in benchmarks_of_indicator(rule)) or (rule.score and rule.score.family == "max_base"):
            yield Spoiler(f"{path}.score", f"{rule.label}的基准值由全组数据算出，本企业变动后其他企业的得分也会变")
        if rule.missing == "group_mean":
            yield Spoiler(f"{path}.missing", f"{rule.label}缺数的企业按全组平均得分计，本企业变动后他们的得分也会变")

    def _tie(self, group: str, name: str, rule: Indicator, way: Direction) -> Iterator[Spoiler]:
        path = f"groups.{group}.indicators.{name}"
        expr = expression(self.compiled, f"{path}.value", rule.value)
        for case in self._cases(expr):
            found = slope(expr, case, self._labels)
            found = minus(found) if rule.direction == "down" else found
            if found.way not in ("same", way):
                yield Spoiler(f"{path}.value", f"同分时按{rule.label}排先后，它不随{self.label}同向变动")
                return

    def _counted(self, part: str) -> Iterator[Spoiler]:
        for site in sites(self.compiled.scheme):
            if site.path[0] == part and self._reads(site.dotted):
                yield Spoiler(site.dotted, f"{self.label}决定本企业是否计入排名总数")


def _sum(parts: list[Slope]) -> Slope:
    total = ZERO
    for one in parts:
        total = plus(total, one)
    return total


def _capped(found: Slope, cap: Any) -> Slope:
    return found if isinstance(cap, str) else least(found, number(Fraction(cap)))
