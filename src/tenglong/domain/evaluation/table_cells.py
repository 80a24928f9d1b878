"""One cell of an evaluation table → a value of the row, or what is wrong with it; nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tenglong.domain.evaluation.attributes import CHOICE_WORDS
from tenglong.domain.evaluation.compiled import Attribute
from tenglong.domain.evaluation.units import UNITS, unit_label
from tenglong.domain.measures import Measure
from tenglong.domain.quality.issue import Severity
from tenglong.domain.survey.headings import plain
from tenglong.domain.survey.table import Cell
from tenglong.domain.survey.values import figure, is_blank, text_of

SCALE: Final = 10**6
#: |value × 10⁶| an int64 column holds
_MOST: Final = 2**63 - 1
_FLAGS: Final = {
    **dict.fromkeys(("是", "1", "true", "yes", "有", "√"), True), **dict.fromkeys(("否", "0", "false", "no", "无", "×"), False),
}
Held = int | str | bool | None


@dataclass(frozen=True)
class Flaw:
    """A defect of one cell; an error refuses the row."""

    rule: str
    severity: Severity
    message: str
    fix: str


Read = tuple[Held, tuple[Flaw, ...]]


def _error(rule: str, message: str, fix: str) -> Read:
    return None, (Flaw(rule, Severity.ERROR, message, fix),)


def measure_cell(cell: Cell, measure: Measure, unit: str) -> Read:
    """Value × 10⁶ in the measure's own unit; `unit` is the heading's, or the measure's where it names none."""
    number, own, flaws = _number(cell, measure.label, unit, measure.unit)
    if number is None:
        return None, flaws
    if number < 0 and UNITS[measure.unit][0] == "area":
        return _error("negative-land", f"{measure.label}为 {text_of(cell)}，面积不能是负数", "请核对用地核定结果后改正")
    held, more = _scaled(number, measure.label, measure.unit)
    return held, (*flaws, *more, *(() if held is None else _range(number, measure)))


def _number(cell: Cell, label: str, unit: str, wanted: str) -> tuple[Fraction | None, str, tuple[Flaw, ...]]:
    if is_blank(cell):
        return None, "", ()
    number, own, problems = figure(cell)
    shown = text_of(cell)[:40]
    if number is None or problems:
        rule = "text-in-number" if any(char.isdigit() for char in shown) else "not-a-number"
        return None, "", _error(rule, f"{label}写的是“{shown}”，不是一个确切的数", "请只填阿拉伯数字，单位写在表头的括号里")[1]
    flaws: tuple[Flaw, ...] = ()
    if own and own != unit:
        message = f"“{shown}”自带的单位与本列的{unit_label(unit) or '无单位'}不同"
        if not same_dimension(own, wanted):
            return None, "", _error("unit-mismatch", f"{message}，也不是同一类", "请改正单位")[1]
        flaws = (Flaw("unit-mismatch", Severity.WARNING, f"{message}，按单元格的单位读取", "请统一单位"),)
    used = own or unit
    exact = Fraction(number) * UNITS[used][1] / UNITS[wanted][1] if used and wanted else Fraction(number)
    return exact, own, flaws


def same_dimension(unit: str, other: str) -> bool:
    return unit in UNITS and other in UNITS and UNITS[unit][0] == UNITS[other][0]


def _scaled(number: Fraction, label: str, unit: str) -> Read:
    held = round(number * SCALE)
    if abs(held) > _MOST:
        return _error("not-a-number", f"{label}为 {float(number):.4g}{unit_label(unit)}，大得无法计算", "请核对数值和单位")
    if held != number * SCALE:
        message = f"{label}换算成{unit_label(unit)}后超过六位小数，取到第六位"
        return held, (Flaw("rounded", Severity.INFO, message, "不需处理；要完全一致请在源头取舍"),)
    return held, ()


def _range(number: Fraction, measure: Measure) -> tuple[Flaw, ...]:
    low, high = measure.min, measure.max
    if (low is None or number >= Fraction(low)) and (high is None or number <= Fraction(high)):
        return ()
    span = f"{low if low is not None else ''}～{high if high is not None else ''}{unit_label(measure.unit)}"
    message = f"{measure.label}为 {float(number):.10g}，不在常见范围 {span} 内"
    return (Flaw("value-out-of-range", Severity.WARNING, message, "请核对数值和单位"),)


def attribute_cell(cell: Cell, attribute: Attribute, unit: str) -> Read:
    """Number × 10⁶, text (one of the choices, where there are any) or flag."""
    if is_blank(cell) and not (attribute.choices and text_of(cell)):
        return None, ()
    if attribute.type == "number":
        number, _own, flaws = _number(cell, attribute.label, unit, attribute.unit)
        held, more = (None, ()) if number is None else _scaled(number, attribute.label, attribute.unit)
        return held, (*flaws, *more)
    return _flag(cell, attribute) if attribute.type == "flag" else _text(cell, attribute)


def _flag(cell: Cell, attribute: Attribute) -> Read:
    word = text_of(cell).lower()
    if word in _FLAGS:
        return _FLAGS[word], ()
    return _error("not-a-flag", f"{attribute.label}写的是“{word[:40]}”", "请填 是 或 否")


def _text(cell: Cell, attribute: Attribute) -> Read:
    text = text_of(cell)
    if not attribute.choices:
        return text, ()
    words = CHOICE_WORDS.get(attribute.id, {})
    found = {plain(choice): choice for choice in attribute.choices}
    found |= {plain(word): choice for choice in attribute.choices for word in words.get(choice, ())}
    if (choice := found.get(plain(text))) is not None:
        return choice, ()
    allowed = "、".join("/".join((choice, *words.get(choice, ())[:1])) for choice in attribute.choices)
    return _error("unknown-choice", f"{attribute.label}写的是“{text[:40]}”", f"请填其中之一：{allowed}")


def decimal_text(held: int) -> str:
    """Plain text of a value × 10⁶."""
    text = f"{Decimal(held).scaleb(-6):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
