"""`tenglong county`: from a list and a file of outlines to divisions, zones, department and profile; twice the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from pyproj import Transformer

from tenglong.apps.accounts.models import Department
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.policy import service as policies
from tenglong.apps.policy.models import PolicyVersion
from tenglong.apps.registry import county as door
from tenglong.apps.registry import foundation
from tenglong.apps.registry.models import Division, Zone
from tenglong.cli.county import command
from tenglong.store.models import Shape

pytestmark = pytest.mark.django_db
WEST, EAST = shapely.box(120.80, 30.00, 120.85, 30.05), shapely.box(120.85, 30.00, 120.90, 30.05)


def write(path: Path, rows: list[tuple[dict[str, Any], Any]], crs: str = "") -> Path:
    features = [{"type": "Feature", "properties": said, "geometry": shapely.geometry.mapping(shape)} for said, shape in rows]
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        whole["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def outlines(tmp_path: Path) -> Path:
    rows = [({"XZQDM": "330604001000", "XZQMC": "百官街道"}, WEST), ({"XZQDM": "330604002", "XZQMC": "曹娥街道"}, EAST),
            ({"XZQDM": "330602001", "XZQMC": "塔山街道"}, shapely.box(120.5, 30, 120.6, 30.1))]
    return write(tmp_path / "镇街.geojson", rows)


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def state() -> Any:
    rows = list(Division.objects.order_by("code").values_list("code", "name", "shape_id", "valid_from"))
    return (rows, Shape.objects.count(), Zone.objects.count(),
            Department.objects.count(), PolicyVersion.objects.count(), AuditEntry.objects.count())


def test_the_list_gives_the_towns_and_a_second_run_changes_nothing(outlines: Path) -> None:
    first = run("init", "330604", "--outlines", str(outlines), "--code-field", "XZQDM")
    assert first.exit_code == 0, first.output
    before = state()
    assert Division.objects.filter(level="town").count() == 20 and Division.objects.filter(shape_id__isnull=False).count() == 2
    assert "不是 330604 的镇街" in first.output and "没有界线的镇街：东关街道" in first.output
    assert list(Department.objects.values_list("name", "divisions")) == [("上虞区人民政府", ["330604"])]
    assert AuditEntry.objects.filter(action="county.init").count() == 1
    second = run("init", "330604", "--outlines", str(outlines))
    assert second.exit_code == 0 and "新增 0、更正 0、未变 23，写入界线 0" in second.output
    assert state() == before


def test_outlines_come_later_and_are_replaced_by_better_ones(outlines: Path, tmp_path: Path) -> None:
    assert "没有界线" in run("init", "330604").output
    run("init", "330604", "--outlines", str(outlines))
    wider = write(tmp_path / "新.geojson", [({"名称": "百官街道"}, shapely.box(120.79, 30.0, 120.85, 30.05))])
    result = run("init", "330604", "--outlines", str(wider), "--name-field", "名称")
    assert "更正 1" in result.output and "写入界线 1" in result.output
    assert Shape.objects.count() == 2 and door.facts().outlines["330604001"].bounds == (120.79, 30.0, 120.85, 30.05)


def test_plane_coordinates_are_brought_to_degrees_with_a_reason(tmp_path: Path) -> None:
    to_plane = Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True)
    plane = shapely.transform(WEST, lambda xy: np.column_stack(to_plane.transform(xy[:, 0], xy[:, 1])))
    path = tmp_path / "表.csv"
    path.write_text("代码,名称\n330604001,百官街道\n", encoding="utf-8")
    refused = run("init", "330604", "--outlines", str(path))
    assert refused.exit_code == 1 and "没有图形" in refused.output
    drawn = write(tmp_path / "平面.geojson", [({"代码": "330604001"}, plane)], "4549")
    done = run("init", "330604", "--outlines", str(drawn))
    assert done.exit_code == 0 and "文件自带" in done.output
    assert shapely.equals_exact(shapely.normalize(door.facts().outlines["330604001"]), shapely.normalize(WEST), 1e-8)


def test_a_county_without_listed_towns_takes_them_from_the_outlines_and_drafts_a_profile(tmp_path: Path, cast: Any) -> None:
    bare = run("init", "110101")
    assert bare.exit_code == 1 and "没有 110101 的镇街" in bare.output and "--outlines" in bare.output
    assert not Division.objects.exists()
    here = shapely.box(116.40, 39.90, 116.44, 39.94)
    path = write(tmp_path / "东城.geojson", [({"dm": "110101001", "mc": "东华门街道"}, here)])
    done = run("init", "110101", "--outlines", str(path), "--as", cast.analyst.username)
    assert done.exit_code == 0 and "待另一位" in done.output, done.output
    assert Division.objects.get(level="town").name == "东华门街道"
    draft = PolicyVersion.objects.get(kind="county")
    assert (draft.state, draft.author) == ("submitted", cast.analyst)
    assert door.facts().name == "东城区" and door.facts().central_meridian is None
    policies.approve(cast.leader, draft)
    assert door.facts().central_meridian == 117 and door.facts().names == ("东城",)


def test_zones_enter_with_their_parents_and_faults_are_named(outlines: Path, tmp_path: Path) -> None:
    head = "code,name,kind,town,parent\n"
    good, bad = tmp_path / "片区.csv", tmp_path / "错.csv"
    good.write_text(head + "Z2,小区块,quarter,百官街道,Z1\nZ1,产业园,town_park,330604001,\n", encoding="utf-8")
    bad.write_text(head + "Z3,外地园,town_park,塔山街道,\n", encoding="utf-8")
    assert "第 2 行" in run("init", "330604", "--zones", str(bad)).output and not Zone.objects.exists()
    for _ in range(2):
        assert run("init", "330604", "--zones", str(good)).exit_code == 0
    assert list(Zone.objects.order_by("code").values_list("code", "division_code", "parent__code")) == [
        ("Z1", "330604001", None), ("Z2", "330604001", "Z1")]


def test_invented_outlines_give_way_to_real_ones_and_never_the_other_way() -> None:
    row = foundation.DivisionRow("330604001", "百官街道", "town", door.LIST_SINCE, "330604", "statistical")
    invented = foundation.DivisionRow(**{**vars(row), "outline": EAST, "invented": True})
    real = foundation.DivisionRow(**{**vars(row), "outline": WEST})
    told = [foundation.put_divisions([one]).outlines for one in (row, invented, real, invented)]
    assert told == [0, 1, 1, 0]
    held = Division.objects.get()
    assert held.invented is False and Shape.objects.count() == 1


@pytest.mark.parametrize("words,said", [
    (("init", "999999"), "不是区划表里的县级代码"), (("init", "330600"), "不是区划表里的县级代码"),
    (("init", "330604", "--as", "nobody"), "没有名为“nobody”的账号"),
])
def test_bad_use_is_told_and_writes_nothing(words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2 and said in result.output
    assert not Division.objects.exists()


def test_show_tells_what_is_there(outlines: Path) -> None:
    assert "county init" in run("show").output
    run("init", "330604", "--outlines", str(outlines))
    found = json.loads(run("show", "--json").output)
    assert (found["code"], found["name"], found["central_meridian"]) == ("330604", "上虞区", 120)
    assert [town["code"] for town in found["towns"] if town["outline"]] == ["330604001", "330604002"]
    assert "有界线 2 个" in run("show").output
