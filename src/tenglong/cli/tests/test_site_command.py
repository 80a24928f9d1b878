"""`tenglong site FILE` on files as people have them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from shapely import LineString, box

from tenglong.cli import _check_input, main
from tenglong.domain.renewal.adjacency import adjacency
from tenglong.domain.renewal.site.branching import MARGIN
from tenglong.files.export import write_gpkg

SHARED = Path(os.environ.get("TENGLONG_SHARED_DATA") or Path(__file__).resolve().parents[5] / "shared" / "data")
SIDE, STEP = 5, 200.0
EAST, NORTH = 500_000.0, 3_300_000.0


@pytest.fixture(scope="module", autouse=True)
def _each_file_is_parsed_once() -> Iterator[None]:
    """Parsing takes a child process each time; it is tried in tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_check_input, "read", cache(_check_input.read))
        yield


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 plots of 60 mu in a square, the third column behind a road of 40 m; the corner at the origin is cheapest."""
    path = tmp_path_factory.mktemp("site") / "地块.gpkg"
    cells = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    shift = [40.0 if column >= 3 else 0.0 for _, column in cells]
    shapes = [box(EAST + column * STEP + gap, NORTH + row * STEP, EAST + (column + 1) * STEP + gap, NORTH + (row + 1) * STEP)
              for (row, column), gap in zip(cells, shift, strict=True)]
    write_gpkg(path, "plots", {
        "地块编号": [f"P{row}{column}" for row, column in cells],
        "片区": ["东区" if column >= 3 else "西区" for _, column in cells],
        "控制线": ["线外" if row == 4 else "线内" for row, _ in cells],
        "成本（万元）": [1_000 + 100 * row + 10 * column for row, column in cells],
        "户数": [1 + (row + column) % 3 for row, column in cells],
        "腾退月数": [6 + 6 * row for row, _ in cells],
        "同意率（%）": [90] * len(cells),
        "备注": [None] * len(cells),
    }, shapes, "EPSG:4549")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["site", "--time-limit", "1.5", *map(str, words)])


def told(*words: object) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_the_cheapest_corner_is_found_and_proven(county: Path) -> None:
    report = told(county, "--min-mu", 235, "--alternatives", 1)
    (site,) = report["sites"]
    assert site["plots"] == ["P00", "P01", "P02", "P10"]
    assert (site["cost_fen"], site["owners"], site["months"], site["connected"]) == ("4130000000", 1 + 2 + 3 + 2, 12, True)
    assert site["gap"] <= MARGIN and 0 <= int(site["weight"]) - int(site["bound"]) <= int(site["weight"]) * MARGIN + 2  # fen
    assert site["risk"]["chance"] == pytest.approx(0.9**4, abs=1e-4)
    assert site["risk"]["joints"] == ["P00", "P01"]
    assert 0.3 < site["compactness"] < 0.79
    assert report["inputs"][0]["headings"] == {
        "cost": "成本（万元）", "owners": "户数", "months": "腾退月数", "chance": "同意率（%）"}


def test_alternatives_are_ranked_and_share_less_than_they_may(county: Path) -> None:
    sites = told(county, "--min-mu", 235, "--alternatives", 3, "--differ", 0.5)["sites"]
    assert [int(site["cost_fen"]) for site in sites] == sorted(int(site["cost_fen"]) for site in sites)
    for late, site in enumerate(sites):
        for early in sites[:late]:
            assert len(set(site["plots"]) & set(early["plots"])) <= 2


def test_zone_line_months_and_road_bind(county: Path, tmp_path: Path) -> None:
    road = tmp_path / "路.gpkg"
    write_gpkg(road, "roads", {"名称": ["北路"]}, [LineString([(EAST, NORTH + 1_010), (EAST + 1_100, NORTH + 1_010)])],
               "EPSG:4549", geometry_type="LineString")
    east = ("--zones", "东区", "--inside-control-line")
    sites = told(county, "--min-mu", 110, *east, "--months", 18, "--alternatives", 1)["sites"]
    assert sites[0]["plots"] == ["P03", "P04"]
    near = told(county, "--min-mu", 110, "--roads", road, "--road-m", 50, "--alternatives", 1)["sites"]
    assert any(plot.startswith("P4") for plot in near[0]["plots"])
    refused = run(county, "--min-mu", 500, *east, "--months", 6)
    assert refused.exit_code == 1
    assert "最多只有" in refused.output
    assert "6 个月内腾不出 6 块" in refused.output


def test_a_wide_road_parts_the_land_unless_it_may_be_crossed(county: Path) -> None:
    assert run(county, "--min-mu", 1_000).exit_code == 1
    assert len(told(county, "--min-mu", 1_000, "--across-road", 45)["sites"][0]["plots"]) == 17


def test_phases_are_each_large_enough_and_connected(county: Path) -> None:
    (site,) = told(county, "--phases", "118,59,59", "--alternatives", 1)["sites"]
    assert all(round(float(phase["land_mu"])) >= least for phase, least in zip(site["phases"], (118, 59, 59), strict=True))
    assert sorted(plot for phase in site["phases"] for plot in phase["plots"]) == site["plots"]


def test_the_site_is_written_as_a_layer(county: Path, tmp_path: Path) -> None:
    out = tmp_path / "方案.gpkg"
    result = run(county, "--min-mu", 235, "--out", out, "--alternatives", 2)
    assert result.exit_code == 0
    assert "已证明最优，差距 0.00%" in result.output
    again = told(out, "--min-mu", 100, "--alternatives", 1)
    assert again["rows"] == 8


def test_a_csv_with_wkt_does_and_missing_columns_print_a_dash(tmp_path: Path) -> None:
    path = tmp_path / "地块.csv"
    rows = [f'A{n},"{box(EAST + n * 100, NORTH, EAST + n * 100 + 100, NORTH + 100).wkt}"' for n in range(4)]
    path.write_text("地块编号,WKT\n" + "\n".join([*rows, "A9,"]), encoding="utf-8")
    result = run(path, "--min-mu", 29, "--crs", "EPSG:4549", "--alternatives", 1)
    assert result.exit_code == 0, result.output
    assert "成本 —，户数 —，腾退 —" in result.output
    assert "第 6 行" in result.output
    assert "没有可用的面状图形" in result.output


@pytest.mark.parametrize(("words", "said"), [
    ([], "--min-mu"), (["--min-mu", "0"], "大于 0"), (["--min-mu", "五百"], "大于 0"),
    (["--min-mu", "60", "--zones", "南区"], "东区"),
    (["--min-mu", "60", "--cost", "造价"], "没有“造价”这一列"), (["--min-mu", "60", "--road-m", "50"], "--roads"),
    (["--min-mu", "60", "--out", "a.shp"], ".gpkg"), (["--min-mu", "60", "--zones", "东区", "--zone-column", "园"], "没有“园”"),
    (["--min-mu", "60", "--phases", "30,x"], "大于 0"),
])
def test_bad_use_exits_2_and_says_what_there_is(county: Path, words: list[str], said: str) -> None:
    result = run(county, *words)
    assert (result.exit_code, said in result.output) == (2, True)


def test_files_that_cannot_serve_exit_1_with_a_sentence(tmp_path: Path) -> None:
    degrees = tmp_path / "度.csv"
    degrees.write_text('地块编号,WKT\nA1,"POLYGON((120 30, 120.01 30, 120.01 30.01, 120 30))"\n', encoding="utf-8")
    flat = tmp_path / "无图形.csv"
    flat.write_text("地块编号,面积\nA1,5\n", encoding="utf-8")
    assert run(tmp_path / "没有.gpkg", "--min-mu", 5).exit_code == 2
    answer = run(flat, "--min-mu", 5)
    assert (answer.exit_code, "没有图形" in answer.output) == (1, True)
    assert run(degrees, "--min-mu", 5, "--crs", "EPSG:4490").exit_code == 0


def test_a_bad_figure_is_an_issue_and_the_plot_stays_out(tmp_path: Path) -> None:
    path = tmp_path / "地块.gpkg"
    shapes = [box(EAST + n * 100, NORTH, EAST + n * 100 + 100, NORTH + 100) for n in range(3)]
    write_gpkg(path, "plots", {"地块编号": ["A", "B", "C"], "成本（万元）": ["约5", "7", "-3"]}, shapes, "EPSG:4549")
    report = told(path, "--min-mu", 10, "--alternatives", 2)
    assert report["counts"]["bad-number"] == 2
    assert report["eligible"]["left_out"] == {"没有成本": 2}
    assert [site["plots"] for site in report["sites"]] == [["B"]]


@pytest.mark.skipif(not (SHARED / "cadastre_fr_parcels.gpkg").exists(), reason="the shared real parcels are not here")
def test_real_parcels_give_sites_that_are_connected_in_fact() -> None:
    path = SHARED / "cadastre_fr_parcels.gpkg"
    report = told(path, "--min-mu", 15, "--across-road", 0, "--alternatives", 1)
    (site,) = report["sites"]
    assert float(site["land_mu"]) >= 15
    assert (site["cost_fen"], site["owners"], site["months"], site["risk"]["chance"]) == (None, None, None, None)
    assert site["connected"]
    import pyogrio

    meta, _, wkb, columns = pyogrio.raw.read(path)
    keys = [str(one) for one in columns[list(meta["fields"]).index(report["inputs"][0]["key"])]]
    shapes = shapely.from_wkb(wkb)[[keys.index(plot) for plot in site["plots"]]]
    assert adjacency(shapes, min_shared_m=5, road_m=0).is_connected(range(len(shapes)))
    assert shapely.union_all(shapely.buffer(shapes, 0.06)).geom_type == "Polygon"
    assert np.isclose(shapely.area(shapes).sum() / (2_000 / 3), float(site["land_mu"]), rtol=0.01)
