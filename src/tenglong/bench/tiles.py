"""`tenglong bench tiles`: 100,000 plots, tiles through the view as a scoped officer, no cache, live database."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from tenglong.bench.result import Alternative, BenchOptions, BenchResult

PLOTS, ZOOMS, DRAWN, SAMPLE = 100_000, range(11, 17), 200, 20
P50, P95 = 0.020, 0.080
#: wall clock over processor time above which others took the processor
BUSY = 1.2
COUNTY, TOWNS = "330604", 20
WEST, SOUTH = 120.60, 29.70
#: a plot is about 150 m × 150 m, as the 58,000 mu of 2,595 plots in the sources are on average
STEP_X, STEP_Y = 0.00156, 0.00136


def run(options: BenchOptions) -> BenchResult:
    """p50 and p95 per zoom over `DRAWN` tiles that hold something, drawn uniformly; which of them were aggregates."""
    count = options.size or PLOTS
    result = BenchResult("tiles", f"{count:,} 个地块的矢量瓦片，z11–z16 各 {DRAWN} 张，经页面入口，按经办人范围，不用缓存")
    for z in ZOOMS:
        result.limits |= {f"z{z} p50": P50, f"z{z} p95": P95}
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        _start(Path(folder))
        shapes = _plots(count, options.seed)
        options.say("建库")
        result.facts[f"写入 {count:,} 个地块用时（秒）"] = round(_fill(shapes), 1)
        result.facts["经办人范围"] = f"{COUNTY}001–{COUNTY}015 共 15 个镇街，约占全部地块的四分之三"
        browser = _officer()
        for z in ZOOMS:
            options.say(f"z{z}")
            _zoom(browser, shapes, z, options, result)
        _compare(shapes, result)
        _stop()
    return result


def _start(folder: Path) -> None:
    os.environ["TENGLONG_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.settings.base")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _stop() -> None:
    from django.db import connection

    connection.close()


def _plots(count: int, seed: int) -> Any:
    """Adjoining four- to eight-cornered plots on a jittered grid."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    grid = np.stack(np.meshgrid(np.arange(2 * side + 1), np.arange(2 * side + 1), indexing="ij"), axis=-1) / 2
    knots = grid + rng.uniform(-0.12, 0.12, grid.shape)
    knots = knots * [STEP_X, STEP_Y] + [WEST, SOUTH]
    i, j = (2 * part.ravel()[:count] for part in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    ring = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
    return shapely.polygons(np.stack([knots[i + a, j + b] for a, b in ring], axis=1))


def _fill(shapes: Any) -> float:
    """Through the survey's own bulk writer; seconds."""
    from django.db import connection, transaction

    from tenglong.apps.registry import bulk

    count = len(shapes)
    stripes = np.arange(count) * TOWNS // count
    rows = bulk.PreparedRows(
        ["new"] * count, [None] * count,
        {"name": [f"示范地块{n}" for n in range(count)], "survey_number": [str(n) for n in range(count)],
         "surveyed_cm2": [225_000_000 + n for n in range(count)], "land_use": ["1001"] * count,
         "status": ["in_use" if n % 7 else "idle_suspected" for n in range(count)], "control_line": ["in"] * count},
        [f"{COUNTY}{town + 1:03d}" for town in stripes.tolist()], None,
        list(shapely.to_wkb(shapes)), [tuple(box) for box in shapely.bounds(shapes).tolist()],
    )
    start = time.perf_counter()
    with transaction.atomic():
        bulk.apply("plots", rows, actor=None, on=date(2024, 1, 1), batch_id=None)
    seconds = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return seconds


def _officer() -> Any:
    """A signed-in browser of an officer whose department looks after 15 of the 20 towns."""
    from django.test import Client

    from tenglong.apps.accounts import service

    office = service.department_named("片区办", [f"{COUNTY}{n:03d}" for n in range(1, 16)])
    user, _password = service.create_user(
        service.SYSTEM, username="bench", name="测速", department=office, must_change=False
    )
    service.grant_role(service.SYSTEM, user, "town_officer", department=office, scope="department")
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
    return browser


def _tiles(shapes: Any, z: int) -> list[tuple[int, int]]:
    """Every tile that the box of an officer's plot touches."""
    from tenglong.store.cells import mercator

    box = shapely.bounds(shapes[: len(shapes) * 15 // TOWNS])
    found: set[tuple[int, int]] = set()
    for a, b in ((0, 1), (2, 1), (0, 3), (2, 3)):
        x, y = mercator(box[:, a], box[:, b])
        found.update(zip((x * 2**z).astype(int).tolist(), (y * 2**z).astype(int).tolist(), strict=True))
    return sorted(found)


def _zoom(browser: Any, shapes: Any, z: int, options: BenchOptions, result: BenchResult) -> None:
    every = _tiles(shapes, z)
    rng = np.random.default_rng(options.seed + z)
    drawn = rng.choice(len(every), DRAWN, replace=len(every) < DRAWN)
    browser.get(f"/tiles/plots/{z}/{every[0][0]}/{every[0][1]}.pbf")
    times, spent, kinds, sizes = [], [], Counter[str](), []
    for index in drawn:
        x, y = every[index]
        start, cpu = time.perf_counter(), time.process_time()
        response = browser.get(f"/tiles/plots/{z}/{x}/{y}.pbf")
        times.append(time.perf_counter() - start)
        spent.append(time.process_time() - cpu)
        if response.status_code != 200 or not response.content:
            result.failures.append(f"z{z}/{x}/{y}：状态 {response.status_code}，{len(response.content)} 字节")
        kinds[response.headers.get("X-Tenglong-Tile", "")] += 1
        sizes.append(len(response.content))
    result.seconds[f"z{z} p50"] = [float(np.percentile(times, 50))]
    result.seconds[f"z{z} p95"] = [float(np.percentile(times, 95))]
    named = {"plots": "逐块", "grid": "聚合（格网）"}
    busy = "（墙钟时间大得多，说明机器繁忙）" if np.median(times) > BUSY * np.median(spent) else ""
    result.facts[f"z{z}"] = (
        f"{len(every)} 张有内容，抽 {DRAWN} 张{'（可重复）' if len(every) < DRAWN else ''}："
        f"{'、'.join(f'{named.get(kind, kind)} {number}' for kind, number in kinds.items())}；"
        f"最大 {max(sizes) / 1024:.0f} KiB；处理器时间 p50 {np.percentile(spent, 50) * 1000:.1f}、"
        f"p95 {np.percentile(spent, 95) * 1000:.1f} 毫秒{busy}"
    )


def _compare(shapes: Any, result: BenchResult) -> None:
    """Encoding alone, of the same shapes and attributes, against mapbox-vector-tile."""
    try:
        import mapbox_vector_tile
    except ImportError:
        result.facts["对照"] = "未安装 mapbox-vector-tile，未作对照"
        return
    from tenglong.store.tiles import EXTENT, Layer, encode_layers, tile_box

    tree, z = shapely.STRtree(shapes), 14
    ours = theirs = 0.0
    for x, y in _tiles(shapes, z)[::max(1, len(_tiles(shapes, z)) // SAMPLE)][:SAMPLE]:
        box = tile_box(z, x, y)
        rows = tree.query(shapely.box(*box))
        held, numbers = shapes[rows], rows.tolist()
        wkbs = list(shapely.to_wkb(held))
        start = time.perf_counter()
        encode_layers(z, x, y, [Layer("plots", wkbs, {"n": numbers})])
        ours += time.perf_counter() - start
        start = time.perf_counter()
        held = shapely.clip_by_rect(shapely.from_wkb(wkbs), *box)
        mapbox_vector_tile.encode(
            {"name": "plots", "features": [{"geometry": shape, "properties": {"n": number}} for shape, number in
                                           zip(held, numbers, strict=True) if not shape.is_empty]},
            default_options={"quantize_bounds": box, "extents": EXTENT})
        theirs += time.perf_counter() - start
    result.alternatives.append(Alternative("mapbox-vector-tile", ours, theirs, f"z{z} {SAMPLE} 张，只比编码，它不作投影"))
