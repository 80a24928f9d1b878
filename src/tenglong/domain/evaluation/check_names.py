"""Attributes resolved and checked; names that clash; literals that no choice has; attributes that a rule needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from tenglong.domain.evaluation.attributes import STANDARD, Standard
from tenglong.domain.evaluation.compiled import Attribute, benchmarks_of
from tenglong.domain.evaluation.expression import (
    FUNCTIONS,
    KEYWORDS,
    Binary,
    Expr,
    ExpressionError,
    Member,
    Name,
    Text,
    every_node,
)
from tenglong.domain.evaluation.places import Places
from tenglong.domain.evaluation.scheme import AttributeSpec, Scheme
from tenglong.domain.evaluation.units import parse_unit
from tenglong.domain.measures import Measure
from tenglong.domain.policy.document import Problem

#: words that mean something else in an expression or in a result
RESERVED: Final = frozenset({"total", "key", "rank", "grade", *KEYWORDS, *FUNCTIONS})
_TYPES: Final = {"number": "数", "text": "文字", "flag": "是否"}


def attributes(
    scheme: Scheme, measures: Mapping[str, Measure], places: Places
) -> tuple[dict[str, Attribute], list[Problem]]:
    """What the scheme asks of an enterprise, with label, type and choices filled in; and what is wrong with it."""
    found: dict[str, Attribute] = {}
    problems: list[Problem] = []
    for name, spec in scheme.attributes.items():
        reason = _clash(name, measures) or _wrong_spec(name, spec)
        if reason:
            problems.append(places.problem(("attributes", name), reason))
        if spec.type or name in STANDARD:
            found[name] = _resolved(name, spec)
    return found, problems


def _clash(name: str, measures: Mapping[str, Measure]) -> str:
    if name in RESERVED:
        return f"“{name}”是保留字，请换一个名字"
    return f"“{name}”已是原始指标“{measures[name].label}”，请换一个名字" if name in measures else ""


def _wrong_spec(name: str, spec: AttributeSpec) -> str:
    standard = STANDARD.get(name)
    type_ = spec.type or (standard.type if standard else None)
    if type_ is None:
        return f"“{name}”不是通用属性，须写明 type（number、text 或 flag）和 label；通用属性有：{'、'.join(STANDARD)}"
    if standard is None and not spec.label:
        return f"“{name}”不是通用属性，须写明 label"
    if standard and type_ != standard.type:
        return f"通用属性“{name}”的类型是 {standard.type}，不能改成 {type_}"
    if standard and spec.choices and standard.choices and (strange := set(spec.choices) - set(standard.choices)):
        return f"通用属性“{name}”的取值只能是 {'、'.join(standard.choices)}，没有 {'、'.join(sorted(strange))}"
    return _wrong_unit(spec, type_) or _wrong_absent(name, spec, type_, standard)


def _wrong_unit(spec: AttributeSpec, type_: str) -> str:
    if spec.unit and type_ != "number":
        return "只有数才有单位"
    try:
        parse_unit(spec.unit)
    except ExpressionError as error:
        return str(error)
    return ""


def _wrong_absent(name: str, spec: AttributeSpec, type_: str, standard: Standard | None) -> str:
    value = spec.if_absent
    if name == "unit" and value is not None:
        return "没有记录就不在任何评价单元里，unit 的 if_absent 只能写 null"
    fits: dict[str, Any] = {"number": Decimal, "text": str, "flag": bool}
    if value is not None and not isinstance(value, fits[type_]):
        return f"if_absent 应是{_TYPES[type_]}，写的是 {value}"
    choices = spec.choices or (standard.choices if standard else ())
    if isinstance(value, str) and choices and value not in choices:
        return f"if_absent “{value}”不在“{name}”的取值 {'、'.join(choices)} 里"
    return ""


def _resolved(name: str, spec: AttributeSpec) -> Attribute:
    standard = STANDARD.get(name)
    type_ = spec.type or (standard.type if standard else "text")
    return Attribute(
        name, spec.label or (standard.label if standard else name), type_, spec.unit or (standard.unit if standard else ""),
        spec.choices or (standard.choices if standard else ()),
        tuple(dict.fromkeys((*spec.synonyms, *(standard.synonyms if standard else ())))), spec.if_absent,
        standard.source if standard else "list",
    )


def indicators(
    scheme: Scheme, measures: Mapping[str, Measure], known: Mapping[str, Attribute], places: Places
) -> Iterator[Problem]:
    """An indicator has a name of its own, and the same label and unit wherever it stands."""
    first: dict[str, tuple[str, str]] = {}
    for group_name, group in scheme.groups.items():
        for name, indicator in group.indicators.items():
            path = ("groups", group_name, "indicators", name)
            if name in known:
                yield places.problem(path, f"“{name}”已是属性“{known[name].label}”，请换一个名字")
            elif reason := _clash(name, measures):
                yield places.problem(path, reason)
            if first.setdefault(name, (indicator.label, indicator.unit)) != (indicator.label, indicator.unit):
                before = "、".join(first[name])
                yield places.problem(path, f"各组同名的评价指标“{name}”，label 和 unit 须相同（前面写的是 {before}）")


def literals(expr: Expr, known: Mapping[str, Attribute], path: tuple[str, ...], places: Places) -> Iterator[Problem]:
    """A text compared with an attribute of fixed choices is one of them: a misspelt one would silently never hold."""
    for node in every_node(expr):
        for name, text in _compared(node):
            choices = known[name].choices if name in known else ()
            if choices and text not in choices:
                yield places.problem(path, f"属性“{name}”没有取值“{text}”，可用：{'、'.join(choices)}")


def _compared(node: Expr) -> list[tuple[str, str]]:
    if isinstance(node, Member) and isinstance(node.operand, Name):
        return [(node.operand.id, choice.value) for choice in node.choices if isinstance(choice, Text)]
    if isinstance(node, Binary) and node.op in ("==", "!="):
        for name, text in ((node.left, node.right), (node.right, node.left)):
            if isinstance(name, Name) and isinstance(text, Text):
                return [(name.id, text.value)]
    return []


def needed(scheme: Scheme, known: Mapping[str, Attribute], places: Places) -> Iterator[Problem]:
    """Attributes that a rule reads without naming them in an expression must be declared, so that if_absent is said."""
    for name, path, why in _needs(scheme):
        if name not in known:
            yield places.problem(path, f"{why}，须在 attributes 里声明“{name}”并写明 if_absent")


def _needs(scheme: Scheme) -> Iterator[tuple[str, tuple[str, ...], str]]:
    if any(one.kind == "by_industry" or one.per == "industry" for one in benchmarks_of(scheme)):
        yield "industry", ("groups",), "有基准值按行业取"
    treatment = scheme.tenants.treatment if scheme.tenants else "separate"
    if scheme.joint is not None and scheme.joint.allowed:
        yield "unit", ("joint",), "允许集团合并评价"
    if treatment == "merge":
        yield "unit", ("tenants",), "承租企业合并评价"
    if treatment == "follow_landlord":
        yield "landlord", ("tenants",), "承租企业随出租方定档"
    for part in ("vetoes", "protections"):
        for name, entry in scheme.held(part).items():
            if entry.effect.at_least == "last_grade":
                yield "last_grade", (part, name), "保护到上年度等级"
