"""升档建议: the smallest change of one single figure that would lift an enterprise by a grade, all else frozen.

Each is found by trying it in the frozen group (`field`): own benchmarks move with it, the others' figures do not. One step less
does not reach the grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from tenglong.domain.evaluation.expression import names
from tenglong.domain.evaluation.field import Field, FieldError, Outcome, cap_of
from tenglong.domain.evaluation.figures import fixed, plain, total_text, unit_text
from tenglong.domain.evaluation.frozen import field_of, index_of, read_by, row_at
from tenglong.domain.evaluation.vector import Rows
from tenglong.domain.measures import packaged

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

Way = Literal["up", "down"]
#: figures an enterprise can sensibly change, and which way; jobs are never advised away
CHANGEABLE: Final[dict[str, Way]] = {
    "tax_paid": "up", "revenue": "up", "value_added": "up", "output": "up", "profit": "up", "export": "up", "rd_expense": "up",
    "fixed_investment": "up", "technical_investment": "up", "energy_tce": "down", "electricity_kwh": "down", "water_t": "down",
    "cod_t": "down", "nh3n_t": "down", "so2_t": "down", "nox_t": "down", "voc_t": "down", "land_mu": "down",
}
#: the step of a proposal, in the unit of the measure
STEPS: Final[dict[str, Fraction]] = {
    "wan_yuan": Fraction(1, 100), "mu": Fraction(1, 100), "kwh": Fraction(1), "tce": Fraction(1, 100), "t": Fraction(1, 1000),
}
#: a rise is looked for up to this many times the present figure or the group's largest one, whichever is more
FAR: Final = 10
_GROWTH: Final = Fraction(23, 20)


@dataclass(frozen=True)
class Lift:
    """One figure changed alone: `change` and `percent` (of the present figure, None from 0), and what comes of it."""

    measure: str
    label: str
    unit: str
    before: Fraction
    after: Fraction
    step: Fraction
    percent: Fraction | None
    total: str
    rank: int
    n: int
    grade: str

    @property
    def change(self) -> Fraction:
        return self.after - self.before

    @property
    def sentence(self) -> str:
        """税收增加 38.20 万元（+21.5 %）→ 得分 71.20，位次 120/604，升为 B"""
        verb, places = "增加" if self.change > 0 else "减少", _places(self.step)
        share = "" if self.percent is None else f"（{'+' if self.percent > 0 else '−'}{fixed(abs(self.percent), 1)} %）"
        moved = f"{self.label}{verb} {fixed(abs(self.change), places)} {unit_text(self.unit)}{share}"
        return f"{moved}→ 得分 {self.total}，位次 {self.rank}/{self.n}，升为 {self.grade}"

    def as_json(self) -> dict[str, Any]:
        percent = None if self.percent is None else fixed(self.percent, 1)
        return {"measure": self.measure, "label": self.label, "unit": unit_text(self.unit), "before": plain(self.before),
                "after": plain(self.after), "change": plain(self.change), "percent": percent, "total": self.total,
                "rank": self.rank, "n": self.n, "grade": self.grade, "sentence": self.sentence}


@dataclass(frozen=True)
class NoLift:
    """A figure that cannot do it alone, and why."""

    measure: str
    label: str
    reason: str

    def as_json(self) -> dict[str, str]:
        return {"measure": self.measure, "label": self.label, "reason": self.reason}


@dataclass(frozen=True)
class Advice:
    """`reason` says why there is no advice at all; `lifts` are the nearest ways, smallest share of the present figure first."""

    key: str
    grade: str | None = None
    target: str | None = None
    lifts: tuple[Lift, ...] = ()
    others: tuple[NoLift, ...] = ()
    reason: str = ""
    note: str = "每条只改动一项数据，其余数据和其他企业均按冻结时不变；随本企业数据变动的基准值已一并重算。"

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "grade": self.grade, "target": self.target, "lifts": [one.as_json() for one in self.lifts],
                "others": [one.as_json() for one in self.others], "reason": self.reason, "note": self.note}


def lift(compiled: Compiled, key: str, rows: Rows, results: Rows, *, most: int = 3) -> Advice:
    """The `most` nearest single changes that lift `key` by one grade.

    rows: frozen input rows (as the engine takes them), results: the engine's table over them, with trace.
    Never raises for an enterprise that cannot be advised: `reason` says why.
    """
    row = row_at(results, index_of(results, key))
    grade = row.get("grade")
    if sentence := _not_advised(compiled, row):
        return Advice(key, grade, reason=sentence)
    try:
        search = _search(field_of(compiled, key, rows, results), row)
    except FieldError as error:
        return Advice(key, grade, reason=str(error))
    found = [search.nearest(name) for name in compiled.measures if name in CHANGEABLE and search.reads(name)]
    lifts = sorted((one for one in found if isinstance(one, Lift)), key=_effort)
    return Advice(key, grade, search.target, tuple(lifts[:most]), tuple(one for one in found if isinstance(one, NoLift)),
                  "" if lifts else f"任何一项数据单独变动都不足以升为 {search.target}")


def _effort(one: Lift) -> tuple[int, Fraction]:
    return (1, abs(one.change)) if one.percent is None else (0, abs(one.percent))


def _not_advised(compiled: Compiled, row: Mapping[str, Any]) -> str:
    standing = row["standing"]
    if row.get("joint") is not None:
        return "有单独和合并两个结果，等级按办法在两者中取定，不推算单项变动"
    if standing != "graded" or row.get("grade") is None or row.get("rank_grade") is None:
        return {"follows": "随出租方定等级，等级取决于出租方", "merged": "与同一评价单元的企业合并评价，按整个单元推算"}.get(
            standing, "本企业没有评定等级，不推算升档")
    acted = set(str(row.get("reasons") or "").split(";"))
    if vetoes := [veto.label for name, veto in compiled.scheme.held("vetoes").items() if name in acted]:
        return f"等级受否决事项限制（{'、'.join(vetoes)}），改善指标不能改变；有关决定撤销或期满后再评"
    grades = compiled.scheme.groups[str(row["group"])].grades
    if grades is None or row["grade"] not in grades.order:
        return "这份办法没有写明怎样划等"
    return "已是最高等级" if row["grade"] == grades.order[0] else ""


def _search(group: Field, row: Mapping[str, Any]) -> _Search:
    """Checked against the frozen result of the enterprise itself. Raises FieldError."""
    group.check()
    order = list(group.grades.order)
    best = min(order.index(row["grade"]), order.index(row["rank_grade"]))
    if best == 0:
        raise FieldError("位次已在最高等级之内")
    name = next((name for name in group.own if isinstance(group.own[name], Fraction) and name in packaged()), None)
    same = group.attempt(name, Fraction(str(group.own[name]))) if name else Outcome(refused="没有数据")
    place = same.place
    if place is None or (place.rank, place.n, place.grade) != (row["rank"], row["n"], row["rank_grade"]):
        raise FieldError("按冻结数据重排的位次与结果表不一致（小组并组等情形），不推算升档所需的变化")
    return _Search(group, order[best - 1])


@dataclass
class _Search:
    group: Field
    target: str
    best: dict[str, Outcome] = field(default_factory=dict)

    def reads(self, name: str) -> bool:
        return any(name in names(item.expr) for item in self.group.items)

    def nearest(self, name: str) -> Lift | NoLift:
        """The least change of one measure that reaches the target."""
        measure, held = packaged()[name], self.group.own[name]
        if not isinstance(held, Fraction):
            return NoLift(name, measure.label, "没有这项数据，补报后才能推算")
        step = STEPS.get(measure.unit, Fraction(1, 100))
        last, outcome = 0, Outcome()
        for count in self._counts(name, held, step):
            outcome = self._try(name, held, step, count)
            refused = bool(outcome.refused)
            tried = self._bisected(name, held, step, last, count, self._counted) - 1 if refused else count
            met = self._try(name, held, step, tried) if refused and tried > last else outcome
            if self._reaches(met):
                return self._lift(name, held, step, self._bisected(name, held, step, last, tried, self._short))
            if met.place is not None:
                last, self.best[name] = tried, met
            if refused:
                break
        return NoLift(name, measure.label, self._why_not(name, outcome))

    def _counts(self, name: str, held: Fraction, step: Fraction) -> Iterator[int]:
        """Numbers of steps to try, growing, up to as far as is looked."""
        if CHANGEABLE[name] == "down":
            most = int(held / step) - (1 if held % step == 0 else 0)
        else:
            column = self.group.columns[name]
            largest = Fraction(float(column.values[column.known].max()))
            most = int(max(held * (FAR - 1), largest * FAR) / step)
        count = 1
        while count < most:
            yield count
            count = max(count + 1, int(count * _GROWTH))
        if most > 0:
            yield most

    def _try(self, name: str, held: Fraction, step: Fraction, count: int) -> Outcome:
        sign = 1 if CHANGEABLE[name] == "up" else -1
        return self.group.attempt(name, held + sign * count * step)

    def _reaches(self, outcome: Outcome) -> bool:
        if outcome.place is None or outcome.place.grade is None:
            return False
        order = self.group.grades.order
        return order.index(outcome.place.grade) <= order.index(self.target)

    def _bisected(
        self, name: str, held: Fraction, step: Fraction, before: int, after: int, still: Callable[[Outcome], bool]
    ) -> int:
        """Least number of steps in (before, after] for which `still` no longer holds; it does at `before`, not at `after`."""
        while after - before > 1:
            middle = (before + after) // 2
            if still(self._try(name, held, step, middle)):
                before = middle
            else:
                after = middle
        return after

    def _short(self, outcome: Outcome) -> bool:
        return not self._reaches(outcome)

    def _counted(self, outcome: Outcome) -> bool:
        return not outcome.refused

    def _lift(self, name: str, held: Fraction, step: Fraction, count: int) -> Lift:
        outcome, measure = self._try(name, held, step, count), packaged()[name]
        place = outcome.place
        assert place is not None and place.grade is not None
        change = count * step * (1 if CHANGEABLE[name] == "up" else -1)
        percent = change / abs(held) * 100 if held else None
        reached = (self._text(outcome.total), place.rank, place.n, place.grade)
        return Lift(name, measure.label, measure.unit, held, held + change, step, percent, *reached)

    def _text(self, total: int) -> str:
        rule = self.group.compiled.scheme.total
        return total_text(total, rule.decimals if rule else 0)

    def _why_not(self, name: str, last: Outcome) -> str:
        best = self.best.get(name)
        reached = f"最多得 {self._text(best.total)} 分" if best else ""
        if last.refused:
            further = f"再{'减' if CHANGEABLE[name] == 'down' else '增'}下去{last.refused}"
            return f"{further}；在此之前{reached}，不足以升为 {self.target}" if reached else further
        if best and (capped := self._capped(name, best)):
            return f"{'、'.join(capped)}已到封顶，{reached}，仍不足以升为 {self.target}"
        labels = "、".join(read_by(self.group.compiled, self.group.group, name))
        far = "减到接近 0" if CHANGEABLE[name] == "down" else f"增加到现在的 {FAR} 倍或全组最高"
        return f"即使{far}（影响{labels}），{reached}，仍不足以升为 {self.target}"

    def _capped(self, name: str, outcome: Outcome) -> list[str]:
        """Labels of the items that read the measure, when all that can still rise have met their cap."""
        found = []
        for item in self.group.items:
            cap, points = cap_of(item.rule), (outcome.points or {}).get(item.id)
            if name not in names(item.expr) or cap is None or points is None:
                continue
            if np.isclose(points, float(cap * (item.rule.weight or 0))):
                found.append(f"“{item.rule.label}”")
        return found


def _places(step: Fraction) -> int:
    return len(plain(step).partition(".")[2])
