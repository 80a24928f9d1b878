"""What one enterprise brings to its score: measures and attributes as exact values, and the conditions that read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tenglong.domain.evaluation.expression import Expr, Value
from tenglong.domain.evaluation.figures import SCALE, decimal_of
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.scheme import Group, Indicator, Scheme
from tenglong.domain.evaluation.value import evaluate

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled


def expression(compiled: Compiled, path: str, text: str) -> Expr:
    """The compiled tree at `path`, or the text's own."""
    found = compiled.expressions.get(path)
    return parse(text) if found is None else found


def values_of(compiled: Compiled, inputs: Mapping[str, object]) -> dict[str, Value]:
    """Measures and attributes of an input row (numbers are int × 10⁶) as exact values; `if_absent` filled in.

    Every name of the scheme has an entry; None is missing. Raises TypeError for a number that is no int.
    """
    found: dict[str, Value] = {name: _number(inputs.get(name), name) for name in compiled.measures}
    for name, attribute in compiled.attributes.items():
        given = inputs.get(name)
        if given is None:
            found[name] = _absent(attribute.if_absent)
        else:
            found[name] = _number(given, name) if attribute.type == "number" else _text_or_flag(given, name)
    return found


def _number(given: object, name: str) -> Fraction | None:
    if given is None:
        return None
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise TypeError(f"“{name}”应为整数（数值 × 10⁶），得到的是 {given!r}")
    return Fraction(int(given), SCALE)


def _text_or_flag(given: object, name: str) -> str | bool:
    if isinstance(given, str | bool):
        return given
    raise TypeError(f"“{name}”应为文字或是否，得到的是 {given!r}")


def _absent(value: bool | Decimal | str | None) -> Value:
    return Fraction(value) if isinstance(value, Decimal) else value


def with_points(
    compiled: Compiled, group: str, values: Mapping[str, Value], row: Mapping[str, object]
) -> dict[str, Value]:
    """`values` and, for conditions that read them, the points of each indicator of `group` and the total."""
    found = dict(values)
    for name in indicators_of(compiled, group):
        found[name] = fraction_of(row.get(f"s_{name}"))
    total, rule = row.get("total"), compiled.scheme.total
    found["total"] = Fraction(int(str(total)), 10**rule.decimals) if total is not None and rule else None
    return found


def fraction_of(value: object) -> Fraction | None:
    """A double of the result table as the decimal it prints."""
    return None if value is None else Fraction(decimal_of(float(str(value))))


def indicators_of(compiled: Compiled, group: str | None) -> Mapping[str, Indicator]:
    """Indicators of a group; none for no group."""
    return compiled.scheme.groups[group].indicators if group in compiled.scheme.groups and group else {}


def holds(compiled: Compiled, path: str, text: str, values: Mapping[str, Value]) -> bool | None:
    """Whether the condition at `path` holds; None when what it asks is not on record (a name without an entry is missing)."""
    found = worked(expression(compiled, path, text), values)
    return found if isinstance(found, bool) else None


def worked(expr: Expr, values: Mapping[str, Value]) -> Value:
    """Value of `expr`; a name that has no entry is missing."""
    return evaluate(expr, _Missing(values))


class _Missing(Mapping[str, Value]):
    """Values in which every other name is there, and missing."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Value:
        return self._values.get(name)

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def for_group(groups: tuple[str, ...], group: str | None) -> bool:
    """Whether a part that names its groups (none = all) concerns `group`."""
    return not groups or group in groups


def group_of(scheme: Scheme, row: Mapping[str, object]) -> tuple[str | None, Group | None]:
    """Id and body of the group a result row stands in."""
    name = row.get("group")
    return (str(name), scheme.groups.get(str(name))) if name is not None else (None, None)
