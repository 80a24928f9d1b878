"""One indicator of a trace: expression in words, inputs with their source, benchmark, formula with the numbers, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tenglong.domain.evaluation.expression import Expr, Value, chinese, names, show
from tenglong.domain.evaluation.figures import fixed, plain, significant, unit_text, value_text
from tenglong.domain.evaluation.given import expression
from tenglong.domain.evaluation.scheme import Benchmark, Indicator, MaxBase, MinMax, Points, Ratio, Reverse
from tenglong.domain.measures import packaged

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

COMPUTED, CAPPED, FLOORED, RESCALED, REFUSED = 0, 1, 2, 6, 8
MISSING: Final[dict[int, str]] = {3: "zero", 4: "group_mean", 5: "full", 6: "exclude", 7: "points", 8: "refuse"}
_MISSING_TEXT: Final[dict[str, str]] = {
    "zero": "缺数，按办法计 0 分", "group_mean": "缺数，按办法计本组该项平均得分", "full": "缺数，按办法计满分",
    "exclude": "缺数，按办法不计该项，其余各项权重按比例放大", "points": "缺数，按办法计固定分",
    "refuse": "缺数，按办法不能计分",
}
#: figures of a result row given with every digit
_EXACT: Final = {"value": "x", "benchmark": "b", "low": "l", "points": "s"}
_KINDS: Final[dict[str, str]] = {
    "fixed": "办法公布的固定基准值", "by_industry": "办法按行业公布的基准值", "last_year": "上年度本组平均值",
    "group": "本年度本组平均值", "percentile": "本组百分位值", "max": "本组最大值", "min": "本组最小值",
}


def label_of(compiled: Compiled, name: str) -> str:
    """Label of a measure, an attribute or an indicator; the id when it has none."""
    if name in compiled.attributes:
        return compiled.attributes[name].label
    if name in packaged():
        return packaged()[name].label
    found = [group.indicators[name].label for group in compiled.scheme.groups.values() if name in group.indicators]
    return found[0] if found else "总分" if name == "total" else name


def in_order(expr: Expr) -> list[str]:
    """Names of an expression in reading order."""
    words = re.findall(r"[a-z][a-z0-9_]*", show(expr))
    return sorted(names(expr), key=words.index)


def labels_of(compiled: Compiled, expr: Expr) -> dict[str, str]:
    """Label of every name in an expression."""
    return {name: label_of(compiled, name) for name in names(expr)}


def term(
    compiled: Compiled, group: str, name: str, row: Mapping[str, object], values: Mapping[str, Value],
    sources: Mapping[str, Mapping[str, object]],
) -> dict[str, Any]:
    """The trace of indicator `name`; see docs/developer/trace.md."""
    indicator = compiled.scheme.groups[group].indicators[name]
    expr = expression(compiled, f"groups.{group}.indicators.{name}.value", indicator.value)
    flag = row.get(f"f_{name}")
    code = int(str(flag)) if flag is not None else None
    value, points = row.get(f"x_{name}"), row.get(f"s_{name}")
    return {
        "id": name, "label": indicator.label, "expression": show(expr), "chinese": chinese(expr, labels_of(compiled, expr)),
        "unit": unit_text(indicator.unit), "inputs": [_input(compiled, one, values, sources) for one in in_order(expr)],
        "working": _working(expr, values, value, indicator.unit),
        "value": None if value is None else significant(float(str(value))), "benchmark": _benchmark(indicator, row, name),
        "weight": None if indicator.weight is None else plain(indicator.weight),
        "family": indicator.score.family if indicator.score else None, "formula": _formula(indicator, name, row, code),
        "limited": {CAPPED: "cap", FLOORED: "floor"}.get(code) if code is not None else None,
        "missing": MISSING.get(code) if code is not None else None,
        "points": None if points is None else fixed(float(str(points))),
        "exact": {role: _exact(row.get(f"{column}_{name}")) for role, column in _EXACT.items()},
        "basis": _basis(compiled, group, indicator),
    }


def _exact(value: object) -> str | None:
    """Every digit of a double, for working it again."""
    return None if value is None else repr(float(str(value)))


def _input(
    compiled: Compiled, name: str, values: Mapping[str, Value], sources: Mapping[str, Mapping[str, object]]
) -> dict[str, Any]:
    holder = compiled.attributes.get(name) or packaged().get(name)
    unit = holder.unit if holder else ""
    source = dict(sources[name]) if name in sources else None
    return {"name": name, "label": label_of(compiled, name), "value": value_text(values.get(name)), "unit": unit_text(unit),
            "source": source}


def _working(expr: Expr, values: Mapping[str, Value], value: object, unit: str) -> str | None:
    """The expression with the figures in it: 300 ÷ 10 = 30 万元/亩; None when the value is missing."""
    if value is None:
        return None
    filled = chinese(expr, {name: _figure(values.get(name)) for name in names(expr)})
    return f"{filled} = {significant(float(str(value)))} {unit_text(unit)}".rstrip()


def _figure(value: Value) -> str:
    text = value_text(value)
    return "缺" if text is None else f"（{text}）" if text.startswith("-") else text


def _benchmark(indicator: Indicator, row: Mapping[str, object], name: str) -> dict[str, Any] | None:
    upper, lower = _benchmarks(indicator)
    if not isinstance(indicator.score, Ratio | MinMax | Reverse | MaxBase):
        return None
    note = _where_from(upper) if upper else "本组最大值"
    note = f"上限：{note}；下限：{_where_from(lower)}" if lower else note
    return {"kind": upper.kind if upper else "max", "value": _base_text(upper, row.get(f"b_{name}")),
            "low": _base_text(lower, row.get(f"l_{name}")), "note": note}


def _benchmarks(indicator: Indicator) -> tuple[Benchmark | None, Benchmark | None]:
    """Upper (or only) benchmark, and the lower one of min–max."""
    score = indicator.score
    if isinstance(score, MinMax):
        return score.high, score.low
    return (score.benchmark, None) if isinstance(score, Ratio | Reverse) else (None, None)


def _base_text(benchmark: Benchmark | None, worked: object) -> str | None:
    """As published where it is published, else 6 significant figures of what was worked out."""
    if benchmark is not None and benchmark.value is not None:
        return plain(benchmark.value)
    return None if worked is None else significant(float(str(worked)))


def _where_from(benchmark: Benchmark) -> str:
    text = _KINDS[benchmark.kind]
    if benchmark.kind == "percentile":
        text = f"本组第 {plain(benchmark.percentile or 0)} 百分位值"
    if benchmark.kind == "last_year" and benchmark.value is not None:
        text = "按上年度数据公布的基准值"
    elif benchmark.factor is not None and benchmark.kind in ("last_year", "group"):
        text += f"（{'合计除以合计' if benchmark.mean == 'of_sums' else '各企业数值的平均'}） × {plain(benchmark.factor)}"
    if benchmark.per == "industry":
        text = text.replace("本组", "本组同行业", 1)
    source = benchmark.basis.document or benchmark.basis.source if benchmark.basis else ""
    return f"{text}，{source}" if source else text


def _basis(compiled: Compiled, group: str, indicator: Indicator) -> dict[str, str]:
    """Document behind the indicator: its own, its group's, or the scheme's."""
    header = compiled.document.header
    own = indicator.basis or compiled.scheme.groups[group].basis
    if own is not None:
        return {"authority": own.authority or header.authority, "document": own.document or header.document,
                "source": own.source or header.source, "verified": own.verified}
    verified = "verified" if header.verified in (True, "verified") else "to-verify"
    return {"authority": header.authority, "document": header.document, "source": header.source, "verified": verified}


# ---- formula


def _formula(indicator: Indicator, name: str, row: Mapping[str, object], code: int | None) -> str:
    points = row.get(f"s_{name}")
    if code in MISSING:
        text = _MISSING_TEXT[MISSING[code]]
        return f"{text}，得 {fixed(float(str(points)))} 分" if points is not None and code not in (RESCALED, REFUSED) else text
    if row.get(f"x_{name}") is None or points is None:
        return "没有计分"
    return _filled(indicator, name, row, float(str(points)), code)


def _filled(indicator: Indicator, name: str, row: Mapping[str, object], points: float, code: int | None) -> str:
    x, score = float(str(row[f"x_{name}"])), indicator.score
    upper, lower = _benchmarks(indicator)
    base, low = (_base_text(one, row.get(f"{column}_{name}")) or "?" for one, column in ((upper, "b"), (lower, "l")))
    weight, value, end = plain(indicator.weight or 0), _signed(significant(x)), f" = {fixed(points)}"
    if isinstance(score, Ratio):
        return _ratio(score, f"{value} ÷ {_signed(base)} × {weight}", weight, end, code)
    if isinstance(score, MinMax):
        nearer = {CAPPED: base, FLOORED: low}.get(code or 0)
        tail = f"（指标值 {value} 超出范围，按 {nearer} 计）" if nearer else ""
        return _min_max(score, nearer or value, weight, low, base) + end + tail
    if isinstance(score, Reverse):
        tail = "（不足 0 的按 0 计）" if code == FLOORED else ""
        return f"（2 − {value} ÷ {_signed(base)}）× {weight} ÷ 2{end}{tail}"
    if isinstance(score, MaxBase):
        return f"{value} ÷ {base} × {weight}{end}" + ("（负数按 0 计）" if code == FLOORED else "")
    return f"指标值即得分{end}"


def _signed(text: str) -> str:
    return f"（{text}）" if text.startswith("-") else text


def _ratio(score: Ratio, product: str, weight: str, end: str, code: int | None) -> str:
    if code == CAPPED and isinstance(score.cap, Decimal):
        return f"{product}，超过封顶，按 {plain(score.cap)} × {weight}{end}"
    if code == FLOORED and isinstance(score.floor, Decimal):
        return f"{product}，低于保底，按 {plain(score.floor)} × {weight}{end}"
    return product + end


def _min_max(score: MinMax, value: str, weight: str, low: str, high: str) -> str:
    start, span = plain(score.from_percent), plain(score.to_percent - score.from_percent)
    if low == high:
        return f"{weight} × {plain(score.flat or 0)} ÷ 100（本组该项各企业相同）"
    return f"{weight} ×［{start} + {span} ×（{value} − {_signed(low)}）÷（{high} − {_signed(low)}）］÷ 100"


def missing_rule(indicator: Indicator) -> str | None:
    """The indicator's missing rule as one word."""
    return "points" if isinstance(indicator.missing, Points) else indicator.missing
