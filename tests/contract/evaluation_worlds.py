"""Random schemes and random enterprises, the same for the same seed.

Small numbers, so that ties, zeros and borders are common.
"""

from __future__ import annotations

import json
import random

from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.policy.document import load_yaml

MEASURES = ("tax_paid", "revenue", "value_added", "employees", "land_mu", "energy_tce", "rd_expense")
VALUES = {  # id: (expression, unit)
    "tax_per_mu": ("tax_paid / land_mu", "wan_yuan/mu"),
    "revenue_per_mu": ("revenue / (land_mu - 0.5)", "wan_yuan/mu"),
    "added_per_tce": ("(value_added + 0.1) / energy_tce", "wan_yuan/tce"),
    "labour": ("value_added / employees", "yuan/person"),
    "rd": ("rd_expense / max(revenue, 1)", "percent"),
    "tax": ("or_zero(tax_paid) - 2", "wan_yuan"),
    "steps": ("if(revenue > 3, floor(revenue * 0.29), round_down(-revenue / 0.7))", "wan_yuan"),
}
QUOTIENTS = ("tax_per_mu", "revenue_per_mu", "added_per_tce", "labour", "rd")
CONDITIONS = (
    "true",
    "tax_paid >= 3",
    "land_mu + 0.1 > 0.3",
    "not flag_a",
    "flag_a or flag_b",
    "town in ['甲', '乙'] and revenue < 8",
    "known(energy_tce)",
    "tax_paid / land_mu >= 3",
    "tenants_below > 1",
    "industry == '1721' or flag_b",
)
ORDER = ["A", "B", "C", "D"]
HEADER = {
    "policy_kind": "evaluation",
    "policy_id": "random",
    "version": "1",
    "valid_from": "2024-01-01",
    "authority": "试",
    "document": "试",
    "source": "试",
    "verified": "to-verify",
    "completeness": "full",
    "name": "试",
    "jurisdiction": "",
}


def compiled(body):
    """A dictionary → Compiled; refused schemes raise PolicyError."""
    return compile_scheme(load_yaml(json.dumps({**HEADER, **body}, ensure_ascii=False), kind="evaluation", id="random"))


def world(seed, rows=60):
    """Compiled scheme, rows, last year's means."""
    rng = random.Random(seed)
    scheme = _Scheme(rng)
    found = compiled(scheme.body())
    last = {(group, name): rng.choice(["1", "2.5", "0.37"]) for group in scheme.groups for name in VALUES}
    from decimal import Decimal

    return found, enterprises(rng, found, rows), {key: Decimal(value) for key, value in last.items() if rng.random() < 0.9}


class _Scheme:
    def __init__(self, rng):
        self.rng = rng
        self.groups = ["above", "below", "rest"][: rng.randint(1, 3)]

    def body(self):
        rng = self.rng
        flags = {
            name: {"label": name, "type": "flag", "if_absent": rng.choice([False, False, None])}
            for name in ("flag_a", "flag_b", "veto", "shield")
        }
        groups = {name: self.group(name, index) for index, name in enumerate(self.groups)}
        joint = self.jointly()
        mixed = "mixed" in joint
        return {
            "attributes": {
                **flags,
                "scale": {"if_absent": rng.choice([None, "below"])},
                "industry": {"if_absent": None},
                "town": {"if_absent": rng.choice([None, "甲"])},
                "tenants_below": {"if_absent": 0},
                "last_grade": {"if_absent": rng.choice([None, ""])},
                "unit": {"if_absent": None},
                "landlord": {"if_absent": None},
            },
            "scope": {
                "include": rng.choice(["all", *CONDITIONS[1:4]]),
                "exclude": self.named(
                    "x", lambda: {"label": "除", "when": rng.choice(CONDITIONS[1:]), "needs_application": False}, 2
                ),
            },
            "groups": groups,
            "total": {"full_marks": 100, "decimals": rng.choice([0, 1, 2, 4]), "cap": rng.choice(["none", 100, 12.5])},
            "bonuses": {"total_cap": rng.choice(["none", 4]), "ladders": self.named("l", self.ladder, 2)},
            "deductions": self.named("d", self.deduction, 1) or "none",
            "vetoes": self.named(
                "v",
                lambda: {
                    "label": "否",
                    "when": rng.choice(["veto", "veto and flag_a"]),
                    "effect": self.effect(),
                    "groups": self.some_groups(),
                },
                2,
            )
            or "none",
            "protections": self.named(
                "p",
                lambda: {
                    "label": "护",
                    "when": "shield",
                    "effect": {"at_least": rng.choice(["B", "C", "last_grade"])},
                    "unless_vetoed": rng.random() < 0.5,
                },
                2,
            )
            or "none",
            "ungraded": self.named(
                "u",
                lambda: {
                    "label": "T",
                    "when": rng.choice(["flag_b and town == '丙'", "tenants_below == 3"]),
                    "scored": rng.random() < 0.5,
                    "managed_as": "B",
                },
                1,
            )
            or "none",
            "tenants": rng.choice(
                [
                    {"treatment": "separate"},
                    *([{"treatment": "merge"}, {"treatment": "merge", "unless": "revenue > 6"}] if not mixed else []),
                    {"treatment": "follow_landlord", "when": "town == '乙' and tenants_below == 0"},
                ]
            ),
            "joint": joint,
        }

    def jointly(self):
        rng = self.rng
        together = {"allowed": True, "vetoes": rng.choice(["any", "head"])}
        takes, counts = rng.choice(["own", "joint", "better", "worse"]), rng.choice(["own", "joint"])
        both = {"mixed": "both", "takes": takes, "counts": counts}
        return rng.choice([{"allowed": False}, together, {**together, **both}, {**together, **both}])

    def named(self, letter, make, most):
        return {f"{letter}{number}": make() for number in range(self.rng.randint(0, most))}

    def some_groups(self):
        return self.rng.choice([[], [], [self.rng.choice(self.groups)]])

    def group(self, name, index):
        when = (
            "true"
            if index == len(self.groups) - 1 and self.rng.random() < 0.8
            else ("scale == 'above'" if index == 0 else "revenue >= 2")
        )
        weights = self.rng.choice([[100], [None], [60, 40], [70, 30, None], [50, 12.5, 37.5], [30, 30, 20, 20]])
        indicators = {
            key: self.indicator(key, weight)
            for key, weight in zip(self.rng.sample(list(VALUES), len(weights)), weights, strict=True)
        }
        grades = self.grades(list(indicators), name)
        return {"label": name, "when": when, "indicators": indicators, "grades": grades}

    def indicator(self, name, weight):
        rng = self.rng
        value, unit = VALUES[name]
        missing = rng.choice(["zero", "group_mean", "full", "exclude", "refuse", {"points": -3}])
        return {
            "label": name,
            "value": value,
            "unit": unit,
            "missing": missing,
            "score": self.score(name) if weight else {"family": "value"},
            **({"weight": weight} if weight else {}),
            "direction": rng.choice(["up", "down"]),
        }

    def benchmark(self, name):
        rng = self.rng
        kind = rng.choice(["fixed", "by_industry", "last_year", "group", "percentile", "max", "min"])
        found = {"kind": kind}
        if kind == "fixed":
            found["value"] = rng.choice([1, 2.5, 24.097])
        if kind == "by_industry":
            found["table"] = {"17": 2, "172": 3.5, "1721": 1.1, "3": 4}
        if kind == "last_year":
            found |= {"factor": rng.choice([1, 1.2]), "mean": "of_ratios"} | ({"value": 3} if rng.random() < 0.3 else {})
        if kind == "group":
            found |= {
                "factor": rng.choice([1, 2]),
                "mean": rng.choice(["of_sums", "of_ratios"]) if name in QUOTIENTS else "of_ratios",
            }
        if kind == "percentile":
            found["percentile"] = rng.choice([50, 80, 33.3, 100])
        if kind in ("group", "percentile", "max", "min") and rng.random() < 0.4:
            found |= {"per": "industry", "digits": rng.choice([2, 3])}
        return found

    def score(self, name):
        rng = self.rng
        family = rng.choice(["ratio", "ratio", "min_max", "reverse", "max_base"])
        if family == "ratio":
            return {
                "family": family,
                "benchmark": self.benchmark(name),
                "cap": rng.choice(["none", 1.5, 1.2]),
                "floor": rng.choice(["none", 0]),
            }
        if family == "min_max":
            high, low = rng.choice(
                [
                    ({"kind": "max"}, {"kind": "min"}),
                    ({"kind": "fixed", "value": 5}, {"kind": "fixed", "value": 1}),
                    ({"kind": "percentile", "percentile": 90}, {"kind": "min"}),
                ]
            )
            return {
                "family": family,
                "from_percent": rng.choice([20, 0]),
                "to_percent": 100,
                "high": high,
                "low": low,
                "flat": 60,
            }
        return {"family": family, "benchmark": self.benchmark(name)} if family == "reverse" else {"family": family}

    def ladder(self):
        rng = self.rng
        items = {
            f"i{number}": {"label": "项", "when": rng.choice(CONDITIONS), "points": rng.choice([1, 2.5, "0.5 * tenants_below"])}
            for number in range(rng.randint(1, 3))
        }
        return {
            "label": "梯",
            "take": rng.choice(["highest", "sum"]),
            "cap": rng.choice(["none", 3]),
            "groups": self.some_groups(),
            "items": items,
        }

    def deduction(self):
        return {
            "label": "扣",
            "when": self.rng.choice(["true", "flag_a"]),
            "points": "-5 * max(tenants_below - 1, 0)",
            "cap": self.rng.choice(["none", 8]),
            "groups": self.some_groups(),
        }

    def effect(self):
        return self.rng.choice([{"grade": "D"}, {"bars": ["A", "B"]}, {"down": 1}])

    def grades(self, indicators, name):
        rng = self.rng
        counts = {"ungraded": rng.random() < 0.5, "vetoed": rng.random() < 0.5, "protected": rng.random() < 0.7}
        method = rng.choice(["rank_share", "rank_share", "rank_share", "score", "two_stage"])
        if method == "score":
            return {"method": method, "order": ORDER, "cuts": {"A": 50, "B": 20.5, "C": 3.25}, "counts_in_n": counts}
        if method == "two_stage":
            stages = {
                side: {
                    "by": rng.choice([indicators[0], f"{indicators[-1]} + 1", "total - 1"]),
                    "grade": grade,
                    "share": share,
                    "rounding": rng.choice(["floor", "ceil", "half_up"]),
                }
                for side, grade, share in (("top", "A", 15), ("bottom", "D", 10))
            }
            return {
                "method": method,
                "order": ORDER,
                "half": 50,
                "half_rounding": rng.choice(["floor", "ceil", "half_up"]),
                **stages,
                "rest": "B",
                "ties": rng.choice(["all_up", "all_down"]),
                "counts_in_n": counts,
            }
        ties = rng.choice(
            [
                {"ties": "all_up"},
                {"ties": "all_down"},
                {"ties": "by", "tie_by": indicators[0], "then": rng.choice(["all_up", "all_down"])},
            ]
        )
        below = rng.choice(
            [{"below": "ungraded"}, {"below": "as_usual"}, {"below": "score_cut", "score_cut": {"A": 40, "B": 20, "C": 5}}]
        )
        cuts = rng.choice([{"A": 20, "B": 60, "C": 95}, {"A": 25, "B": 70, "C": 95}, {"A": 0.5, "B": 33.3, "C": 99.9}])
        return {
            "method": method,
            "order": ORDER,
            "cuts": cuts,
            "counted_from": rng.choice(["top", "bottom"]),
            "rounding": rng.choice(["floor", "ceil", "half_up"]),
            **ties,
            "counts_in_n": counts,
            "small_group": {"min": rng.choice([1, 5, 12]), **below},
        }


def enterprises(rng, scheme, number):
    """Rows as the engine takes them, as dictionaries."""
    return [_enterprise(rng, scheme, index, number) for index in range(number)]


def _enterprise(rng, scheme, index, number):
    row = {"key": f"K{index:05d}"}
    for name in scheme.measures:
        row[name] = (
            None
            if rng.random() < 0.06
            else rng.choice([0, 100_000, 300_000, *(10**6 * k for k in range(1, 12)), rng.randrange(10**7), -(10**6)])
        )
    for name, attribute in scheme.attributes.items():
        row[name] = None if rng.random() < 0.05 else _attribute(rng, name, attribute, number)
    return row


def _attribute(rng, name, attribute, number):
    if attribute.type == "flag":
        return rng.random() < 0.15
    if attribute.type == "number":
        return rng.randint(0, 4) * 10**6
    if name == "unit":
        return rng.choice([None, None, None, f"U{rng.randrange(1 + number // 8)}", f"K{rng.randrange(number):05d}"])
    if name == "landlord":
        return f"K{rng.randrange(number + 3):05d}"
    choices = {
        "scale": ["above", "below", "below"],
        "industry": ["1721", "1722", "1751", "3311", "2614"],
        "town": ["甲", "乙", "丙"],
        "last_grade": ["A", "B", "C", "D", "T"],
    }
    return rng.choice(choices.get(name) or list(attribute.choices) or ["甲"])


TYPES = {"number": "int64", "text": "string", "flag": "bool"}


def table(scheme, rows):
    """Rows → pyarrow."""
    import pyarrow as pa

    kinds = {
        "key": "string",
        **dict.fromkeys(scheme.measures, "int64"),
        **{name: TYPES[one.type] for name, one in scheme.attributes.items()},
    }
    return pa.table(
        {
            name: pa.array([row.get(name) for row in rows], type=getattr(pa, "bool_" if kind == "bool" else kind)())
            for name, kind in kinds.items()
        }
    )
