"""One policy as text: parsed with line numbers, header apart from body, checked against the schema of its kind."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from tenglong.domain.policy.schemas import BODY_SCHEMAS, CHECKS

MAX_TEXT: Final = 2_000_000
T = TypeVar("T", bound=BaseModel)
#: (kind, id) → the policy that another extends; raises LookupError
Parent = Callable[[str, str], "Document"]


@dataclass(frozen=True)
class Problem:
    """A defect of a policy text: where, and why."""

    file: str
    line: int
    reason: str
    key: str = ""

    def __str__(self) -> str:
        where = f"（{self.key}）" if self.key else ""
        return f"{self.file} 第 {self.line} 行{where}：{self.reason}"

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line, "key": self.key, "reason": self.reason}


class PolicyError(ValueError):
    """The text is not a policy; `problems` lists every defect found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Header(BaseModel):
    """What every policy may say about itself. `partial` must list what it does not know (architecture rule 4)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy_kind: str = ""
    policy_id: str = ""
    version: str = "1"
    valid_from: date | None = None
    valid_to: date | None = None
    authority: str = ""
    document: str = ""
    source: str = ""
    verified: bool | Literal["verified", "to-verify"] | None = None
    completeness: Literal["full", "partial"] = "full"
    unknown: tuple[str, ...] = ()
    extends: str = ""

    @model_validator(mode="before")
    @classmethod
    def _version_as_text(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("version"), int | float):
            data = {**data, "version": str(data["version"])}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Header:
        if self.completeness == "full" and self.unknown:
            raise ValueError("写了 unknown 的政策须注明 completeness: partial")
        if self.completeness == "partial" and not self.unknown and not self.extends:
            raise ValueError("completeness: partial 须在 unknown 里列出尚不掌握的键")
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to 须晚于 valid_from")
        return self


    def valid_on(self, day: date) -> bool:
        """`valid_from` is the first day, `valid_to` the first day no longer."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def meets(self, other: Header) -> date | None:
        """First day on which both are valid; None when there is none."""
        day = max(self.valid_from or date.min, other.valid_from or date.min)
        return day if self.valid_on(day) and other.valid_on(day) else None


HEADER_KEYS: Final = frozenset(Header.model_fields)


@dataclass(frozen=True)
class Document:
    """A policy that passed its schema. `data` is plain Python; `lines` gives the line of a path of keys."""

    kind: str
    id: str
    header: Header
    data: Mapping[str, Any]
    text: str
    file: str
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, repr=False)
    parent: Document | None = None

    @property
    def version(self) -> str:
        return self.header.version

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def pin(self) -> str:
        """What a run notes: `sha256`, and with `extends` that of both texts, since both make the values."""
        return self.sha256 if self.parent is None else hashlib.sha256(f"{self.sha256}{self.parent.pin}".encode()).hexdigest()

    def line_of(self, *path: str | int) -> int:
        """Line (from 1) of the value at `path`, or of its nearest parent."""
        return _line(self.lines, path)


def load_yaml(
    text: str, *, kind: str, id: str, file: str = "", parent: Parent | None = None, kept: bool = False,  # noqa: A002
) -> Document:
    """Parse and check. `kind`, `id`: what the caller expects; a text that names others is refused. Raises PolicyError.

    `extends: ID` (or `ID@VERSION`) takes every value that this text does not give from another policy of the kind, which
    `parent` loads (default: the packaged preset); maps are merged deep, lists replaced. `kept`: a text that was checked by
    the program that kept it; what later programs ask besides is not asked of it.
    """
    file = file or f"{kind}/{id}.yaml"
    tree = _parse(text, file)
    lines: dict[tuple[str | int, ...], int] = {}
    plain = _plain(tree, (), lines)
    header = _checked(Header, {k: v for k, v in plain.items() if k in HEADER_KEYS}, lines, file)
    body = {k: v for k, v in plain.items() if k not in HEADER_KEYS}
    _same_name(header, kind, id, lines, file)
    schema = BODY_SCHEMAS.get(kind)
    if schema is None:
        raise PolicyError([Problem(file, 1, f"没有“{kind}”这种政策，可用：{'、'.join(sorted(BODY_SCHEMAS))}")])
    above = _extended(header, kind, id, file, lines, parent or packaged) if header.extends else None
    if above is not None:
        header, body = _still_unknown(header, above, body), merged(above.data, body)
    _checked(schema, body, lines, file)
    document = Document(kind, id, header, body, text, file, lines, above)
    return document if kept else _meaningful(document)


def _meaningful(document: Document) -> Document:
    """The checks of a kind that no schema can say. Raises PolicyError."""
    if document.kind in CHECKS:
        problems = importlib.import_module(CHECKS[document.kind]).problems_of(document)
        if problems:
            raise PolicyError(problems)
    return document


def packaged(kind: str, id: str) -> Document:  # noqa: A002
    """A preset by kind and ID@VERSION, or ID where there is only one. Raises LookupError with a sentence."""
    shelf = importlib.import_module("tenglong.domain.policy.shelf")  # it reads documents, so it cannot be imported above
    found: Document = shelf.packaged(kind, id)
    return found


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Values of `above` over those of `below`, map by map; what is no map is replaced whole, null takes an entry away."""
    out = dict(below)
    for name, value in above.items():
        if value is None:
            out.pop(name, None)
            continue
        held = out.get(name)
        out[name] = merged(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return out


def _extended(
    header: Header, kind: str, id: str, file: str, lines: Mapping[tuple[str | int, ...], int], parent: Parent  # noqa: A002
) -> Document:
    line = _line(lines, ("extends",))
    name = header.extends.removeprefix(f"{kind}/")
    if name in (id, f"{id}@{header.version}"):
        raise PolicyError([Problem(file, line, "不能扩展自己", "extends")])
    try:
        above = parent(kind, name)
    except LookupError as error:
        why = f"（{error.args[0]}）" if error.args and "写明" in str(error.args[0]) else ""
        raise PolicyError([Problem(file, line, f"找不到所扩展的政策 {kind}/{name}{why}", "extends")]) from error
    return above


def _still_unknown(header: Header, above: Document, body: Mapping[str, Any]) -> Header:
    """What the extended policy does not know stays unknown unless this text gives it."""
    left = tuple(key for key in above.header.unknown if not _gives(body, key))
    unknown = tuple(dict.fromkeys((*left, *header.unknown)))
    return header.model_copy(update={"unknown": unknown, "completeness": "partial" if unknown else "full"})


def _gives(body: Mapping[str, Any], key: str) -> bool:
    at: Any = body
    for part in key.split("."):
        if not isinstance(at, Mapping):
            return at is not None  # a block above was given as a whole, such as `vetoes: none`
        if part not in at:
            return False
        at = at[part]
    return True


def _parse(text: str, file: str) -> CommentedMap:
    if len(text) > MAX_TEXT:
        raise PolicyError([Problem(file, 1, f"内容超过 {MAX_TEXT:,} 字符")])
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"不是合法的 YAML：{error.problem or error.context or '格式有误'}"
        raise PolicyError([Problem(file, mark.line + 1 if mark else 1, reason)]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise PolicyError([Problem(file, 1, f"不是合法的 YAML：{error}")]) from error
    if not isinstance(tree, CommentedMap):
        raise PolicyError([Problem(file, 1, "最外层应是“键: 值”")])
    return tree


def _plain(node: Any, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], depth: int = 0) -> Any:
    """Plain Python of a round-trip tree, noting the line of every value."""
    if depth > 40:
        raise PolicyError([Problem("", lines.get(path, 1), "嵌套超过 40 层")])
    if isinstance(node, CommentedMap):
        out: dict[str, Any] = {}
        for name, value in node.items():
            lines[(*path, str(name))] = _mark(lambda name=name: node.lc.key(name)[0])
            out[str(name)] = _plain(value, (*path, str(name)), lines, depth + 1)
        return out
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*path, index)] = _mark(lambda index=index: node.lc.item(index)[0])
        return [_plain(value, (*path, index), lines, depth + 1) for index, value in enumerate(node)]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    """ruamel's round-trip scalars as the plain types that pydantic and JSON know."""
    for plain in (bool, int, float, str):
        if isinstance(node, plain):
            return plain(node)
    return node


def _mark(line: Any) -> int:
    try:
        return int(line()) + 1
    except (KeyError, TypeError, IndexError, AttributeError):
        return 1  # a merged or anchored key carries no place of its own


def _checked(
    schema: type[T], data: dict[str, Any], lines: Mapping[tuple[str | int, ...], int], file: str
) -> T:
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        problems = [
            Problem(file, _line(lines, path), _chinese(item["type"], item["msg"], item.get("ctx", {})),
                    ".".join(str(part) for part in path))
            for item in error.errors(include_url=False) for path in [_own_keys(item["loc"], item["type"], lines)]
        ]
        raise PolicyError(problems) from error


def _own_keys(
    path: Sequence[str | int], kind: str, lines: Mapping[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    """The path without what the schema alone calls its alternatives (rank_share, literal[none]); a missing key stays."""
    kept: tuple[str | int, ...] = ()
    for place, part in enumerate(path):
        if (*kept, part) in lines or (kind == "missing" and place == len(path) - 1):
            kept = (*kept, part)
    return kept or tuple(path)


def _same_name(header: Header, kind: str, id: str, lines: Mapping[tuple[str | int, ...], int], file: str) -> None:  # noqa: A002
    for key, said, wanted in (("policy_kind", header.policy_kind, kind), ("policy_id", header.policy_id, id)):
        if said and said != wanted:
            raise PolicyError([Problem(file, _line(lines, (key,)), f"写的是“{said}”，这里应是“{wanted}”", key)])


def _line(lines: Mapping[tuple[str | int, ...], int], path: Sequence[str | int]) -> int:
    known = tuple(path)
    while known and known not in lines:
        known = known[:-1]
    return lines.get(known, 1)


_REASONS: Final = {
    "missing": "缺少必填项", "extra_forbidden": "不认识的键（拼写是否有误？）", "string_type": "应是文字",
    "int_parsing": "应是整数", "int_type": "应是整数", "decimal_parsing": "应是数", "decimal_type": "应是数",
    "float_parsing": "应是数", "bool_parsing": "应是 true 或 false", "list_type": "应是列表", "tuple_type": "应是列表",
    "dict_type": "应是“键: 值”", "model_type": "应是“键: 值”", "date_from_datetime_parsing": "应是日期，如 2026-01-01",
    "date_type": "应是日期，如 2026-01-01", "too_short": "至少要有一项", "date_parsing": "应是日期，如 2026-01-01",
}


def _chinese(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind == "literal_error":
        return f"只能是：{context.get('expected', '')}"
    if kind == "value_error":
        return str(context.get("error", message))
    limits = {"greater_than_equal": ("ge", "不小于"), "less_than_equal": ("le", "不大于"), "greater_than": ("gt", "大于"),
              "less_than": ("lt", "小于")}
    if kind in limits:
        name, word = limits[kind]
        return f"应{word} {context.get(name)}"
    return _REASONS.get(kind, message)
