"""Benchmarks (基准值) of every indicator of every group as columns `b_<i>` (base, upper) and `l_<i>` (lower)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import ibis

from tenglong.domain.evaluation.expression import Binary
from tenglong.domain.evaluation.scheme import Benchmark, Indicator
from tenglong.engine.exact import NUMBER, Column, Table, divided, double, pick, steady_mean, steady_sum, whole
from tenglong.engine.expressions import Quantity, compile_number
from tenglong.engine.families import FAMILIES
from tenglong.engine.plan import EngineError, Plan
from tenglong.engine.symbols import exact

ROLES = {"base": "b_", "low": "l_"}


@dataclass(frozen=True)
class Need:
    """One benchmark: of group `code`/`group`, for `indicator`, in `role`."""

    code: int
    group: str
    indicator: str
    role: str
    benchmark: Benchmark

    @property
    def column(self) -> str:
        return f"q_{self.code}_{self.role}_{self.indicator}"


def needs(plan: Plan) -> list[Need]:
    found = []
    for code, group, body in plan.groups:
        for name, indicator in body.indicators.items():
            score = indicator.score
            stated = FAMILIES[score.family].benchmarks(score) if score is not None else {}
            found += [Need(code, group, name, role, benchmark) for role, benchmark in stated.items()]
    return found


def valued(plan: Plan, rows: Table) -> Table:
    """Adds `x_<i>`: the value in the declared unit, null outside the groups or where a figure is missing."""
    names = plan.names(rows)
    columns = {}
    for name in plan.indicators:
        branches = []
        for code, group, indicator in plan.holding(name):
            found = compile_number(plan.expr(f"groups.{group}.indicators.{name}.value", indicator.value), names)
            branches.append((rows["grp"] == code, _scaled(found, plan.compiled.factors.get((group, name), Fraction(1)))))
        columns[f"x_{name}"] = pick(_same(rows, branches), NUMBER)
    return rows.mutate(**columns)


def _same(rows: Table, branches: list[tuple[Column, Column]]) -> list[tuple[Column, Column]]:
    """Branches that work the same value are one."""
    first = branches[0][1]
    if len(branches) > 1 and all(value.equals(first) for _, value in branches):
        met = branches[0][0]
        for other, _ in branches[1:]:
            met = met | other
        return [(met, first)]
    return branches


def _scaled(found: Quantity, factor: Fraction) -> Column:
    value = found.plain()
    return value if factor == 1 else value * double(factor.numerator) / double(factor.denominator)


def with_benchmarks(plan: Plan, rows: Table) -> Table:
    """Adds `b_<i>` and `l_<i>`; those that follow from the rows are worked over the rows of the group (or of its industry)."""
    asked = needs(plan)
    computed = [need for need in asked if need.benchmark.computed]
    joined = _of_groups(plan, rows, [need for need in computed if need.benchmark.per == "group"])
    for digits in sorted({need.benchmark.digits for need in computed if need.benchmark.per == "industry"}):
        of_digits = [need for need in computed if need.benchmark.per == "industry" and need.benchmark.digits == digits]
        joined = _of_industries(plan, rows, joined, of_digits, digits)
    columns = {}
    for name in plan.indicators:
        for role, prefix in ROLES.items():
            held = [need for need in asked if need.indicator == name and need.role == role]
            if not held:
                continue
            branches = [(need.code, _given(plan, joined, need)) for need in held]
            columns[prefix + name] = plan.by_group(joined, name, branches, NUMBER)
    return joined.mutate(**columns).select(*rows.columns, *columns)


def _given(plan: Plan, rows: Table, need: Need) -> Column:
    benchmark = need.benchmark
    if benchmark.computed:
        return rows[need.column]
    if benchmark.kind == "by_industry":
        longest = sorted(benchmark.table.items(), key=lambda entry: -len(entry[0]))
        return pick([(_industry(rows).startswith(prefix), double(value)) for prefix, value in longest], NUMBER)
    if benchmark.value is not None:
        return double(benchmark.value)
    return _last_year(plan, rows, need)


def _industry(rows: Table) -> Column:
    if "a_industry" not in rows.columns:
        raise EngineError("基准值按行业取，数据里却没有行业代码（industry）一列")
    return rows["a_industry"]


def _last_year(plan: Plan, rows: Table, need: Need) -> Column:
    """Given means × factor; those per industry are given as `<indicator>/<prefix>`."""
    factor = need.benchmark.factor or Decimal(1)
    if need.benchmark.per == "group":
        mean = plan.last_year.get((need.group, need.indicator))
        return NUMBER if mean is None else double(Fraction(mean) * exact(factor))
    held = {
        key[1].partition("/")[2]: mean
        for key, mean in plan.last_year.items()
        if key[0] == need.group and key[1].startswith(f"{need.indicator}/")
    }
    prefix = _industry(rows).substr(0, need.benchmark.digits)
    return pick([(prefix == name, double(Fraction(mean) * exact(factor))) for name, mean in sorted(held.items())], NUMBER)


# ---- worked from the rows


def _of_groups(plan: Plan, rows: Table, asked: list[Need]) -> Table:
    if not asked:
        return rows
    firms = plan.enterprises(rows)
    plain = {need.column: _aggregate(plan, firms, need) for need in asked if need.benchmark.kind != "percentile"}
    joined = rows.cross_join(firms.aggregate(**plain)) if plain else rows
    for need in asked:
        if need.benchmark.kind == "percentile":
            joined = joined.cross_join(_ranked(firms, need, []).aggregate(**{need.column: ibis._.value.max()}))
    return joined


def _of_industries(plan: Plan, rows: Table, joined: Table, asked: list[Need], digits: int) -> Table:
    name = f"industry_{digits}"
    firms = plan.enterprises(rows)
    keyed = firms.mutate(**{name: _industry(firms).substr(0, digits)})
    keyed = keyed.filter(keyed[name].notnull() & keyed["grp"].notnull())
    joined = joined.mutate(**{name: _industry(joined).substr(0, digits)})
    plain = {need.column: _aggregate(plan, keyed, need) for need in asked if need.benchmark.kind != "percentile"}
    if plain:
        joined = _attach(joined, keyed.group_by("grp", name).aggregate(**plain), name, list(plain))
    for need in asked:
        if need.benchmark.kind == "percentile":
            found = _ranked(keyed, need, [name]).group_by("grp", name).aggregate(**{need.column: ibis._.value.max()})
            joined = _attach(joined, found, name, [need.column])
    return joined


def _attach(joined: Table, found: Table, name: str, columns: list[str]) -> Table:
    right = found.select(of_grp="grp", of_industry=name, **{column: column for column in columns})
    both = joined.left_join(right, [joined["grp"] == right["of_grp"], joined[name] == right["of_industry"]])
    return both.select(*joined.columns, *columns)


def _aggregate(plan: Plan, rows: Table, need: Need) -> Column:
    value = rows[f"x_{need.indicator}"]
    where = (rows["grp"] == need.code) & value.notnull()
    if need.benchmark.kind == "max":
        return value.max(where=where)
    if need.benchmark.kind == "min":
        return value.min(where=where)
    factor = need.benchmark.factor or Decimal(1)
    return mean(plan, rows, need, where) * double(factor)


def mean(plan: Plan, rows: Table, need: Need, where: Column) -> Column:
    """Mean as the benchmark declares it, in the indicator's unit."""
    if need.benchmark.mean == "of_ratios":
        return steady_mean(rows[f"x_{need.indicator}"], where)
    indicator = plan.scheme.groups[need.group].indicators[need.indicator]
    top, bottom = _parts(plan, rows, need, indicator)
    factor = plan.compiled.factors.get((need.group, need.indicator), Fraction(1))
    sums = [steady_sum(part.column, where, integral=part.exact) / double(10**part.decimals) for part in (top, bottom)]
    return sums[0] / sums[1].nullif(double(0)) * double(factor.numerator) / double(factor.denominator)


def _parts(plan: Plan, rows: Table, need: Need, indicator: Indicator) -> tuple[Quantity, Quantity]:
    expr = plan.expr(f"groups.{need.group}.indicators.{need.indicator}.value", indicator.value)
    if not (isinstance(expr, Binary) and expr.op == "/"):
        raise EngineError(f"指标“{indicator.label}”的基准值按 of_sums 取均值，算式须写成 分子 ÷ 分母")
    names = plan.names(rows)
    return compile_number(expr.left, names), compile_number(expr.right, names)


def _ranked(rows: Table, need: Need, also: list[str]) -> Table:
    """The row that holds the nearest rank ⌈p·n ÷ 100⌉ from below, of every partition."""
    value = rows[f"x_{need.indicator}"]
    held = rows.filter((rows["grp"] == need.code) & value.notnull()).select("grp", *also, value=f"x_{need.indicator}")
    keys = ["grp", *also]
    part = Fraction(need.benchmark.percentile or 100) / 100
    counted = held.mutate(
        place=ibis.row_number().over(group_by=keys, order_by=held["value"]).cast("int64") + whole(1),
        held=held.count().over(group_by=keys),
    )
    wanted = divided(counted["held"] * whole(part.numerator) + whole(part.denominator - 1), part.denominator)
    return counted.filter(counted["place"] == wanted)
