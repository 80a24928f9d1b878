"""Damage across rows and files: duplicates, the same firm twice, missing counterparts."""

from __future__ import annotations

from tenglong.demo.identity import credit_code
from tenglong.demo.raw.finished import Grid
from tenglong.demo.raw.seeding import Bench, NoRow, Spot, defect


@defect("代码重复", "两行用了同一个代码", "摸排编号", "宗地代码", "建筑编号", "合同编号", "信用代码")
def duplicate_code(bench: Bench, variant: str) -> None:
    kind, field = {
        "摸排编号": ("plots", "survey_number"),
        "宗地代码": ("parcels", "parcel_code"),
        "建筑编号": ("buildings", "building_code"),
        "合同编号": ("deals", "contract_number"),
        "信用代码": ("enterprises", "uscc"),
    }[variant]
    grid, index = bench.pick(kind, field)
    town = grid.get(index, "town")
    other = bench.pick(kind, field, grids=lambda g: g is grid, where=lambda g, i: i != index and g.get(i, "town") == town)
    knock = bench._mentioning(other, [field])
    bench.cell((grid, index), field, other[0].get(other[1], field), [other])
    bench.spots[-1][2].extend(knock)


@defect("同一企业两次", "同一企业以不同写法出现两次", "有限责任公司", "名称加空格", "全角括号简称", "省略地名")
def same_firm(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("enterprises", "uscc", "name", where=lambda g, i: _long_name(str(g.get(i, "name")), variant))
    name = str(grid.get(index, "name"))
    twin = {
        "有限责任公司": name.replace("有限公司", "有限责任公司"),
        "名称加空格": name[:4] + " " + name[4:-4] + "　" + name[-4:],
        "全角括号简称": name.replace("绍兴上虞", "（绍兴）上虞"),
        "省略地名": name.removeprefix("绍兴市上虞区"),
    }[variant]
    bench.take((grid, index))
    copy = grid.copy(index)
    grid.set(copy, "uscc", None)
    grid.set(copy, "name", twin)
    bench.note((grid, copy), "name", name, twin, [(grid, index)], [])


def _long_name(name: str, variant: str) -> bool:
    start = {"全角括号简称": "绍兴上虞", "省略地名": "绍兴市上虞区"}.get(variant, "")
    return name.startswith(start) and name.endswith("有限公司") and "股份" not in name


@defect("企业无地块", "企业没有对应的用地关系", "名录多出一户（表格）", "名录多出一户（文本）", "用地关系漏登")
def firm_without_plot(bench: Bench, variant: str) -> None:
    if variant == "用地关系漏登":
        _drop_tenant(bench)
        return
    suffix = ".xlsx" if "表格" in variant else ".csv"
    grid, index = bench.pick("enterprises", "uscc", "name", grids=lambda grid: grid.path.suffix == suffix)
    copy = grid.copy(index)
    brand = "".join(bench.rng.choice(list("蔚皓翊骐璟珩"), 3).tolist())
    grid.set(copy, "uscc", credit_code("330604", f"MA2Y{bench.rng.integers(0, 10_000):04d}"))
    grid.set(copy, "name", f"绍兴{brand}电气有限公司")
    if "former_name" in grid.columns:
        grid.set(copy, "former_name", None)
    bench.note((grid, copy), "uscc", "", grid.get(copy, "uscc"), [], [])
    bench.rows.add((id(grid), copy))


def _drop_tenant(bench: Bench) -> None:
    """Delete the only occupancy of a tenant."""
    grid, index = bench.pick(
        "occupancies",
        "uscc",
        "role",
        where=lambda g, i: (
            g.get(i, "role") in ("承租", "转租承租") and _only(bench, g, i) and not _landlord(bench, str(g.get(i, "uscc")))
        ),
    )
    firm = _firm_row(bench, str(grid.get(index, "uscc")))
    bench.take(firm)
    bench.note(firm, "uscc", firm[0].get(firm[1], "uscc"), "（用地关系行已删）", [], [])
    bench.dropped.append((grid, index))
    bench.rows.add((id(grid), index))


def _only(bench: Bench, grid: Grid, index: int) -> bool:
    return len(_occupancies(bench, ("firm", str(grid.get(index, "uscc"))), own=True)) == 1


def _landlord(bench: Bench, uscc: str) -> bool:
    return any(grid.get(index, "landlord_uscc") == uscc for grid, index in _occupancies(bench, ("firm", uscc)))


def _occupancies(bench: Bench, entity: tuple[str, str], own: bool = False) -> list[Spot]:
    return [
        (grid, index)
        for grid, index in bench.mentions.get(entity, [])
        if grid.kind == "occupancies" and (not own or grid.get(index, "uscc") == entity[1])
    ]


def _firm_row(bench: Bench, uscc: str) -> Spot:
    return next(spot for spot in bench.mentions["firm", uscc] if spot[0].kind == "enterprises")


@defect("地块无企业", "地块没有对应的企业", "用地关系漏登（图形文件）", "用地关系漏登（表格）", "用地关系漏登（任一）")
def plot_without_firm(bench: Bench, variant: str) -> None:
    suffixes = {"用地关系漏登（图形文件）": (".shp", ".gpkg", ".geojson"), "用地关系漏登（表格）": (".xlsx", ".csv")}.get(
        variant
    )
    plot = bench.pick(
        "plots",
        "survey_number",
        grids=lambda g: suffixes is None or g.path.suffix in suffixes,
        where=lambda g, i: _deserted(bench, str(g.get(i, "survey_number"))),
    )
    number = str(plot[0].get(plot[1], "survey_number"))
    rows = _occupancies(bench, ("plot", number))
    firms = {str(grid.get(index, "uscc")) for grid, index in rows}
    bench.take(plot)
    bench.note(plot, "survey_number", number, "（用地关系行已删）", [], [])
    for uscc in firms:
        firm = _firm_row(bench, uscc)
        if len(_occupancies(bench, ("firm", uscc), own=True)) == sum(g.get(i, "uscc") == uscc for g, i in rows):
            bench.note(firm, "uscc", uscc, "（用地关系行已删）", [], [], "企业没有对应的用地关系", "企业无地块")
        bench.take(firm)
    for grid, index in rows:
        bench.dropped.append((grid, index))
        bench.rows.add((id(grid), index))


def _deserted(bench: Bench, number: str) -> bool:
    """All rows of the yard are free to go, and no one outside rents from its firms."""
    rows = _occupancies(bench, ("plot", number))
    firms = {str(grid.get(index, "uscc")) for grid, index in rows}
    outside = [spot for uscc in firms for spot in _occupancies(bench, ("firm", uscc)) if spot not in rows]
    return len(rows) in (1, 2) and all(bench.free(*spot) for spot in rows) and not outside


__all__ = ["NoRow", "duplicate_code", "firm_without_plot", "plot_without_firm", "same_firm"]
