"""Which column is which field: proposed from synonyms, shown with reasons, corrected, kept as a template."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from tenglong.domain.survey.headings import plain, read_heading
from tenglong.domain.survey.kinds import KINDS, FieldSpec, KindSpec, spec_of
from tenglong.domain.survey.matching import Match, matches_of, unit_reason
from tenglong.domain.survey.table import Table

#: below this a likeness is only told, the column is not taken
SURE: Final = 0.7


class MappingError(ValueError):
    """A mapping that cannot be used; the message is a Chinese sentence."""


@dataclass(frozen=True)
class ColumnMap:
    """Field `field` is read from column `index` (0-based) headed `heading`, figures in `unit`.

    `unit_from` is heading, synonym, cells, default or user; `others` are the next best columns with their scores.
    """

    field: str
    index: int
    heading: str
    unit: str = ""
    unit_from: str = ""
    confidence: float = 1.0
    reason: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """The columns taken, and the headings nobody asked for."""

    kind: str
    columns: tuple[ColumnMap, ...]
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def column(self, field: str) -> ColumnMap | None:
        return next((column for column in self.columns if column.field == field), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "columns": [asdict(column) | {"others": list(column.others)} for column in self.columns],
            "ignored": list(self.ignored),
            "notes": list(self.notes),
        }

    def dumps(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mapping:
        """Accepts what `as_json` gives, and short forms (`field`, `heading` or `index`, `unit`). Raises MappingError."""
        try:
            columns = tuple(_column_from(item) for item in data["columns"])
            return cls(str(data["kind"]), columns, tuple(data.get("ignored", ())), tuple(data.get("notes", ())))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MappingError(f"识别方案的格式不对：{error}。应为 kind 与 columns（field、heading、unit）") from error


def _column_from(item: dict[str, Any]) -> ColumnMap:
    return ColumnMap(
        str(item["field"]),
        int(item.get("index", -1)),
        str(item.get("heading", "")),
        str(item.get("unit") or ""),
        str(item.get("unit_from") or ("user" if item.get("unit") else "")),
        float(item.get("confidence", 1.0)),
        str(item.get("reason", "")),
        tuple(item.get("others", ())),
    )


def propose(kind: str | KindSpec, table: Table, templates: Sequence[Mapping] = ()) -> Mapping:
    """Best mapping of `table` to `kind`: a saved template whose headings all stand in the table, else by synonyms."""
    spec = spec_of(kind)
    for template in templates:
        if template.kind == spec.kind and _headings(template) <= {plain(name) for name in table.columns}:
            return settle(template, table, reason="按已保存的识别模板")
    return _from_synonyms(spec, table)


def _headings(mapping: Mapping) -> set[str]:
    return {plain(column.heading) for column in mapping.columns}


def _from_synonyms(spec: KindSpec, table: Table) -> Mapping:
    found = matches_of(spec.fields, table)
    taken: dict[str, Match] = {}
    used: set[int] = set()
    for match in sorted(found, key=lambda match: (-match.score, match.place, match.order)):
        if match.score >= SURE and match.field not in taken and match.place not in used:
            taken[match.field] = match
            used.add(match.place)
    columns = tuple(_column(field, taken[field.id], found, table, used) for field in spec.fields if field.id in taken)
    return Mapping(spec.kind, columns, _ignored(table, used, _likely(spec, found, taken, used)), _notes(table))


def _likely(spec: KindSpec, found: Sequence[Match], taken: dict[str, Match], used: set[int]) -> dict[int, str]:
    """Columns left over that look a little like a field that is still free."""
    free = sorted((one for one in found if one.place not in used and one.field not in taken), key=lambda one: one.score)
    return {one.place: f"（有些像{spec.field(one.field).label}，未取用）" for one in free}


def _column(field: FieldSpec, match: Match, found: Sequence[Match], table: Table, used: set[int]) -> ColumnMap:
    heading = table.columns[match.place]
    same = [index for index, name in enumerate(table.columns) if plain(name) == plain(heading)]
    reason = match.reason
    if len(same) > 1:
        places = "、".join(str(index + 1) for index in same)
        reason += f"；“{heading}”在第 {places} 列重复出现，按位置取第 {match.place + 1} 列"
    unit, unit_from = match.unit or (field.unit, "default" if field.unit else "")
    rivals = sorted(
        (rival for rival in found if rival.field == field.id and rival.place != match.place), key=lambda r: -r.score
    )
    others = tuple(
        f"第 {rival.place + 1} 列“{table.columns[rival.place]}”{rival.score:.2f}"
        + ("（已用于别的字段）" if rival.place in used else "")
        for rival in rivals[:3]
    )
    return ColumnMap(
        field.id, match.place, heading, unit, unit_from, match.score, reason + unit_reason(unit, unit_from), others
    )


def _ignored(table: Table, used: set[int], likely: dict[int, str] | None = None) -> tuple[str, ...]:
    hints = likely or {}
    names = enumerate(table.columns)
    return tuple(f"第 {index + 1} 列“{name}”{hints.get(index, '')}" for index, name in names if index not in used)


def _notes(table: Table) -> tuple[str, ...]:
    return (*((f"表头在第 {table.header_row} 行",) if table.header_row > 1 else ()), *table.notes)


def settle(mapping: Mapping, table: Table, reason: str = "") -> Mapping:
    """Bind a saved mapping to a table: the index where it still carries the heading, else the heading's first free place.

    Raises MappingError naming headings that the table does not have.
    """
    used: set[int] = set()
    columns = []
    for column in mapping.columns:
        index = _place(column, table, used)
        used.add(index)
        unit = column.unit or read_heading(table.columns[index]).unit
        columns.append(replace(column, index=index, heading=table.columns[index], unit=unit, reason=reason or column.reason))
    settled = Mapping(mapping.kind, tuple(columns), _ignored(table, used), _notes(table))
    if faults := validate(settled, table):
        raise MappingError("；".join(faults))
    return settled


def _place(column: ColumnMap, table: Table, used: set[int]) -> int:
    wanted = plain(column.heading)
    size = len(table.columns)
    if 0 <= column.index < size and (not wanted or plain(table.columns[column.index]) == wanted):
        return column.index
    for index, name in enumerate(table.columns):
        if wanted and plain(name) == wanted and index not in used:
            return index
    raise MappingError(
        f"识别方案里的列“{column.heading or column.index}”在本表中找不到；本表的列：{'、'.join(table.columns[:30])}"
    )


def validate(mapping: Mapping, table: Table | None = None) -> list[str]:
    """Chinese sentences on what is wrong: unknown field, field or column used twice, column outside the table, unknown unit."""
    spec = spec_of(mapping.kind)
    known = {field.id: field for field in spec.fields}
    faults = [f"“{spec.label}”没有字段 {column.field}" for column in mapping.columns if column.field not in known]
    faults += [f"字段 {name} 被指定了不止一列" for name in _twice(column.field for column in mapping.columns)]
    faults += [f"第 {index + 1} 列被指定给了不止一个字段" for index in _twice(column.index for column in mapping.columns)]
    if table is not None:
        width = len(table.columns)
        faults += [
            f"字段 {c.field} 指向第 {c.index + 1} 列，本表只有 {width} 列" for c in mapping.columns if not 0 <= c.index < width
        ]
    faults += [fault for column in mapping.columns if (fault := _unit_fault(known.get(column.field), column))]
    return faults


def _twice(values: Iterable[Any]) -> list[Any]:
    seen: dict[Any, int] = {}
    for value in values:
        seen[value] = seen.get(value, 0) + 1
    return [value for value, count in seen.items() if count > 1]


def _unit_fault(field: FieldSpec | None, column: ColumnMap) -> str:
    from tenglong.domain.measures import SCALES

    if field is None or not column.unit or not field.unit:
        return ""
    if column.unit not in SCALES:
        return f"字段 {column.field} 的单位“{column.unit}”不认识"
    if SCALES[column.unit][0] != SCALES[field.unit][0]:
        return f"字段 {column.field} 的单位“{column.unit}”与“{field.unit}”不是同一类"
    return ""


def missing(mapping: Mapping) -> list[str]:
    """Labels of required fields without a column; alternatives are joined by 或."""
    spec = spec_of(mapping.kind)
    have = {column.field for column in mapping.columns}
    lost = [field.label for field in spec.fields if field.required and field.id not in have]
    if spec.one_of and not have & set(spec.one_of):
        lost.append("或".join(spec.field(name).label for name in spec.one_of))
    return lost


def fit(kind: str | KindSpec, table: Table) -> float:
    """How well a table looks like a kind: share of its columns explained, and of the needed fields present; 0…2."""
    spec = spec_of(kind)
    mapping = _from_synonyms(spec, table)
    if not mapping.columns or not table.columns:
        return 0.0
    sure = sum(column.confidence for column in mapping.columns if column.confidence >= 0.8)
    needed = sum(field.required for field in spec.fields) + bool(spec.one_of)
    return sure / max(len(table.columns), len(mapping.columns)) + 1 - len(missing(mapping)) / max(needed, 1)


def guess_kind(table: Table, name: str = "") -> str | None:
    """The kind a table most looks like, by headings and by file name; None when nothing fits."""
    scores = {kind: fit(kind, table) + _named(kind, name or table.source) for kind in KINDS}
    best = max(KINDS, key=lambda kind: scores[kind])
    return best if scores[best] >= 1.2 else None


def _named(kind: str, name: str) -> float:
    words = {
        "plots": ("地块", "摸排", "plot"),
        "parcels": ("宗地", "权证", "parcel"),
        "links": ("对应", "link"),
        "buildings": ("厂房", "建筑", "房屋", "building"),
        "enterprises": ("企业名录", "企业基本", "企业表", "enterprise", "企业"),
        "occupancies": ("用地关系", "租赁", "出租", "占用", "occupanc"),
        "accounts": ("户号", "电表", "account"),
        "facts": ("指标", "税收", "用电", "能耗", "数据", "fact", "营收"),
        "deals": ("成交", "出让", "deal"),
    }[kind]
    low = name.lower()
    return max((0.3 + 0.02 * len(word) for word in words if word in low), default=0.0)
