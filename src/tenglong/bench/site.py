"""`tenglong bench site`: a site of 554 mu on the demo county: neighbours, search, proven gap."""

from __future__ import annotations

import time

from tenglong.bench.result import Alternative, BenchOptions, BenchResult
from tenglong.demo.build import build_county
from tenglong.demo.county import PLOTS, County
from tenglong.demo.site_file import figures
from tenglong.demo.streams import DEFAULT_SEED
from tenglong.domain.geo.shapes import as_shapes
from tenglong.domain.geo.working import working
from tenglong.domain.renewal.adjacency import adjacency
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.site import Sites, search
from tenglong.domain.units import to_cm2, to_fen

LEAST_MU, ACROSS_ROAD_M, MIN_SHARED_M = 554, 30.0, 5.0
LIMIT, SEARCH_S, GAP, WANTED = 10.0, 8.0, 1e-4, 3


def run(options: BenchOptions) -> BenchResult:
    """The county is made outside the clock."""
    county = build_county(DEFAULT_SEED, options.size or PLOTS)
    what = f"{len(county.plots):,} 个地块里找 {LEAST_MU} 亩相连的地，{WANTED} 个方案"
    result = BenchResult("site", what, limits={"total": LIMIT})
    for number in range(options.runs):
        options.say(f"第 {number + 1}/{options.runs} 次")
        graph, sites = _once(county, result)
    _judge(graph, sites, result)
    _compare(county, graph, sites, result)
    return result


def _once(county: County, result: BenchResult) -> tuple[Graph, Sites]:
    shapes = as_shapes([plot.shape for plot in county.plots])
    start = time.perf_counter()
    graph = adjacency(working(shapes, "EPSG:4490").shapes, min_shared_m=MIN_SHARED_M, road_m=ACROSS_ROAD_M)
    between = time.perf_counter()
    cost, owners, months = figures(county)
    sites = search(graph, [plot.area_cm2 for plot in county.plots], [to_fen(one, "wan_yuan") for one in cost], owners, months,
                   min_cm2=to_cm2(LEAST_MU, "mu"), alternatives=WANTED, time_limit_s=SEARCH_S, gap=GAP)
    end = time.perf_counter()
    for step, seconds in (("neighbours", between - start), ("search", end - between), ("total", end - start)):
        result.seconds.setdefault(step, []).append(seconds)
    for rank, site in enumerate(sites.sites, 1):
        result.seconds.setdefault(f"site {rank}", []).append(site.seconds)
    return graph, sites


def _judge(graph: Graph, sites: Sites, result: BenchResult) -> None:
    result.facts["相邻"] = f"{len(graph.edges):,} 对"
    for rank, site in enumerate(sites.sites, 1):
        result.facts[f"方案 {rank}"] = f"{len(site.plots)} 块，已证明差距 {site.gap:.3%}"
        if not graph.is_connected(site.plots) or site.land_cm2 < to_cm2(LEAST_MU, "mu"):
            result.failures.append(f"方案 {rank} 不相连或不够大")
    if len(sites.sites) < WANTED:
        result.failures.append(f"只找到 {len(sites.sites)} 个方案")


def _compare(county: County, graph: Graph, sites: Sites, result: BenchResult) -> None:
    """What one does first: from every plot take the neighbour cheapest per mu until it is enough. No bound, and dearer."""
    land = [plot.area_cm2 for plot in county.plots]
    weight = sites.eligible.weight.tolist()
    start = time.perf_counter()
    prices = [price for seed in range(graph.n) if (price := _greedy(graph, land, weight, seed)) is not None]
    seconds = time.perf_counter() - start
    best = sites.sites[0].weight if sites.sites else 0
    if prices and best:
        note = f"逐块贪心比本程序贵 {min(prices) / best - 1:.1%}，且不知道差多少"
        result.alternatives.append(Alternative("从每块地贪心生长", result.medians()["search"], seconds, note))


def _greedy(graph: Graph, land: list[int], weight: list[int], seed: int) -> int | None:
    chosen, area, border = {seed}, land[seed], set(graph.of_plot(seed).tolist())
    while area < to_cm2(LEAST_MU, "mu"):
        if not border:
            return None
        best = min(border, key=lambda plot: (weight[plot] / land[plot], plot))
        chosen.add(best)
        area += land[best]
        border |= set(graph.of_plot(best).tolist())
        border -= chosen
    return sum(weight[plot] for plot in chosen)
