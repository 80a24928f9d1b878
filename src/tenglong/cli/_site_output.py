"""How `tenglong site` tells its sites: text, JSON, GeoPackage."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from tenglong.cli._site_input import DATASET, Plots
from tenglong.domain.quality.issue import Issue, Report, Severity
from tenglong.domain.quality.pairs import overlapping
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.site import Aim, Site, Sites
from tenglong.domain.renewal.site.describe import Looks, looks, together
from tenglong.domain.units import from_cm2, from_fen
from tenglong.files.export import write_gpkg

AIMS = {Aim.COST: "成本最低", Aim.OWNERS: "户数最少", Aim.LAND: "用地最省"}
NONE = "—"
PROVEN, OVERLAP_M2, SHOWN = 2e-6, 1.0, 40


@dataclass
class Told:
    """A search with everything that is said of it."""

    plots: Plots
    graph: Graph
    sites: Sites
    options: dict[str, Any]
    looks: list[Looks] = field(default_factory=list)

    def __post_init__(self) -> None:
        road = self.options["across_road_m"]
        self.looks = [looks(self.plots.shapes, self.graph, site.plots, road_m=road) for site in self.sites.sites]
        self._tell_overlaps()

    def _tell_overlaps(self) -> None:
        """Land counted twice: two plots of one site that lie on each other."""
        for rank, site in enumerate(self.sites.sites, 1):
            for first, second, area in overlapping(self.plots.shapes[site.plots], OVERLAP_M2):
                one, other = int(site.plots[first]), int(site.plots[second])
                self.plots.issues.append(Issue(
                    DATASET, self.plots.row(one), self.plots.keys[one], "geometry", "overlap", "", Severity.WARNING,
                    f"方案 {rank} 中与“{self.plots.keys[other]}”重叠 {area:.0f} 平方米，面积算了两遍", "请先理清两块地的边界",
                    other=self.plots.keys[other], other_row=self.plots.row(other)))

    def report(self) -> Report:
        report = Report(len(self.plots.loaded.batch), dataset=DATASET)
        report.add(self.plots.issues)
        report.extra = {"dataset": DATASET, "inputs": [self.plots.loaded.described() | {"headings": self.plots.headings}],
                        "options": {name: _option(name, value) for name, value in self.options.items()}, **self.result()}
        return report

    def result(self) -> dict[str, Any]:
        asked = self.sites.eligible
        land = _mu_text(self._land(asked.plots))
        return {
            "eligible": {"plots": len(asked.plots), "land_mu": land, "left_out": asked.left_out},
            "neighbours": {"pairs": len(self.graph.edges), "by_shared_edge": int((self.graph.lengths > 0).sum())},
            "aim": str(asked.aim), "seconds": round(self.sites.seconds, 3),
            "sites": [self._site(rank) for rank in range(len(self.sites.sites))],
            "unmet": None if self.sites.unmet is None else {
                "why": self.sites.unmet.why, "message": unmet_text(self), "largest_mu": _mu_text(self.sites.unmet.largest_cm2),
                "largest": [self.plots.keys[plot] for plot in self.sites.unmet.largest.tolist()]},
        }

    def _site(self, rank: int) -> dict[str, Any]:
        site, shape, keys = self.sites.sites[rank], self.looks[rank], self.plots.keys
        phases = [{"plots": [keys[plot] for plot in part.tolist()], "land_mu": _mu_text(self._land(part))}
                  for part in site.phases]
        return {
            "rank": rank + 1, "plots": [keys[plot] for plot in site.plots.tolist()], "land_cm2": str(site.land_cm2),
            "land_mu": _mu_text(site.land_cm2), "cost_fen": _text(site.cost), "owners": site.owners, "months": site.months,
            "phases": phases,
            "span_m": round(shape.span_m, 1), "compactness": round(shape.compactness, 4), "filled": round(shape.filled, 4),
            "risk": {"joints": [keys[plot] for plot in shape.joints], "chance": self.chance(site)},
            "connected": self.graph.is_connected(site.plots),
            "weight": self._aimed(site.weight), "bound": self._aimed(int(np.floor(site.bound))),
            "gap": round(site.gap, 6), "seconds": round(site.seconds, 3),
        }

    def _aimed(self, value: int) -> str | int:
        """What is made least: 分 or cm² as text, holders as a number."""
        return value if self.sites.eligible.aim is Aim.OWNERS else str(value)

    def _land(self, plots: Any) -> int:
        return int(self.sites.eligible.land[plots].sum())

    def chance(self, site: Site) -> float | None:
        """That all of the site agree; None where a plot's chance is not known."""
        if self.plots.chance is None:
            return None
        known = [self.plots.chance[plot] for plot in site.plots.tolist()]
        return None if any(one is None for one in known) else round(together(np.array(known, dtype=float)), 4)


def unmet_text(told: Told) -> str:
    """Why there is no site, where the limit lies, and what to change."""
    unmet, wish = told.sites.unmet, told.sites.wish
    if unmet is None:
        return ""
    least, largest = f"{_mu(wish.least)} 亩", f"{_mu(unmet.largest_cm2)} 亩（{len(unmet.largest)} 块）"
    return {
        "nothing": f"没有一块地符合条件：{left_out_text(told)}",
        "land": f"凑不成相连的 {least}：符合条件而相连的地最多只有 {largest}。可放宽范围、期限，或调大 --across-road",
        "gate": f"相连够 {least} 的地都不靠近道路；其中最大的一片有 {largest}。可调大 --road-m",
        "none": f"已证明：没有一处能同时满足用地 {least}、分期和其他条件；相连的地最多有 {largest}",
        "time": f"时限内没有找到相连的 {least}；相连的地最多有 {largest}。可调大 --time-limit",
    }[unmet.why]


def left_out_text(told: Told) -> str:
    return "，".join(f"{reason} {count} 块" for reason, count in told.sites.eligible.left_out.items()) or "没有地块"


def print_text(told: Told) -> None:
    asked, options = told.sites.eligible, told.options
    out = f"；未参加：{left_out_text(told)}" if asked.left_out else ""
    click.echo(f"参加选址 {len(asked.plots)} 块 {_mu(int(asked.land[asked.plots].sum()))} 亩{out}")
    click.echo(f"相邻：共边，或隔着窄于 {options['across_road_m']:g} 米的路相对，不短于 {options['min_shared_m']:g} 米；"
               f"共 {len(told.graph.edges)} 对，其中共边 {int((told.graph.lengths > 0).sum())} 对")
    for issue in told.plots.issues[:SHOWN]:
        click.echo(f"  [{issue.severity}] 第 {issue.row} 行 {issue.key}：{issue.message} → {issue.fix}")
    if len(told.plots.issues) > SHOWN:
        click.echo(f"  … 其余 {len(told.plots.issues) - SHOWN} 处见 --json")
    for rank in range(len(told.sites.sites)):
        _print_site(told, rank)
    if told.sites.unmet is not None:
        click.echo(unmet_text(told))
    click.echo(f"用时 {told.sites.seconds:.1f} 秒")


def _print_site(told: Told, rank: int) -> None:
    site, shape = told.sites.sites[rank], told.looks[rank]
    cost = f"{from_fen(site.cost, 'wan_yuan', 2)} 万元" if site.cost is not None else NONE
    chance = told.chance(site)
    click.echo(f"\n方案 {rank + 1}：{len(site.plots)} 块 {_mu(site.land_cm2)} 亩，成本 {cost}，户数 {_or_none(site.owners)}，"
               f"腾退 {_or_none(site.months, ' 个月')}")
    click.echo(f"  形状：紧凑度 {shape.compactness:.2f}，占外包凸形 {shape.filled:.0%}，地块中心最远相距 {shape.span_m:.0f} 米")
    click.echo(f"  风险：缺一即断开的地块 {len(shape.joints)} 块，全部同意的可能 {NONE if chance is None else f'{chance:.1%}'}")
    click.echo(f"  {_proof(told, site, rank)}")
    for number, phase in enumerate(site.phases, 1):
        click.echo(f"  第 {number} 期 {len(phase)} 块 {_mu(told._land(phase))} 亩：{_names(told, phase)}")
    if not site.phases:
        click.echo(f"  地块：{_names(told, site.plots)}")


def _proof(told: Told, site: Site, rank: int) -> str:
    what = AIMS[told.sites.eligible.aim]
    others = "" if rank == 0 else "（与前面各方案差异足够的方案中）"
    if site.gap <= PROVEN:
        return f"{what}{others}：已证明最优，差距 0.00%"
    return f"{what}{others}：与下界差距 {site.gap:.3%}，任何同类方案都不低于下界{_bound(told, site)}"


def _bound(told: Told, site: Site) -> str:
    floor = int(np.floor(site.bound))
    match told.sites.eligible.aim:
        case Aim.COST:
            return f" {from_fen(floor, 'wan_yuan', 2)} 万元"
        case Aim.LAND:
            return f" {_mu(floor)} 亩"
        case _:
            return ""


def _names(told: Told, plots: Any) -> str:
    keys = [told.plots.keys[plot] for plot in plots.tolist()]
    return "、".join(keys[:SHOWN]) + (f" 等 {len(keys)} 块" if len(keys) > SHOWN else "")


def _or_none(value: int | None, unit: str = "") -> str:
    return NONE if value is None else f"{value}{unit}"


def _option(name: str, value: Any) -> Any:
    """Areas that were asked for, in cm², as text."""
    if name == "phases":
        return [str(area) for area in value]
    return str(value) if name.endswith("_cm2") else value


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _mu_text(cm2: int) -> str:
    return str(from_cm2(cm2, "mu", 2))


def _mu(cm2: int) -> float:
    return float(from_cm2(cm2, "mu", 2))


def write(told: Told, path: Path) -> int:
    """Layers `sites` (one outline each) and `plots` (each plot of each site); returns the number of sites."""
    crs, sites = told.plots.loaded.batch.crs, told.sites.sites
    rows = [(rank, site, plot) for rank, site in enumerate(sites, 1) for plot in site.plots.tolist()]
    drawn = told.plots.lonlat()
    phase = {(rank, plot): number for rank, site in enumerate(sites, 1) for number, part in enumerate(site.phases, 1)
             for plot in part.tolist()}
    write_gpkg(path, "plots", {
        "方案": [rank for rank, _, _ in rows], "期": [phase.get((rank, plot)) for rank, _, plot in rows],
        "地块": [told.plots.keys[plot] for _, _, plot in rows],
        "面积（亩）": [_mu(int(told.sites.eligible.land[plot])) for _, _, plot in rows],
        "成本（元）": [None if told.plots.cost is None or told.plots.cost[plot] is None else told.plots.cost[plot] / 100
                   for _, _, plot in rows],
        "户数": [None if told.plots.owners is None else told.plots.owners[plot] for _, _, plot in rows],
    }, [drawn[plot] for _, _, plot in rows], crs)
    return len(sites)
