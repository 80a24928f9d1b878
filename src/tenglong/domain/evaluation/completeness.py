"""No silent default: what a scheme leaves open is named in `unknown`, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tenglong.domain.evaluation.scheme import ID, Indicator, MinMax, Ratio, Reverse, Scheme, Value

Path = tuple[str, ...]
_WHOLE: Final = ("scope", "total", "bonuses", "deductions", "vetoes", "protections", "ungraded", "tenants", "joint")
#: maps of named entries: an entry of which only the name is known may stand in `unknown`
_MAPS: Final = tuple(re.compile(pattern) for pattern in (
    r"scope\.exclude", r"groups", r"groups\.\w+\.indicators", r"bonuses\.ladders", r"bonuses\.ladders\.\w+\.items",
    r"deductions", r"vetoes", r"protections", r"ungraded", r"consequences",
))


def open_fields(scheme: Scheme) -> Iterator[Path]:
    """Paths of every field that the scheme does not give and that must then be named in `unknown`."""
    yield from ((name,) for name in _WHOLE if getattr(scheme, name) is None)
    for name, group in scheme.groups.items():
        path = ("groups", name)
        if not group.indicators:
            yield (*path, "indicators")
        for id_, indicator in group.indicators.items():
            yield from ((*path, "indicators", id_, *rest) for rest in _of_indicator(indicator))
        if group.grades is None:
            yield (*path, "grades")
    yield from (("joint", name) for name in _of_joint(scheme))


def _of_joint(scheme: Scheme) -> Iterator[str]:
    joint = scheme.joint
    if joint is None or not joint.allowed:
        return
    both = ("takes", "counts") if joint.mixed == "both" else ()
    yield from (name for name in (*both, "vetoes") if getattr(joint, name) is None)


def _of_indicator(indicator: Indicator) -> Iterator[Path]:
    score = indicator.score
    if indicator.weight is None and not isinstance(score, Value):
        yield ("weight",)
    if indicator.missing is None:
        yield ("missing",)
    if score is None:
        yield ("score",)
    for family, names in ((Ratio, ("benchmark", "cap", "floor")), (MinMax, ("low", "high", "flat")), (Reverse, ("benchmark",))):
        if isinstance(score, family):
            yield from (("score", name) for name in names if getattr(score, name) is None)


def unnamed(scheme: Scheme, unknown: Iterable[str]) -> list[Path]:
    """Open fields that `unknown` does not name."""
    known = set(unknown)
    return [path for path in open_fields(scheme) if ".".join(path) not in known]


def wrongly_unknown(scheme: Scheme, body: Mapping[str, Any], key: str) -> str:
    """Why `key` may not stand in `unknown`; empty when it may."""
    if tuple(key.split(".")) in set(open_fields(scheme)):
        return ""
    held, parent, last = _at(body, key), *_split(key)
    if held is not None:
        return f"unknown 里的“{key}”已经给出，请从 unknown 里去掉"
    named = re.fullmatch(ID, last) and any(pattern.fullmatch(parent) for pattern in _MAPS)
    if named and isinstance(_at(body, parent), Mapping):
        return ""
    return f"unknown 里的“{key}”在评价办法里没有对应的键"


def _split(key: str) -> tuple[str, str]:
    parent, _dot, last = key.rpartition(".")
    return parent, last


def _at(body: Mapping[str, Any], key: str) -> Any:
    at: Any = body
    for part in key.split(".") if key else ():
        if not isinstance(at, Mapping) or part not in at:
            return None
        at = at[part]
    return at
