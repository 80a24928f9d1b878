"""Problem ↔ JSON: plain keys, empty fields left out, nothing lost on the way."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.check import ProblemError
from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Assembly,
    Budget,
    Candidate,
    Capacity,
    Compactness,
    Counted,
    Lock,
    Measure,
    MinContiguous,
    Objective,
    Option,
    Problem,
    Share,
    Target,
    Where,
)

VERSION = 1
_LISTS: dict[str, type[Any]] = {
    "candidates": Candidate,
    "options": Option,
    "budgets": Budget,
    "targets": Target,
    "shares": Share,
    "capacities": Capacity,
}
_SINGLES: dict[str, type[Any]] = {
    "objective": Objective,
    "min_contiguous": MinContiguous,
    "assembly": Assembly,
    "compactness": Compactness,
}
_WORDS: dict[str, type[StrEnum]] = {"aim": Aim, "measure": Measure, "where": Where, "counted": Counted}
_READ = frozenset({"lock", "years", *_WORDS})  # fields that are more than they look


def to_json(problem: Problem) -> dict[str, Any]:
    """Keys as the parts are named; the graph as [a, b, metres] with places in `candidates`."""
    out: dict[str, Any] = {
        "version": VERSION,
        "name": problem.name,
        "years": list(problem.years),
        "max_members": problem.max_members,
        "cluster_limit": problem.cluster_limit,
    }
    out |= {name: [_plain(part) for part in getattr(problem, name)] for name in _LISTS}
    out |= {name: _plain(part) for name in _SINGLES if (part := getattr(problem, name)) is not None}
    if problem.graph is not None:
        out["edges"] = [
            [a, b, metres] for (a, b), metres in zip(problem.graph.edges.tolist(), problem.graph.lengths.tolist(), strict=True)
        ]
    return out


def from_json(data: dict[str, Any]) -> Problem:
    """Raises ProblemError for an unknown key, a missing one, or a value of the wrong kind."""
    known = {"version", "name", "years", "max_members", "cluster_limit", "edges", *_LISTS, *_SINGLES}
    if odd := sorted(set(data) - known):
        raise ProblemError([f"方案文件里有不认识的部分：{'、'.join(odd)}"])
    if data.get("version", VERSION) != VERSION:
        raise ProblemError([f"方案文件的版本是 {data['version']}，本程序读 {VERSION}"])
    parts: dict[str, Any] = {name: tuple(_part(kind, one, name) for one in data.get(name, ())) for name, kind in _LISTS.items()}
    parts |= {name: _part(kind, data[name], name) for name, kind in _SINGLES.items() if data.get(name) is not None}
    parts |= {name: data[name] for name in ("name", "max_members", "cluster_limit") if name in data}
    graph = None
    if "edges" in data:
        edges = data["edges"]
        try:
            graph = Graph.of(len(parts["candidates"]), [edge[:2] for edge in edges], [edge[2] for edge in edges])
        except (ValueError, IndexError, TypeError) as error:
            raise ProblemError([f"方案文件的相邻关系（edges）有误：{error}"]) from error
    return Problem(years=tuple(_whole(year, "years") for year in data.get("years", ())), graph=graph, **parts)


@dataclass(frozen=True)
class _Spec:
    """A kind of part: names with their types, defaults, and the names that must be told."""

    types: dict[str, str]
    defaults: dict[str, Any]
    needed: tuple[str, ...]


_specs: dict[type[Any], _Spec] = {}


def _spec(kind: type[Any]) -> _Spec:
    if kind not in _specs:
        _specs[kind] = _read_spec(kind)
    return _specs[kind]


def _read_spec(kind: type[Any]) -> _Spec:
    known = fields(kind)
    return _Spec({one.name: str(one.type) for one in known}, {one.name: one.default for one in known},
                 tuple(one.name for one in known if one.default is MISSING))


def _plain(part: Any) -> dict[str, Any]:
    out = {}
    for name, default in _spec(type(part)).defaults.items():
        value = getattr(part, name)
        if value == default:
            continue
        out[name] = _plain(value) if isinstance(value, Lock) else list(value) if isinstance(value, tuple) else value
    return out


def _part(kind: type[Any], data: Any, place: str) -> Any:
    if not isinstance(data, dict):
        raise ProblemError([f"方案文件的 {place} 应写成键值对，得到“{data}”"])
    spec = _spec(kind)
    if not data.keys() <= spec.types.keys():
        raise ProblemError([f"方案文件的 {place} 里有不认识的键：{'、'.join(sorted(data.keys() - spec.types.keys()))}"])
    if lost := [name for name in spec.needed if name not in data]:
        raise ProblemError([f"方案文件的 {place} 缺少：{'、'.join(lost)}"])
    return kind(**{name: value if _right(value, spec.types[name], name) else _value(name, value, spec.types[name], place)
                   for name, value in data.items()})


def _right(value: Any, kind: str, name: str) -> bool:
    """The commonest case, decided at once."""
    return name not in _READ and (type(value) is int if kind.startswith("int") else True)


def _value(name: str, value: Any, kind: str, place: str) -> Any:
    if name == "lock":
        return None if value is None else _part(Lock, value, "lock")
    if name in _WORDS:
        try:
            return _WORDS[name](value)
        except ValueError as error:
            raise ProblemError([f"方案文件的 {place}.{name} 是“{value}”，可用：{'、'.join(list(_WORDS[name]))}"]) from error
    if name == "years":
        return tuple(_whole(year, f"{place}.years") for year in value)
    if kind.startswith("int"):
        return None if value is None and "None" in kind else _whole(value, f"{place}.{name}")
    return value


def _whole(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError([f"方案文件的 {place} 应为整数，得到“{value}”"])
    return value
