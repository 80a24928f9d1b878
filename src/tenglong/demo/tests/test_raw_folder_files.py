"""The raw folder: what each office sends, opened again as finished files."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from tenglong.cli.demo import command
from tenglong.demo.build import build_county
from tenglong.demo.raw.finished import Folder
from tenglong.demo.raw.folder import FolderNotEmpty, write_clean, write_raw
from tenglong.demo.raw.headings import HEADINGS, KIND_WORDS, column, kind_of_file, read_heading
from tenglong.demo.raw.score import Said, compare
from tenglong.demo.raw.seeder import LIST
from tenglong.demo.raw.sheets import value

PLOTS = 300


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "raw"
    write_clean(folder, 8, PLOTS)
    return folder


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged") / "raw"
    write_raw(folder, 8, PLOTS)
    return folder


def test_every_heading_in_use_is_read_back_to_its_field() -> None:
    for kind, fields in HEADINGS.items():
        for field, names in fields.items():
            for variant in range(len(names)):
                found = read_heading(kind, column(kind, field, variant).heading)
                assert found is not None and found.field == field


def test_units_stand_in_the_heading_and_are_read_back() -> None:
    wide = column("plots", "stated_area", 0, "ha")
    assert wide.heading == "证载面积（公顷）"
    assert read_heading("plots", wide.heading) == wide
    assert read_heading("plots", "不相干") is None


@pytest.mark.parametrize(("unit", "shown"), [("m2", "20000.00"), ("mu", "30.0000"), ("ha", "2.000000")])
def test_areas_are_written_exactly_in_the_unit_of_the_column(unit: str, shown: str) -> None:
    assert str(value(200_000_000, column("plots", "stated_area", 0, unit), "iso")) == shown


def test_dates_and_money_are_written_as_the_office_writes_them() -> None:
    day = column("deals", "signed_on")
    assert [value(date(2021, 3, 5), day, how) for how in ("cell", "iso", "dot", "cn")] == [
        date(2021, 3, 5), "2021-03-05", "2021.03.05", "2021年03月05日"]
    assert value(12_345_600, column("deals", "price", 0, "wan_yuan"), "iso") == Decimal("1234.56")


@pytest.mark.slow
def test_every_kind_and_every_format_is_there(clean: Path) -> None:
    files = [file for file in clean.iterdir() if kind_of_file(file.name)]
    assert {kind_of_file(file.name) for file in files} == set(KIND_WORDS)
    assert {".xlsx", ".csv", ".shp", ".dbf", ".gpkg", ".geojson"} <= {file.suffix for file in files}


@pytest.mark.slow
def test_the_files_hold_the_whole_county(clean: Path) -> None:
    county, folder = build_county(8, PLOTS), Folder(clean)
    rows = {kind: sum(len(grid) for grid in folder.of(kind)) for kind in KIND_WORDS}
    assert rows["plots"] == PLOTS
    assert rows["enterprises"] == len(county.enterprises)
    assert rows["occupancies"] == len(county.occupancies)
    assert rows["links"] == len(county.links)
    assert all("survey_number" in grid.columns for grid in folder.of("plots"))


@pytest.mark.slow
def test_shapes_come_back_to_the_same_place_from_every_coordinate_system(clean: Path) -> None:
    county = build_county(8, PLOTS)
    areas = {plot.number: plot.area_cm2 / 10_000 for plot in county.plots}
    crs = set()
    for grid in Folder(clean).of("plots"):
        crs.add(grid.crs)
        for index in range(len(grid)):
            drawn, stated = grid.plane(index).area, areas[str(grid.get(index, "survey_number"))]
            assert abs(drawn / stated - 1) < 4e-4  # plane against ellipsoid in this zone
    assert {"EPSG:4528", "EPSG:4549", "EPSG:4490"} <= crs


@pytest.mark.slow
def test_saving_without_a_change_leaves_every_byte(clean: Path) -> None:
    before = {file.name: file.read_bytes() for file in clean.iterdir()}
    Folder(clean).save()
    assert {file.name: file.read_bytes() for file in clean.iterdir()} == before


@pytest.mark.slow
def test_the_list_names_the_row_that_really_carries_the_damage(damaged: Path) -> None:
    seeded = json.loads((damaged / LIST).read_text(encoding="utf-8"))["seeded"]
    grids = {(grid.path.name, grid.sheet): grid for grid in Folder(damaged).grids}
    looked = 0
    for entry in seeded:
        grid = grids[entry["file"], entry["sheet"]]
        if entry["field"] == "geometry" or entry["damaged"].startswith("（") or grid.path.suffix in (".gpkg", ".shp"):
            continue
        cell = grid.get(entry["row"] - grid.first, entry["field"])
        assert ("" if cell is None else str(cell)) == entry["damaged"]
        looked += 1
    assert looked > 50


@pytest.mark.slow
def test_the_same_seed_damages_the_same_rows(damaged: Path, tmp_path: Path) -> None:
    write_raw(tmp_path / "again", 8, PLOTS)
    assert (tmp_path / "again" / LIST).read_text(encoding="utf-8") == (damaged / LIST).read_text(encoding="utf-8")


@pytest.mark.slow
def test_no_row_is_damaged_twice_except_by_one_deletion(damaged: Path) -> None:
    seeded = json.loads((damaged / LIST).read_text(encoding="utf-8"))["seeded"]
    places = [(entry["file"], entry["sheet"], entry["row"]) for entry in seeded]
    assert len(set(places)) == len(places)


def test_a_folder_with_something_in_it_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(FolderNotEmpty, match="不是空的"):
        write_clean(tmp_path, 1, PLOTS)
    result = CliRunner().invoke(command, ["raw", str(tmp_path)])
    assert result.exit_code == 1 and "不是空的" in result.output


def test_score_without_a_list_says_how_to_make_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["score", str(tmp_path)])
    assert result.exit_code == 1 and "tenglong demo raw" in result.output


def entry(row: int, **more: object) -> dict[str, object]:
    return {"file": "a.csv", "sheet": "", "row": row, "defect": "面积为负", "variant": "负号", "field": "area", "original": "1",
            "damaged": "-1", "others": [], "knock_on": [], **more}


def said(rule: str, *rows: int) -> Said:
    return Said(rule, "error", tuple(("a.csv", "", row) for row in rows), "area", "")


def test_a_defect_is_found_only_by_an_agreed_rule_on_its_row() -> None:
    rules = {"面积为负": ["negative-value"]}
    assert compare([entry(3)], [said("negative-value", 3)], rules).missed == []
    assert len(compare([entry(3)], [said("bad-date", 3)], rules).missed) == 1
    assert len(compare([entry(3)], [said("negative-value", 4)], rules).missed) == 1


def test_what_is_said_of_an_untouched_row_is_a_false_alarm_but_not_of_a_pair_or_a_reference() -> None:
    other, knock = {"file": "a.csv", "sheet": "", "row": 5}, {"file": "a.csv", "sheet": "", "row": 6}
    seeded = [entry(3, others=[other], knock_on=[knock])]
    heard = [said("overlap", 1, 3), said("overlap", 5), said("overlap", 6), said("overlap", 9), said("overlap", 1, 9)]
    assert compare(seeded, heard).false_alarms == heard[3:]
