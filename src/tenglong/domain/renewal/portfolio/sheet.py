"""A table as offices keep it → candidates, options and locks: one row for each plot and route, units exactly, defects told.

A refused row (an issue of severity error) makes no option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

import numpy as np
import shapely

from tenglong.domain.geo.working import working
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.renewal.adjacency import UnusableShapes, adjacency
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.parts import Candidate, Lock, Option
from tenglong.domain.survey.headings import plain, read_heading
from tenglong.domain.survey.table import Cell, Geometries, Table
from tenglong.domain.survey.values import figure, is_blank, text_of
from tenglong.domain.units import AREA_UNITS, MONEY_UNITS, UnitError, to_cm2, to_fen

DATASET: Final = "plan"
DEFAULT_ROUTE: Final = "处置"
_LISTED: Final = re.compile(r"[,，、;；\s]+")


@dataclass(frozen=True)
class Column:
    """`kind`: text, area (cm²), money (分), count, share (ten-thousandths); `unit` is meant where the heading names none."""

    id: str
    label: str
    kind: str
    unit: str = ""
    words: tuple[str, ...] = ()


COLUMNS: Final = (
    Column(
        "key",
        "地块编号",
        "text",
        words=("地块代码", "编号", "宗地代码", "宗地编号", "勘测编号", "plot_code", "parcel_code", "id"),
    ),
    Column("land", "用地面积", "area", "mu", ("面积", "土地面积", "宗地面积", "land_area", "area")),
    Column("cost", "成本", "money", "wan_yuan", ("总成本", "投入", "花费", "收储成本", "改造成本")),
    Column("uplift", "年增收", "money", "wan_yuan", ("增收", "年增税", "税收增量", "税收提升")),
    Column("route", "途径", "text", words=("处置途径", "处置方式", "改造方式", "整治方式")),
    Column("town", "镇街", "text", words=("所属镇街", "乡镇", "街道", "乡镇街道")),
    Column("zone", "片区", "text", words=("园区", "工业园区", "平台")),
    Column("chain", "产业链", "text", words=("所属产业链", "产业")),
    Column("released", "腾出面积", "area", "mu", ("腾出用地", "腾退面积", "腾出土地面积", "released_area")),
    Column("relocation", "安置面积", "count", words=("搬迁面积", "安置建筑面积", "relocation_m2")),
    Column("jobs_gained", "新增岗位", "count", words=("增加岗位",)),
    Column("jobs_lost", "减少岗位", "count", words=("流失岗位", "涉及职工")),
    Column("months", "工期", "count", words=("月数", "工期月数", "所需月数")),
    Column("years", "可启动年份", "text", words=("启动年份", "年份")),
    Column("holders", "权利人户数", "count", words=("权利人数", "户数", "owners")),
    Column("group", "权利人组", "text", words=("签约组",)),
    Column("chance", "签约可能性", "share", words=("同意可能性", "签约概率")),
    Column("lock", "锁定", "text", words=("是否锁定",)),
    Column("lock_route", "锁定途径", "text"),
    Column("lock_year", "锁定年份", "count"),
    Column("lock_reason", "锁定理由", "text", words=("锁定原因",)),
    Column("neighbours", "相邻地块", "text", words=("相邻", "邻接地块", "neighbors")),
    Column("wkt", "图形", "text", words=("wkt", "geometry", "图形文字")),
)
_KNOWN: Final = {plain(word): column for column in COLUMNS for word in (column.id, column.label, *column.words)}
_PASSED: Final = frozenset(plain(word) for word in ("序号", "备注", "说明", "名称", "地块名称", "name", "fid", "企业名称"))
_SHARES_UNIT: Final = 10_000
_INSIDE: Final = frozenset({"必选", "选", "入选", "是", "in", "1"})
_OUTSIDE: Final = frozenset({"不选", "排除", "out", "0"})


@dataclass
class Sheet:
    """What the table held; `rows` counts rows that are not blank. `graph` has one node per candidate, None when
    nothing tells neighbours."""

    rows: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    graph: Graph | None = None


@dataclass(frozen=True)
class _Row:
    at: int
    number: int
    key: str
    values: dict[str, int | str]

    def whole(self, name: str, default: int = 0) -> int:
        value = self.values.get(name, default)
        return value if isinstance(value, int) else default

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""


def read_sheet(
    table: Table, *, years: tuple[int, ...], min_shared_m: float = 1.0, road_m: float = 0.0, crs: str | None = None
) -> Sheet:
    """Candidates and options of a table. Neighbours come from its shapes (own or WKT), or from a column that lists keys."""
    return _Reading(table, years, min_shared_m, road_m, crs).sheet()


class _Reading:
    def __init__(self, table: Table, years: tuple[int, ...], min_shared_m: float, road_m: float, crs: str | None) -> None:
        self.table, self.years, self.crs = table, years, crs
        self.min_shared_m, self.road_m = min_shared_m, road_m
        self.out = Sheet()
        self.columns = self._columns()
        self.shapes = self._shapes()

    def sheet(self) -> Sheet:
        if any(issue.severity is Severity.ERROR for issue in self.out.issues):
            self.out.rows = sum(not all(is_blank(cell) for cell in row) for row in self.table.rows)
            return self.out
        rows = list(self._rows())
        firsts: dict[str, _Row] = {}
        for row in rows:
            first = firsts.setdefault(row.key, row)
            if first is row:
                self.out.candidates.append(self._candidate(row))
            elif self._same_plot(first, row):
                continue
            self.out.options.append(self._option(row))
        self._once()
        self.out.graph = self._graph(list(firsts.values()))
        return self.out

    # ---- headings

    def _columns(self) -> dict[str, tuple[int, Column, str]]:
        found: dict[str, tuple[int, Column, str]] = {}
        for index, heading in enumerate(self.table.columns):
            read = read_heading(heading)
            column = _KNOWN.get(plain(heading)) or _KNOWN.get(read.words) or _KNOWN.get(read.core)
            if column is None:
                if read.core not in _PASSED and read.core:
                    self._tell(0, "", heading, "unknown-column", "", Severity.INFO, f"不用“{heading}”这一列", "不需处理")
            elif column.id in found:
                self._tell(
                    0,
                    "",
                    column.id,
                    "duplicate-column",
                    "",
                    Severity.WARNING,
                    f"“{heading}”与前面的列重复，没有使用",
                    "请只留一列",
                )
            else:
                found[column.id] = (index, column, read.unit)
        for name, fix in (("key", "请加一列“地块编号”"), ("cost", "请加一列“成本（万元）”")):
            if name not in found:
                label = next(column.label for column in COLUMNS if column.id == name)
                self._tell(0, "", name, "missing-column", "", Severity.ERROR, f"没有“{label}”这一列", fix)
        if "land" not in found and self.table.geometry is None and "wkt" not in found:
            self._tell(
                0,
                "",
                "land",
                "missing-column",
                "",
                Severity.ERROR,
                "没有“用地面积”这一列，也没有图形可以量算",
                "请加一列“用地面积（亩）”",
            )
        return found

    def _shapes(self) -> Geometries | None:
        """Shapes in metres, one per row; None where there are none at all."""
        given = self.table.geometry
        if given is None and "wkt" in self.columns:
            at = self.columns["wkt"][0]
            texts = np.array([text_of(row[at]) or None for row in self.table.rows], dtype=object)
            given = shapely.from_wkt(texts, on_invalid="ignore")
        if given is None or shapely.is_missing(given).all():
            return None
        return working(given, self.crs or self.table.crs).shapes

    # ---- rows

    def _rows(self) -> Iterator[_Row]:
        for at, (number, cells) in enumerate(zip(self.table.row_numbers, self.table.rows, strict=True)):
            if all(is_blank(cell) for cell in cells):
                continue
            self.out.rows += 1
            key = text_of(cells[self.columns["key"][0]])
            if not key:
                self._tell(number, "", "key", "key-missing", "", Severity.ERROR, "没有填地块编号", "请补填地块编号")
                continue
            values = self._values(number, key, cells)
            if values is not None and self._measured(at, number, key, values):
                yield _Row(at, number, key, values)

    def _values(self, number: int, key: str, cells: tuple[Cell, ...]) -> dict[str, int | str] | None:
        values: dict[str, int | str] = {}
        whole = True
        for name, (index, column, unit) in self.columns.items():
            cell = cells[index]
            if is_blank(cell):
                if name == "cost":
                    self._tell(
                        number, key, name, "missing-required", "", Severity.ERROR, "没有填成本", "请补填成本，不花钱的填 0"
                    )
                    whole = False
                continue
            if column.kind == "text":
                values[name] = text_of(cell)
                continue
            try:
                values[name] = _converted(cell, column, unit)
            except UnitError as error:
                whole = False
                self._tell(
                    number,
                    key,
                    name,
                    "bad-number",
                    text_of(cell),
                    Severity.ERROR,
                    f"{column.label}：{error}",
                    "请填写阿拉伯数字，单位写在表头",
                )
        return values if whole else None

    def _measured(self, at: int, number: int, key: str, values: dict[str, int | str]) -> bool:
        """Land from the table, else from the shape."""
        if "land" not in values and self.shapes is not None and not shapely.is_missing(self.shapes[at]):
            values["land"] = round(float(shapely.area(self.shapes[at])) * 10_000)
        land = values.get("land", 0)
        if isinstance(land, int) and land > 0:
            return True
        self._tell(number, key, "land", "no-land", "", Severity.ERROR, "用地面积没有填或不大于 0", "请补填用地面积")
        return False

    def _same_plot(self, first: _Row, row: _Row) -> bool:
        """Tells a second row of a plot that states other land; True when the row is refused."""
        if row.whole("land") == first.whole("land"):
            return False
        self._tell(
            row.number,
            row.key,
            "land",
            "land-differs",
            text_of(row.whole("land")),
            Severity.ERROR,
            f"与第 {first.number} 行是同一地块，用地面积却不同",
            "请改成相同的面积",
        )
        return True

    def _candidate(self, row: _Row) -> Candidate:
        return Candidate(
            row.key,
            row.whole("land"),
            row.text("town"),
            row.text("zone"),
            row.text("chain"),
            holders=max(1, row.whole("holders", 1)),
            lock=self._lock(row),
        )

    def _lock(self, row: _Row) -> Lock | None:
        word = row.text("lock").lower()
        if not word or word in {"否", "无"}:
            return None
        if word in _INSIDE:
            return Lock(True, row.text("lock_route") or None, row.whole("lock_year") or None, row.text("lock_reason"))
        if word not in _OUTSIDE:
            self._tell(
                row.number,
                row.key,
                "lock",
                "unknown-choice",
                word,
                Severity.ERROR,
                f"锁定写的是“{word}”",
                "请填 必选 或 不选，不锁定的留空",
            )
            return None
        return Lock(False, reason=row.text("lock_reason"))

    def _option(self, row: _Row) -> Option:
        years = tuple(int(part) for part in _LISTED.split(row.text("years")) if part.isdigit())
        chance = row.whole("chance") if "chance" in row.values else None
        return Option(
            row.key,
            row.text("route") or DEFAULT_ROUTE,
            row.whole("cost"),
            row.whole("uplift"),
            years,
            row.whole("released", row.whole("land")),
            row.whole("relocation"),
            row.whole("jobs_gained"),
            row.whole("jobs_lost"),
            row.whole("months"),
            row.text("group"),
            chance,
        )

    def _once(self) -> None:
        """A route told twice for a plot is refused the second time."""
        seen: set[tuple[str, str]] = set()
        kept = []
        for option in self.out.options:
            pair = (option.candidate, option.route)
            if pair in seen:
                self._tell(
                    0,
                    option.candidate,
                    "route",
                    "duplicate-route",
                    option.route,
                    Severity.ERROR,
                    f"途径“{option.route}”写了不止一次，只用第一次的",
                    "请每个地块每个途径只写一行",
                )
                continue
            seen.add(pair)
            kept.append(option)
        self.out.options = kept

    # ---- neighbours

    def _graph(self, rows: list[_Row]) -> Graph | None:
        if "neighbours" in self.columns:
            return self._listed(rows)
        if self.shapes is None:
            self._tell(
                0,
                "",
                "geometry",
                "no-neighbours",
                "",
                Severity.INFO,
                "没有图形，也没有“相邻地块”一列，每宗地块单独成项目",
                "要连片组合，请给出图形或相邻地块编号",
            )
            return None
        drawn = [place for place, row in enumerate(rows) if not shapely.is_missing(self.shapes[row.at])]
        try:
            part = adjacency(
                self.shapes[[rows[place].at for place in drawn]], min_shared_m=self.min_shared_m, road_m=self.road_m
            )
        except UnusableShapes as error:
            self._tell(0, "", "geometry", "unusable-shape", "", Severity.ERROR, str(error), "请修好图形后再试")
            return None
        return Graph.of(len(rows), np.array(drawn, dtype=np.int64)[part.edges], part.lengths)

    def _listed(self, rows: list[_Row]) -> Graph:
        place = {row.key: at for at, row in enumerate(rows)}
        pairs = [
            (at, place[key]) for at, row in enumerate(rows) for key in _LISTED.split(row.text("neighbours")) if key in place
        ]
        return Graph.of(len(rows), pairs)

    def _tell(self, row: int, key: str, name: str, rule: str, value: str, severity: Severity, message: str, fix: str) -> None:
        self.out.issues.append(Issue(DATASET, row, key, name, rule, value, severity, message, fix))


def _converted(cell: Cell, column: Column, unit: str) -> int:
    """Whole units of the column. Raises UnitError."""
    number, own, _ = figure(cell)
    if number is None:
        raise UnitError(f"“{text_of(cell)}”不是数")
    used = own or unit
    if column.kind == "area":
        return to_cm2(number, used if used in AREA_UNITS else column.unit)
    if column.kind == "money":
        return to_fen(number, used if used in MONEY_UNITS else column.unit)
    if column.kind == "share":
        percent = used == "percent" or text_of(cell).endswith("%") or number > 1
        return int((number * (100 if percent else _SHARES_UNIT)).to_integral_value(ROUND_HALF_EVEN))
    return int(Decimal(number).to_integral_value(ROUND_HALF_EVEN))
