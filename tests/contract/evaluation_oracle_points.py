"""The slow way, first half: rows as exact fractions, who is placed where, benchmarks, points of every indicator."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.expression import Binary, Call, Member, Name, Unary
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.value import evaluate

MILLION = 10**6


def names_in_order(expr):
    if isinstance(expr, Name):
        return [expr.id]
    parts = []
    if isinstance(expr, Binary):
        parts = [expr.left, expr.right]
    elif isinstance(expr, Unary | Member):
        parts = [expr.operand]
    elif isinstance(expr, Call):
        parts = list(expr.args)
    return [name for part in parts for name in names_in_order(part)]


def is_unit(row):
    return row.get("joint") is not None and row["joint"] == row["key"]


class Points:
    """What `Oracle` says of `self.rows` before totals."""

    def read(self, row):
        values = {}
        for name in self.compiled.measures:
            values[name] = None if row.get(name) is None else Fraction(row[name], MILLION)
        for name, attribute in self.compiled.attributes.items():
            given = row.get(name)
            if given is None:
                given = attribute.if_absent
                values[name] = Fraction(given) if isinstance(given, Decimal) else given
            else:
                values[name] = Fraction(given, MILLION) if attribute.type == "number" else given
        return {"key": row["key"], "values": values, "industry": values.get("industry", row.get("industry"))}

    def ask(self, text, values):
        return evaluate(parse("true" if text == "all" else text), values)

    def unknown(self, text, values, otherwise):
        """First missing name, in reading order."""
        for name in names_in_order(parse(text)):
            if values.get(name) is None:
                return name
        return otherwise

    def place(self, row):
        row["group"], row["why"] = None, None
        row["standing"], row["why"], row["group"] = self.placed(row)

    def placed(self, row):  # noqa: C901 - the rule as it is written
        values, tenants, scope = row["values"], self.scheme.tenants, self.scheme.scope
        if tenants is not None and tenants.treatment == "merge" and row.get("unsure"):
            return "refused", names_in_order(parse(tenants.unless))[0], None
        if tenants is not None and tenants.treatment == "follow_landlord":
            follows = self.ask(tenants.when, values)
            if follows is None:
                return "refused", self.unknown(tenants.when, values, "tenants"), None
            if follows:
                return "follows", None, None
        if scope is not None:
            included = self.ask(scope.include, values)
            if included is None:
                return "refused", self.unknown(scope.include, values, "scope"), None
            if not included:
                return "outside", None, None
            answers = {name: self.ask(entry.when, values) for name, entry in scope.exclude.items()}
            for name, answer in answers.items():
                if answer:
                    return "excluded", name, None
            for name, answer in answers.items():
                if answer is None:
                    return "refused", self.unknown(scope.exclude[name].when, values, name), None
        for name, group in self.scheme.groups.items():
            answer = self.ask(group.when, values)
            if answer is None:
                return "refused", self.unknown(group.when, values, name), None
            if answer:
                return "graded", None, name
        return "outside", None, None

    # ---- points

    def score(self, group_name, group, rows):
        for row in rows:
            row["x"], row["b"], row["l"], row["p"], row["s"], row["f"] = {}, {}, {}, {}, {}, {}
        firms = [row for row in rows if not is_unit(row)]
        for name, indicator in group.indicators.items():
            factor = self.compiled.factors[group_name, name]
            for row in rows:
                value = self.ask(indicator.value, row["values"])
                row["x"][name] = None if value is None else value * factor
            for row in rows:
                row["b"][name], row["l"][name] = self.bounds(group_name, name, indicator, row, firms)
            for row in rows:
                row["p"][name] = self.family(indicator, row["x"][name], row["b"][name], row["l"][name])
        for name, indicator in group.indicators.items():
            known = [row["p"][name] for row in firms if row["p"][name] is not None]
            mean = sum(known) / len(known) if known else None
            for row in rows:
                row["s"][name], row["f"][name] = self.points(indicator, row["x"][name], row["p"][name], mean)
        for row in rows:
            self.rescale(group, row)

    def bounds(self, group_name, name, indicator, row, rows):
        score = indicator.score
        if score.family == "min_max":
            high, low = score.high, score.low
            return tuple(self.benchmark(group_name, name, indicator, one, row, rows) for one in (high, low))
        if score.family == "max_base":
            values = [other["x"][name] for other in rows if other["x"][name] is not None]
            return (max(values) if values else None), None
        benchmark = getattr(score, "benchmark", None)
        return (None if benchmark is None else self.benchmark(group_name, name, indicator, benchmark, row, rows)), None

    def benchmark(self, group_name, name, indicator, benchmark, row, rows):  # noqa: C901 - the rule as it is written
        kind, factor = benchmark.kind, Fraction(benchmark.factor or 1)
        if kind == "fixed":
            return Fraction(benchmark.value)
        industry = row["industry"]
        if kind == "by_industry":
            fitting = [prefix for prefix in benchmark.table if industry is not None and industry.startswith(prefix)]
            return Fraction(benchmark.table[max(fitting, key=len)]) if fitting else None
        prefix = None if industry is None else industry[: benchmark.digits]
        if kind == "last_year":
            if benchmark.value is not None:
                return Fraction(benchmark.value)
            key = name if benchmark.per == "group" else f"{name}/{prefix}"
            mean = self.last_year.get((group_name, key))
            return None if mean is None else Fraction(mean) * factor
        if benchmark.per == "industry":
            if prefix is None:
                return None
            rows = [one for one in rows if one["industry"] is not None and one["industry"][: benchmark.digits] == prefix]
        rows = [one for one in rows if one["x"][name] is not None]
        values = sorted(one["x"][name] for one in rows)
        if not values:
            return None
        if kind == "max":
            return values[-1]
        if kind == "min":
            return values[0]
        if kind == "percentile":
            return values[math.ceil(Fraction(benchmark.percentile) * len(values) / 100) - 1]
        if benchmark.mean == "of_ratios":
            return sum(values) / len(values) * factor
        expr = parse(indicator.value)
        bottom = sum(evaluate(expr.right, one["values"]) for one in rows)
        unit = self.compiled.factors[group_name, name]
        return sum(evaluate(expr.left, one["values"]) for one in rows) / bottom * unit * factor if bottom else None

    def family(self, indicator, x, base, low):  # noqa: C901 - the rule as it is written
        score, weight = indicator.score, Fraction(indicator.weight or 0)
        if x is None:
            return None
        if score.family == "value":
            return x
        if base is None:
            return None
        if score.family == "min_max":
            if low is None:
                return None
            if low == base:
                return None if score.flat is None else Fraction(score.flat) * weight / 100
            inside = base if x > base else max(x, low)
            start, end = Fraction(score.from_percent), Fraction(score.to_percent)
            return weight * (start + (end - start) * (inside - low) / (base - low)) / 100
        if base == 0:
            return None
        if score.family == "reverse":
            return max(Fraction(0), (2 - x / base) * weight / 2)
        if score.family == "max_base":
            return max(Fraction(0), x / base * weight)
        points = weight * x / base
        if isinstance(score.cap, Decimal) and points > Fraction(score.cap) * weight:
            return Fraction(score.cap) * weight
        if isinstance(score.floor, Decimal) and points < Fraction(score.floor) * weight:
            return Fraction(score.floor) * weight
        return points

    def points(self, indicator, x, p, mean):
        if x is not None:
            return (p, 0) if p is not None else (None, 8)
        rule = indicator.missing
        if rule == "zero":
            return Fraction(0), 3
        if rule == "group_mean":
            return (mean, 4) if mean is not None else (None, 8)
        if rule == "full":
            return Fraction(indicator.weight or 0), 5
        if rule == "exclude":
            return None, 6
        if rule in ("refuse", None):
            return None, 8
        return Fraction(rule.points), 7

    def rescale(self, group, row):
        weights = {name: Fraction(one.weight or 0) for name, one in group.indicators.items()}
        kept = sum(weight for name, weight in weights.items() if row["f"][name] != 6)
        row["lacking"] = None
        if any(flag == 6 for flag in row["f"].values()) and kept:
            for name, indicator in group.indicators.items():
                if row["s"][name] is not None and row["f"][name] != 7 and indicator.score.family != "value":
                    row["s"][name] *= sum(weights.values()) / kept
        for name, indicator in group.indicators.items():
            if row["f"][name] == 8 and row["lacking"] is None:
                row["lacking"] = self.unknown(indicator.value, row["values"], name)
        if row["lacking"] is None and all(flag == 6 for flag in row["f"].values()):
            row["lacking"] = next(iter(group.indicators))
        row["points"] = sum(points for points in row["s"].values() if points is not None)
