"""What stands in which file: the offices' habits as a table of sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from tenglong.demo.county import County
from tenglong.demo.figures import MONEY, SOURCES
from tenglong.demo.raw.headings import HEADINGS, KIND_WORDS, Column, column
from tenglong.demo.raw.records import ROWS, Cell, Record
from tenglong.domain.units import AREA_UNITS

AREAS = frozenset({"surveyed_area", "stated_area", "area", "floor_area"})
#: how offices write dates: ISO, dots, Chinese
DATE_FORMS = {"iso": "%Y-%m-%d", "dot": "%Y.%m.%d", "cn": "%Y年%m月%d日"}
KWH = {"kwh": Decimal(1), "wan_kwh": Decimal(10_000)}


@dataclass
class Sheet:
    """A sheet or layer to write. `style`: plain, titled, grouped (xlsx); `dates`: cell, iso, dot, cn."""

    kind: str
    file: str
    layer: str
    columns: list[Column]
    records: Sequence[Record]
    style: str = "plain"
    dates: str = "iso"
    encoding: str = "utf-8"
    crs: str = "EPSG:4490"
    notes: list[str] = field(default_factory=list)


def value(cell: Cell, col: Column, dates: str) -> Cell:
    """A canonical value in the column's unit and the office's way of writing dates."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, date):
        return cell if dates == "cell" else cell.strftime(DATE_FORMS[dates])
    if col.field in AREAS and isinstance(cell, int):
        places = {"m2": 2, "mu": 4, "ha": 6}[col.unit or "mu"]
        exact = Decimal(cell) * AREA_UNITS[col.unit or "mu"].denominator / AREA_UNITS[col.unit or "mu"].numerator
        return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    if (col.field in MONEY or col.field == "price") and col.unit == "wan_yuan":
        return Decimal(cell) / 10_000
    if col.field == "electricity_kwh":
        return Decimal(cell) / KWH[col.unit]
    return cell


def plan(county: County) -> list[Sheet]:
    """Every sheet of the folder, in import order; files with no row are left out."""
    rows = {kind: make(county) for kind, make in ROWS.items()}
    towns = [(town.code, town.name) for town in county.towns]
    sheets = [
        *_plots(rows["plots"], towns),
        *_parcels(rows["parcels"], towns),
        *_links(rows["links"]),
        *_buildings(rows["buildings"], towns),
        *_enterprises(rows["enterprises"], towns),
        *_occupancies(rows["occupancies"], towns),
        *_accounts(rows["accounts"]),
        *_facts(rows["facts"]),
        *_deals(rows["deals"]),
    ]
    return [sheet for sheet in sheets if sheet.records]


def _columns(kind: str, variant: int, units: dict[str, str], said: bool = True, leave_out: Sequence[str] = ()) -> list[Column]:
    return [column(kind, name, variant, units.get(name, ""), said) for name in HEADINGS[kind] if name not in leave_out]


def _of(rows: Sequence[Record], towns: Sequence[tuple[str, str]]) -> list[Record]:
    codes = {code for code, _ in towns}
    return [row for row in rows if row.town in codes]


def _file(number: int, kind: str, rest: str) -> str:
    return f"{number}-{KIND_WORDS[kind]}-{rest}"


def _plots(rows: Sequence[Record], towns: list[tuple[str, str]]) -> list[Sheet]:
    mu, m2, ha = ({"surveyed_area": unit, "stated_area": unit} for unit in ("mu", "m2", "ha"))
    no_wkt = ("geometry",)
    dbf = [column("plots", name, 2 if name.endswith("_area") else 0) for name in HEADINGS["plots"] if name != "geometry"]
    sheets = [
        Sheet(
            "plots",
            _file(1, "plots", "百官曹娥梁湖.shp"),
            "",
            dbf,
            _of(rows, [towns[0], towns[1], towns[4]]),
            encoding="GBK",
            crs="EPSG:4528",
        ),
        Sheet(
            "plots",
            _file(1, "plots", "东关道墟长塘.gpkg"),
            "地块",
            _columns("plots", 1, m2, leave_out=no_wkt),
            _of(rows, [towns[2], towns[3], towns[7]]),
        ),
        Sheet(
            "plots", _file(1, "plots", "崧厦.geojson"), "", _columns("plots", 0, mu, leave_out=no_wkt), _of(rows, towns[6:7])
        ),
        Sheet(
            "plots",
            _file(1, "plots", "小越驿亭永和.gpkg"),
            "图斑",
            _columns("plots", 2, ha, leave_out=no_wkt),
            _of(rows, [towns[5], towns[14], towns[13]]),
            crs="EPSG:4549",
            dates="dot",
        ),
        Sheet("plots", _file(1, "plots", "谢塘盖北.csv"), "", _columns("plots", 3, mu), _of(rows, towns[15:17])),
    ]
    for number, town in enumerate([*towns[8:13], *towns[17:]]):
        style = ("titled", "grouped", "plain")[number % 3]
        sheets.append(
            Sheet(
                "plots",
                _file(1, "plots", "南片乡镇.xlsx"),
                town[1],
                _columns("plots", number, (mu, m2, ha)[number % 3]),
                _of(rows, [town]),
                style,
                ("cell", "iso", "cn")[number % 3],
            )
        )
    return sheets


def _parcels(rows: Sequence[Record], towns: list[tuple[str, str]]) -> list[Sheet]:
    first = {"stated_area": "m2", "price": "wan_yuan"}
    second = {"stated_area": "mu", "price": "yuan"}
    return [
        Sheet(
            "parcels", _file(2, "parcels", "不动产登记-街道.gpkg"), "宗地", _columns("parcels", 0, first), _of(rows, towns[:7])
        ),
        Sheet(
            "parcels",
            _file(2, "parcels", "不动产登记-乡镇.gpkg"),
            "ZD",
            _columns("parcels", 1, second),
            _of(rows, towns[7:]),
            crs="EPSG:4549",
        ),
    ]


def _links(rows: Sequence[Record]) -> list[Sheet]:
    return [Sheet("links", _file(3, "links", "地块宗地.xlsx"), "对应表", _columns("links", 0, {"area": "m2"}), rows, "titled")]


def _buildings(rows: Sequence[Record], towns: list[tuple[str, str]]) -> list[Sheet]:
    unit = {"floor_area": "m2"}
    return [
        Sheet(
            "buildings",
            _file(4, "buildings", "街道.gpkg"),
            "厂房",
            _columns("buildings", 0, unit),
            _of(rows, towns[:7]),
            crs="EPSG:4549",
        ),
        Sheet("buildings", _file(4, "buildings", "乡镇.geojson"), "", _columns("buildings", 1, unit), _of(rows, towns[7:])),
    ]


def _enterprises(rows: Sequence[Record], towns: list[tuple[str, str]]) -> list[Sheet]:
    book = [
        Sheet(
            "enterprises",
            _file(5, "enterprises", "街道名录.xlsx"),
            town[1],
            _columns("enterprises", number, {}),
            _of(rows, [town]),
            ("titled", "plain", "grouped")[number % 3],
            ("cell", "iso")[number % 2],
        )
        for number, town in enumerate(towns[:7])
    ]
    return [
        *book,
        Sheet(
            "enterprises",
            _file(5, "enterprises", "乡镇名录.csv"),
            "",
            _columns("enterprises", 1, {}),
            _of(rows, towns[7:]),
            encoding="GB18030",
            dates="dot",
        ),
    ]


def _occupancies(rows: Sequence[Record], towns: list[tuple[str, str]]) -> list[Sheet]:
    name = _file(6, "occupancies", "用地关系.xlsx")
    return [
        Sheet(
            "occupancies",
            name,
            "街道",
            _columns("occupancies", 0, {"area": "mu", "floor_area": "m2"}),
            _of(rows, towns[:7]),
            "titled",
            "cell",
        ),
        Sheet(
            "occupancies",
            name,
            "乡镇",
            _columns("occupancies", 1, {"area": "m2", "floor_area": "m2"}),
            _of(rows, towns[7:]),
            "plain",
            "iso",
        ),
    ]


def _accounts(rows: Sequence[Record]) -> list[Sheet]:
    power = [row for row in rows if row.cells["account_kind"] == "电"]
    rest = [row for row in rows if row.cells["account_kind"] != "电"]
    return [
        Sheet(
            "accounts",
            _file(7, "accounts", "供电公司.csv"),
            "",
            _columns("accounts", 1, {"share": "percent"}),
            power,
            encoding="GB18030",
        ),
        Sheet(
            "accounts",
            _file(7, "accounts", "水务环保税务.xlsx"),
            "户号",
            _columns("accounts", 0, {"share": "percent"}),
            rest,
            "titled",
            "cell",
        ),
    ]


def _facts(rows: Sequence[Record]) -> list[Sheet]:
    """One file per department; the tax office writes 元, the economy office 万元, the grid 万千瓦时."""
    units = {"employees": "person", "electricity_kwh": "wan_kwh", "water_t": "t", "energy_tce": "tce"}
    units |= {name: "t" for name in SOURCES if name.endswith("_t")} | dict.fromkeys(MONEY, "wan_yuan") | {"tax_paid": "yuan"}
    sheets = []
    for number, department in enumerate(dict.fromkeys(source for source, _ in SOURCES.values())):
        measures = [name for name, (source, _) in SOURCES.items() if source == department]
        other = [name for name in SOURCES if name not in measures]
        columns = _columns("facts", number, units, leave_out=other)
        suffix, style, encoding = (
            ("csv", "plain", "GB18030") if number % 3 == 2 else ("xlsx", ("titled", "plain")[number % 2], "")
        )
        sheets.append(
            Sheet(
                "facts",
                _file(8, "facts", f"{department}.{suffix}"),
                "数据" if suffix == "xlsx" else "",
                columns,
                [row for row in rows if row.cells["department"] == department],
                style,
                encoding=encoding,
            )
        )
    return sheets


def _deals(rows: Sequence[Record]) -> list[Sheet]:
    columns = _columns("deals", 0, {"area": "ha", "price": "wan_yuan"}, said=False)
    return [Sheet("deals", _file(9, "deals", "工业用地.xlsx"), "供地结果", columns, rows, "plain", "cn")]
