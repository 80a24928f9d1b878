"""The slow way to a result, in exact fractions, one enterprise after another, written from the rules and not from the engine.

`results(compiled, rows, last_year)` takes rows as mappings (figures int × 10⁶) and gives mappings with the columns of
docs/developer/evaluation.md; `raw` is the total before rounding, points are fractions.
"""

from __future__ import annotations

import math
from collections import defaultdict
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


def rounded(value, how):
    if how == "floor":
        return math.floor(value)
    return math.ceil(value) if how == "ceil" else math.floor(value + Fraction(1, 2))


class Oracle:
    def __init__(self, compiled, rows, last_year=None):
        self.compiled, self.scheme, self.last_year = compiled, compiled.scheme, last_year or {}
        self.rows = [self.read(row) for row in rows]

    # ---- reading

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

    # ---- the run

    def results(self):
        members = self.merge()
        for row in self.rows:
            self.place(row)
        for name, group in self.scheme.groups.items():
            self.score(name, group, [row for row in self.rows if row["group"] == name])
        for row in self.rows:
            self.total(row)
        self.rank()
        for row in self.rows:
            self.finish(row)
        found = {row["key"]: self.out(row) for row in self.rows}
        self.follow(found)
        for row, head in members:
            result = dict(found[head], key=row["key"])
            if result["standing"] in ("graded", "ungraded"):
                result["standing"] = "merged"
            found[row["key"]] = result
        return found

    def merge(self):
        tenants = self.scheme.tenants
        if tenants is None or tenants.treatment != "merge":
            return []
        units = defaultdict(list)
        for row in self.rows:
            alone = self.ask(tenants.unless, row["values"]) if tenants.unless else False
            row["unsure"] = alone is None
            if row["values"]["unit"] is not None and alone is not True:
                units[row["values"]["unit"]].append(row)
        gone = []
        for unit, rows in units.items():
            keys = [row["key"] for row in rows]
            head = next(row for row in rows if row["key"] == (unit if unit in keys else min(keys)))
            sums = {}
            for name in self.compiled.measures:
                parts = [row["values"][name] for row in rows]
                sums[name] = None if None in parts else sum(parts)
            head["values"] = {**head["values"], **sums}
            head["unsure"] = any(row["unsure"] for row in rows)
            gone += [(row, head["key"]) for row in rows if row is not head]
        leaving = {row["key"] for row, _ in gone}
        self.rows = [row for row in self.rows if row["key"] not in leaving]
        for row in self.rows:
            if row["values"]["unit"] is None:
                row["unsure"] = False
        return gone

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
        for name, indicator in group.indicators.items():
            factor = self.compiled.factors[group_name, name]
            for row in rows:
                value = self.ask(indicator.value, row["values"])
                row["x"][name] = None if value is None else value * factor
            for row in rows:
                row["b"][name], row["l"][name] = self.bounds(group_name, name, indicator, row, rows)
            for row in rows:
                row["p"][name] = self.family(indicator, row["x"][name], row["b"][name], row["l"][name])
        for name, indicator in group.indicators.items():
            known = [row["p"][name] for row in rows if row["p"][name] is not None]
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

    # ---- total

    def with_points(self, row):
        found = dict(row["values"])
        for name in {name for group in self.scheme.groups.values() for name in group.indicators}:
            found.setdefault(name, row["s"].get(name))
        return {**found, "total": row["points"]}

    def meant(self, row, groups):
        return not groups or row["group"] in groups

    def total(self, row):
        row["total"] = row["raw"] = None
        row["bonus"] = row["deduction"] = None
        if row["group"] is None:
            return
        doubt = None
        values = self.with_points(row)
        doubts = []
        bonus = Fraction(0)
        if self.scheme.bonuses is not None:
            for ladder in self.scheme.bonuses.ladders.values():
                if self.meant(row, ladder.groups):
                    bonus += self.ladder(ladder, values, doubts)
            if isinstance(self.scheme.bonuses.total_cap, Decimal):
                bonus = min(bonus, Fraction(self.scheme.bonuses.total_cap))
        deduction = Fraction(0)
        for name, entry in self.scheme.held("deductions").items():
            if not self.meant(row, entry.groups):
                continue
            points = self.conditional(entry.when, entry.points, values, doubts, name)
            points = min(points, Fraction(0))
            deduction += max(points, -Fraction(entry.cap)) if isinstance(entry.cap, Decimal) else points
        doubt = doubts[0] if doubts else None
        row["bonus"], row["deduction"] = bonus, deduction
        self.stand(row, doubt)
        cls = self.scheme.held("ungraded").get(row["why"]) if row["standing"] == "ungraded" else None
        whole = row["lacking"] is None and doubt is None
        if row["standing"] == "graded" or (cls is not None and cls.scored and whole):
            raw = row["points"] + bonus + deduction
            if isinstance(self.scheme.total.cap, Decimal):
                raw = min(raw, Fraction(self.scheme.total.cap))
            row["raw"] = raw
            row["total"] = math.floor(raw * 10**self.scheme.total.decimals + Fraction(1, 2) + Fraction(1, 10**7))

    def ladder(self, ladder, values, doubts):
        points = [self.conditional(item.when, item.points, values, doubts, name) for name, item in ladder.items.items()]
        found = max([Fraction(0), *points]) if ladder.take == "highest" else sum(points)
        return min(found, Fraction(ladder.cap)) if isinstance(ladder.cap, Decimal) else found

    def conditional(self, when, points, values, doubts, name):
        holds = self.ask(when, values)
        if holds is None:
            doubts.append(self.unknown(when, values, name))
            return Fraction(0)
        if not holds:
            return Fraction(0)
        if not isinstance(points, str):
            return Fraction(points)
        found = self.ask(points, values)
        if found is None:
            doubts.append(self.unknown(points, values, name))
            return Fraction(0)
        return found

    def stand(self, row, doubt):  # noqa: C901 - the rule as it is written
        values = row["values"]
        for name, entry in self.scheme.held("ungraded").items():
            holds = self.ask(entry.when, values)
            if holds is None:
                row["standing"], row["why"] = "refused", self.unknown(entry.when, values, name)
                return
            if holds:
                row["standing"], row["why"] = "ungraded", name
                return
        if row["lacking"] is not None or doubt is not None:
            row["standing"], row["why"] = "refused", row["lacking"] if row["lacking"] is not None else doubt
            return
        if self.compiled.lacks("grade"):
            return
        for kind in ("protections", "vetoes"):
            for name, entry in self.scheme.held(kind).items():
                if not self.meant(row, entry.groups):
                    continue
                holds = self.ask(entry.when, values)
                if holds is None:
                    row["standing"], row["why"] = "refused", self.unknown(entry.when, values, name)
                    return
                if holds and entry.effect.at_least == "last_grade" and values["last_grade"] is None:
                    row["standing"], row["why"] = "refused", "last_grade"
                    return

    # ---- ranks

    def counts(self, row, grades):
        counts = grades.counts_in_n
        if row["standing"] == "ungraded":
            return counts.ungraded and row["total"] is not None
        if row["standing"] != "graded":
            return False
        for kind, wanted in (("vetoes", counts.vetoed), ("protections", counts.protected)):
            for entry in self.scheme.held(kind).values():
                if not wanted and self.meant(row, entry.groups) and self.ask(entry.when, row["values"]):
                    return False
        return True

    def rank(self):
        for row in self.rows:
            row.update(rank=None, n=None, place=None, pool=None, counted=False)
        if self.compiled.lacks("grade"):
            return
        groups = {name: group for name, group in self.scheme.groups.items() if group.grades is not None}
        pools = {name: [row for row in self.rows if row["group"] == name and row["total"] is not None] for name in groups}
        for name, group in groups.items():
            for row in pools[name]:
                row["counted"] = self.counts(row, group.grades)
        joins = {
            name: group.grades.small_group.merge_with
            for name, group in groups.items()
            if group.grades.method == "rank_share" and group.grades.small_group.below == "merge"
        }
        waiting = dict(joins)
        while waiting:
            name = next(name for name in waiting if name not in waiting.values())
            target = waiting.pop(name)
            if sum(row["counted"] for row in pools[name]) < groups[name].grades.small_group.min:
                pools[target] = pools[target] + pools[name]
                pools[name] = []
        for name, rows in pools.items():
            self.cut(name, groups[name].grades, rows)

    def cut(self, name, grades, rows):  # noqa: C901 - the rule as it is written
        counted = [row for row in rows if row["counted"]]
        n = len(counted)
        by_tie = grades.method == "rank_share" and grades.ties == "by"
        for row in rows:
            row["pool"], row["n"] = name, n
            row["order"] = (row["total"], self.tie(row, grades) if by_tie else 0)
        down = self.downwards(grades)
        for row in rows:
            row["position"] = position(row, counted, "order", down)
            if row["counted"]:
                row["rank"] = row["position"]
        small = grades.method == "rank_share" and n < grades.small_group.min and grades.small_group.below != "as_usual"
        if grades.method == "two_stage":
            self.stages(grades, rows, n, down)
        for row in rows:
            if row["standing"] != "graded":
                continue
            if grades.method == "score":
                row["place"] = self.by_score(grades.cuts, row["total"])
            elif grades.method == "two_stage":
                row["place"] = row["stage_place"]
            elif not small:
                row["place"] = by_share(grades, row["position"], n)
            elif grades.small_group.below == "score_cut":
                row["place"] = self.by_score(grades.small_group.score_cut, row["total"])
            else:
                row["standing"], row["why"] = "ungraded", "small_group"

    def downwards(self, grades):
        if grades.method == "score":
            return False
        if grades.method == "two_stage":
            return grades.ties == "all_down"
        return (grades.then if grades.ties == "by" else grades.ties) == "all_down"

    def tie(self, row, grades):
        value = row["x"][grades.tie_by]
        if value is None:
            return -math.inf
        indicator = self.scheme.groups[row["group"]].indicators[grades.tie_by]
        return math.floor((-value if indicator.direction == "down" else value) * 10**9 + Fraction(1, 2))

    def by_score(self, cuts, total):
        exact = Fraction(total, 10**self.scheme.total.decimals)
        return next((index for index, least in enumerate(cuts.values()) if exact >= Fraction(least)), len(cuts))

    def stages(self, grades, rows, n, down):
        half = rounded(Fraction(grades.half) * n / 100, grades.half_rounding)
        halves = {True: [], False: []}
        for row in rows:
            halves[row["position"] <= half].append(row)
        for better, members in halves.items():
            stage = grades.top if better else grades.bottom
            for row in members:
                value = self.ask(stage.by, self.with_points(row))
                row["again"] = -math.inf if value is None else math.floor(value * 10**9 + Fraction(1, 2))
            counted = [row for row in members if row["counted"]]
            number = rounded(Fraction(stage.share) * n / 100, stage.rounding)
            for row in members:
                place = position(row, counted, "again", down)
                hit = place <= number if better else place > len(counted) - number
                row["stage_place"] = grades.order.index(stage.grade if hit else grades.rest)

    # ---- protections and vetoes

    def finish(self, row):
        row["rank_grade"] = row["grade"] = None
        row["reasons"] = []
        if row["pool"] is None or row["standing"] != "graded":
            return
        order = self.scheme.groups[row["pool"]].grades.order
        place = row["place"]
        row["rank_grade"] = order[place]
        protections, vetoes = self.scheme.held("protections"), self.scheme.held("vetoes")
        acts = [(name, entry, False) for name, entry in protections.items() if entry.unless_vetoed]
        acts += [(name, entry, True) for name, entry in vetoes.items()]
        acts += [(name, entry, False) for name, entry in protections.items() if not entry.unless_vetoed]
        for name, entry, veto in acts:
            if self.meant(row, entry.groups) and self.ask(entry.when, row["values"]):
                before, place = place, self.effect(entry.effect, order, place, row)
                if veto or place != before:
                    row["reasons"].append(name)
        row["grade"] = order[place]

    def effect(self, effect, order, place, row):
        if effect.grade:
            return order.index(effect.grade)
        if effect.down:
            return min(place + effect.down, len(order) - 1)
        if effect.bars:
            while order[place] in effect.bars:
                place += 1
            return place
        grade = row["values"]["last_grade"] if effect.at_least == "last_grade" else effect.at_least
        return min(place, order.index(grade)) if grade in order else place

    def out(self, row):
        kept = {
            name: row.get(name)
            for name in ("key", "group", "standing", "total", "raw", "rank", "n", "rank_grade", "grade", "values")
        }
        kept["standing_id"], kept["reasons"] = row["why"], ";".join(row["reasons"])
        return {
            **kept,
            "s": row.get("s", {}),
            "f": row.get("f", {}),
            "b": row.get("b", {}),
            "x": row.get("x", {}),
            "bonus": row.get("bonus"),
            "deduction": row.get("deduction"),
        }

    def follow(self, found):
        lords = {key: dict(result) for key, result in found.items()}
        for result in found.values():
            if result["standing"] != "follows":
                continue
            lord = lords.get(result["values"]["landlord"])
            if lord is None or lord["standing"] in ("follows", "refused"):
                result["standing"], result["standing_id"] = "refused", "landlord"
            else:
                result["grade"] = lord["grade"]


def position(row, counted, key, down):
    """Place of a row among those that count, as if it stood with them."""
    others = [one for one in counted if one is not row]
    if down:
        return 1 + sum(one[key] >= row[key] for one in others)
    return 1 + sum(one[key] > row[key] for one in others)


def by_share(grades, place, n):
    for index, percent in enumerate(grades.cuts.values()):
        exact = Fraction(percent) * n / 100
        last = rounded(exact, grades.rounding) if grades.counted_from == "top" else n - rounded(n - exact, grades.rounding)
        if place <= last:
            return index
    return len(grades.cuts)


def results(compiled, rows, last_year=None):
    """Key → result."""
    return Oracle(compiled, rows, last_year).results()
