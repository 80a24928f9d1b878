"""A scheme as people read it: indicators with weights, benchmarks and how they score; cuts; vetoes; what is unknown."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.evaluation.schemes import pinned
from tenglong.apps.policy import service as policy
from tenglong.domain.evaluation.compiled import PURPOSES, Compiled
from tenglong.domain.evaluation.expression import chinese, names
from tenglong.domain.evaluation.figures import plain, unit_text
from tenglong.domain.evaluation.given import expression
from tenglong.domain.evaluation.monotone import verdicts
from tenglong.domain.evaluation.trace_terms import label_of
from tenglong.domain.policy import PolicyError

FAMILIES: Final = {
    "ratio": gettext_lazy("与基准值之比"), "min_max": gettext_lazy("最小最大值之间"), "value": gettext_lazy("指标值即得分"),
    "reverse": gettext_lazy("越小越好"), "max_base": gettext_lazy("与最大值之比"),
}
MISSING: Final = {
    "zero": gettext_lazy("计 0 分"), "group_mean": gettext_lazy("计本组平均得分"), "full": gettext_lazy("计满分"),
    "exclude": gettext_lazy("不计该项"), "refuse": gettext_lazy("不能计分"),
}
Part = Literal["bonuses", "deductions", "vetoes", "protections", "ungraded"]
PARTS: Final[tuple[Part, ...]] = ("bonuses", "deductions", "vetoes", "protections", "ungraded")


def catalogue() -> list[dict[str, Any]]:
    """Every scheme that may be chosen, with who made it, how complete it is and what cannot be done with it."""
    rows = [row for row in policy.listing() if row["kind"] == "evaluation" and row["state"] in ("approved", "packaged")]
    held = (_entry(row["id"], row["version"], row["sha256"]) for row in rows)
    return [{**one, "blocks": [_(label) for label in one["blocks"]]} for one in held if one is not None]


@lru_cache(maxsize=256)
def _entry(name: str, version: str, _sha256: str) -> dict[str, Any] | None:
    """Compiling thirty schemes takes seconds, and an approved text never changes."""
    try:
        rule = pinned(f"{name}@{version}")
    except (PolicyError, ValueError):
        return None
    header = rule.compiled.document.header
    return {"id": rule.id, "version": rule.version, "name": rule.compiled.scheme.name, "authority": header.authority,
            "document": header.document, "valid_from": header.valid_from.isoformat() if header.valid_from else "",
            "valid_to": header.valid_to.isoformat() if header.valid_to else "", "verified": str(header.verified),
            "completeness": str(header.completeness), "unknown": list(header.unknown),
            "blocks": [label for name, label in PURPOSES.items() if rule.compiled.lacks(name)]}


def blocks(compiled: Compiled) -> list[dict[str, Any]]:
    """What the unknown keys stand in the way of."""
    return [{"label": _(label), "keys": keys} for name, label in PURPOSES.items() if (keys := compiled.lacks(name))]


def groups(compiled: Compiled) -> list[dict[str, Any]]:
    found = []
    for name, group in compiled.scheme.groups.items():
        rows = [_indicator(compiled, name, id_, rule) for id_, rule in group.indicators.items()]
        found.append({"id": name, "label": group.label, "when": group.when, "rows": rows, "cuts": _cuts(group.grades)})
    return found


def _indicator(compiled: Compiled, group: str, name: str, rule: Any) -> dict[str, Any]:
    expr = expression(compiled, f"groups.{group}.indicators.{name}.value", rule.value)
    formula = chinese(expr, {one: label_of(compiled, one) for one in names(expr)})
    score = rule.score
    return {
        "id": name, "label": rule.label, "formula": formula, "unit": _(unit_text(rule.unit)),
        "weight": plain(rule.weight) if rule.weight is not None else _("未知"),
        "family": FAMILIES.get(score.family, score.family) if score else _("未知"),
        "benchmark": _benchmark(score), "limits": _limits(score), "missing": _missing(rule.missing),
        "source": " ".join(part for part in (getattr(rule, "document", ""), getattr(rule, "source", "")) if part),
    }


def _missing(rule: Any) -> str:
    if rule is None:
        return str(_("未知"))
    return str(MISSING.get(rule, rule)) if isinstance(rule, str) else str(_("计固定分"))


def _benchmark(score: Any) -> str:
    told = []
    for one in (getattr(score, name, None) for name in ("low", "benchmark", "high")):
        if one is None:
            continue
        kinds = {"fixed": _("固定值"), "by_industry": _("分行业"), "last_year": _("上年均值"), "group": _("本组均值"),
                 "percentile": _("分位数"), "max": _("最大值"), "min": _("最小值")}
        value = f" {plain(one.value)}" if one.value is not None else ""
        factor = f" × {plain(one.factor)}" if one.factor is not None else ""
        told.append(f"{kinds.get(one.kind, one.kind)}{value}{factor}")
    return " ～ ".join(told) or "—"


def _limits(score: Any) -> str:
    words = (("cap", _("封顶")), ("floor", _("保底")))
    held = [(word, getattr(score, name, None)) for name, word in words]
    return "，".join(f"{word} {_('无') if value == 'none' else value}" for word, value in held if value is not None)


def _cuts(grades: Any) -> str:
    if grades is None:
        return str(_("未知"))
    cuts = getattr(grades, "cuts", None)
    if not cuts:
        return "、".join(grades.order)
    mark = "≥ %s" if grades.method == "score" else "≤ %s%%"
    told = [f"{grade} {mark % plain(value)}" for grade, value in cuts.items()]
    return "；".join([*told, _("%(grade)s 其余") % {"grade": grades.order[-1]}])


def directions(compiled: Compiled) -> list[dict[str, str]]:
    """Which way the total moves with each figure; empty for a scheme that cannot be scored."""
    if compiled.lacks("score"):
        return []
    marks = {"rising": "↑", "falling": "↓", "unread": "—", "unproven": "？"}
    return [{"mark": marks[one.direction], "sentence": one.sentence} for one in verdicts(compiled)]


def parts(compiled: Compiled) -> list[dict[str, Any]]:
    """Bonuses, deductions, vetoes, protections, classes without a grade."""
    words = {"bonuses": _("加分"), "deductions": _("扣分"), "vetoes": _("否决"), "protections": _("保护"),
             "ungraded": _("不定等级")}
    found = []
    for part in PARTS:
        entries = _entries(compiled, part)
        found.append({"label": words[part], "rows": entries, "unknown": getattr(compiled.scheme, part) is None})
    return found


def _entries(compiled: Compiled, part: Part) -> list[dict[str, str]]:
    if part == "bonuses":
        bonuses = compiled.scheme.bonuses
        ladders = getattr(bonuses, "ladders", {}) or {}
        return [{"label": item.label, "when": str(item.when)} for ladder in ladders.values() for item in ladder.items.values()]
    held = compiled.scheme.held(part)
    return [{"label": one.label, "when": str(getattr(one, "when", ""))} for one in held.values()]
