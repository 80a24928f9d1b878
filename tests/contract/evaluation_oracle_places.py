"""The slow way, second half: bonus, deduction, total, standing, ranks, cuts, protections and vetoes."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction


def rounded(value, how):
    if how == "floor":
        return math.floor(value)
    return math.ceil(value) if how == "ceil" else math.floor(value + Fraction(1, 2))


class Places:
    """What `Oracle` says of rows that have their points."""

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
        unit = row.get("joint") is not None and row["joint"] == row["key"]
        if self.mixed() and (unit if self.scheme.joint.counts != "joint" else row["joint"] is not None and not unit):
            return False
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
