"""`tenglong check` as its user meets it: exit codes, sentences, JSON."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest
import shapely
from click.testing import CliRunner

from tenglong.cli.check import command

SHARED = Path(os.environ.get("TENGLONG_SHARED_DATA", Path(__file__).parents[4].parent / "shared" / "data"))


def check(*words: object):
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    """Three lots in the 3° zone 40: the second overlaps the first, the third is stated a tenth too small."""
    boxes = [shapely.box(40584000 + x, 3322000, 40584100 + x, 3322200) for x in (0, 90, 300)]
    rows = [{"OBJECTID": 1, "LOT": f"A{i}", "面积(亩)": area} for i, area in enumerate((30, 30, 27))]
    features = [{"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
                for row, shape in zip(rows, boxes, strict=True)]
    path = tmp_path / "lots.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_json_names_key_crs_unit_and_every_issue(parcels):
    result = check("parcels", parcels, "--crs", "EPSG:4528", "--stated-area", "面积(亩)", "--key", "LOT", "--json")
    out = orjson.loads(result.stdout)
    assert result.exit_code == 1
    assert (out["rows"], out["rejected"], out["accepted"]) == (3, 2, 1)
    assert out["counts"] == {"area-mismatch": 1, "overlap": 1}
    told = [(issue["rule"], issue["key"], issue.get("other", "")) for issue in out["issues"]]
    assert told == [("overlap", "A0", "A1"), ("area-mismatch", "A2", "")]
    described = out["inputs"][0]
    assert (described["key"], described["crs"], described["stated_unit"]) == ("LOT", "EPSG:4528", "mu")


def test_strict_turns_warnings_into_failure(parcels):
    assert check(parcels, "--crs", "4528", "--min-overlap", "5000", "--key", "LOT").exit_code == 0
    assert check(parcels, "--crs", "4528", "--min-overlap", "5000", "--stated-area", "面积(亩)", "--strict").exit_code == 1


@pytest.mark.parametrize(("words", "sentence"), [
    (["--stated-area", "SUPF"], "没有“SUPF”这一列，可用的列：OBJECTID、LOT、面积(亩)"),
    (["--key", "IDU"], "没有“IDU”这一列"),
    (["--layer", "x"], "没有图层“x”"),
    (["--crs", "EPSG:1"], "不认识坐标系"),
    (["--buildings", "nowhere.gpkg"], "找不到文件"),
])
def test_bad_use_is_told_in_chinese_with_exit_2(parcels, words, sentence):
    result = check("parcels", parcels, *words)
    assert result.exit_code == 2
    assert sentence in result.output


def test_missing_file_unknown_kind_and_damaged_file(tmp_path):
    assert check("parcels", tmp_path / "no.gpkg").exit_code == 2
    assert check("houses", tmp_path / "no.gpkg").exit_code == 2
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"SQLite format 3\0" + b"x" * 500)
    result = check(broken)
    assert result.exit_code == 1 and "broken.gpkg" in result.output


def test_real_cadastre_with_buildings():
    parcels, buildings = SHARED / "cadastre_fr_parcels.gpkg", SHARED / "cadastre_fr_buildings.gpkg"
    if not parcels.exists():
        pytest.skip("real cadastre is not here; set TENGLONG_SHARED_DATA")
    result = check("parcels", parcels, "--stated-area", "SUPF", "--area-tolerance", "0.05", "--buildings", buildings, "--json")
    out = orjson.loads(result.stdout)
    assert (result.exit_code, out["rows"], out["rejected"]) == (0, 900, 0)
    assert out["inputs"][0]["key"] == "IDU"
    mismatches = [issue for issue in out["issues"] if issue["rule"] == "area-mismatch"]
    assert mismatches
    assert all({"stated_m2", "geodesic_m2", "plane_m2"} <= set(issue["size"]) and issue["key"] for issue in mismatches)
    assert all(abs(float(i["size"]["geodesic_m2"]) / float(i["size"]["stated_m2"]) - 1) > 0.05 for i in mismatches)
    pairs = [(i["rule"], i["dataset"], i["row"], i["other_row"]) for i in out["issues"] if i.get("other_row")]
    assert len(pairs) == len(set(pairs)) and all(row < other for _, _, row, other in pairs)
