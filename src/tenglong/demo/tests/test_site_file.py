"""The demo county as a file for the site search."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tenglong.cli import main
from tenglong.files import read


def test_a_small_county_is_written_and_searched(tmp_path: Path) -> None:
    path = tmp_path / "示范.gpkg"
    made = CliRunner().invoke(main, ["demo", "site-file", str(path), "--plots", "60"])
    assert made.exit_code == 0, made.output
    (table,) = read(path)
    assert len(table.rows) == 60
    assert table.columns == ("地块编号", "镇街", "片区", "控制线", "面积（亩）", "成本（万元）", "户数", "腾退月数")
    found = CliRunner().invoke(main, ["site", str(path), "--min-mu", "40", "--alternatives", "1", "--time-limit", "2"])
    assert found.exit_code == 0, found.output
    assert "万元" in found.output
    assert CliRunner().invoke(main, ["demo", "site-file", str(path)]).exit_code == 1
