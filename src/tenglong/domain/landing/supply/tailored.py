"""疑似量身定制: conditions of a listing that only one firm of the register meets, or that are worded for one firm.

The check raises questions with their reasons; it never decides, and it never stays silent about what it could not look at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from tenglong.domain.landing.supply.policy import Tailored
from tenglong.domain.units import exact

Op = Literal["at_least", "at_most", "equals", "begins"]
OP_WORDS: Final[dict[str, str]] = {"at_least": "不低于", "at_most": "不高于", "equals": "等于", "begins": "以此开头"}
Figure = Decimal | str | None
_NUMBER: Final = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d+)?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d\s*年|〔\d{4}〕|第\s*\d+\s*号|\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Condition:
    """One condition as printed; with `measure` it can be looked up in the register."""

    text: str
    measure: str = ""
    op: Op = "at_least"
    value: str = ""


@dataclass(frozen=True)
class Firm:
    """A firm of the register with the figures that conditions may ask for; a missing figure is unknown, not a failure."""

    name: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Finding:
    """`rule` few · nobody · sign · exact · name · unchecked; `condition`: number from 0, None for all together."""

    rule: str
    says: str
    condition: int | None = None


def check(conditions: Sequence[Condition], firms: Sequence[Firm], rules: Tailored) -> list[Finding]:
    """Findings on each condition by its words and figures, then on all of them together by the register."""
    found = []
    for at, one in enumerate(conditions):
        found += [Finding(rule, says, at) for rule, says in _worded(one, firms, rules)]
    return found + _met(conditions, firms, rules)


def _worded(one: Condition, firms: Sequence[Firm], rules: Tailored) -> list[tuple[str, str]]:
    out = []
    for sign in rules.signs:
        if words := [word for word in sign.words if word in one.text]:
            out.append(("sign", f"“{one.text}”含“{'、'.join(words)}”：{sign.why}（{sign.label}）"))
    out += [("exact", f"“{one.text}”里的 {figure} 精确到 {digits} 位有效数字，像是照着一家企业的数写的")
            for figure, digits in _exact(one, rules.exact_digits)]
    named = [firm.name for firm in firms if len(firm.name) > 3 and firm.name in one.text]
    return out + [("name", f"“{one.text}”写到了企业名称“{name}”") for name in named]


def _exact(one: Condition, least: int) -> list[tuple[str, int]]:
    given = [one.value] if one.value and one.op != "begins" and one.value not in one.text else []
    given += _NUMBER.findall(_YEAR.sub("", one.text))
    figures = {text.replace(",", "") for text in given if _NUMBER.fullmatch(text)}
    counted = [(figure, _digits(figure)) for figure in sorted(figures)]
    return [(figure, digits) for figure, digits in counted if digits >= least]


def _digits(figure: str) -> int:
    """Significant digits: 53.721 → 5, 1200 → 2, 0.050 → 1."""
    digits = figure.replace(".", "").lstrip("0")
    return len(digits.rstrip("0") if "." not in figure else figure.rstrip("0").replace(".", "").lstrip("0").rstrip("0"))


def _met(conditions: Sequence[Condition], firms: Sequence[Firm], rules: Tailored) -> list[Finding]:
    asked = [one for one in conditions if one.measure]
    unasked = len(conditions) - len(asked)
    told = [Finding("unchecked", f"{unasked} 条没有可在登记企业里核对的指标，只查了用语，请人工判断")] if unasked else []
    if not asked or not firms:
        return [*told, *([Finding("unchecked", "登记里没有可核对的企业")] if asked and not firms else [])]
    known = [firm for firm in firms if all(firm.figures.get(one.measure) is not None for one in asked)]
    good = [firm for firm in known if all(_meets(firm, one) for one in asked)]
    scope = f"登记的 {len(firms)} 家企业里有 {len(known)} 家各项都有数，其中"
    if len(known) < len(firms):
        told.append(Finding("unchecked", f"{len(firms) - len(known)} 家企业缺少所要求的数，没有参与核对"))
    if not good:
        return [Finding("nobody", f"{scope}没有一家同时满足全部 {len(asked)} 条可核对的条件"), *told]
    if len(good) <= rules.few:
        names = "、".join(firm.name for firm in good)
        why = _deciding(asked, known, rules.few)
        return [Finding("few", f"{scope}只有 {len(good)} 家（{names}）同时满足全部 {len(asked)} 条可核对的条件{why}"), *told]
    return told


def _deciding(asked: Sequence[Condition], known: Sequence[Firm], few: int) -> str:
    """Conditions without which more firms would do."""
    texts = []
    for at, one in enumerate(asked):
        rest = [other for index, other in enumerate(asked) if index != at]
        others = sum(all(_meets(firm, other) for other in rest) for firm in known)
        if others > few:
            texts.append(f"去掉“{one.text}”后有 {others} 家")
    return "；" + "；".join(texts) if texts else ""


def _meets(firm: Firm, one: Condition) -> bool:
    held = firm.figures[one.measure]
    if one.op == "begins":
        return str(held).startswith(one.value)
    try:
        left, right = exact(str(held)), exact(one.value)
    except ValueError:
        return one.op == "equals" and str(held) == one.value
    return left >= right if one.op == "at_least" else left <= right if one.op == "at_most" else left == right
