"""“Write your scheme in 20 minutes”: the YAML and table of that page give the results of that page, without code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tenglong.cli import main
from tenglong.domain.policy import PolicyError, load_yaml

PAGE = (Path(__file__).parents[2] / "docs/user/write-your-scheme.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def printed() -> dict[str, list[str]]:
    """Rows of the page's table of results by key."""
    lines = [line.strip("|").split("|") for line in PAGE.splitlines() if re.match(r"\| [SX]\d \|", line)]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines}


def test_the_page_gives_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "yunxi@2025.yaml").write_text(block("yaml"), encoding="utf-8")
    (tmp_path / "yunxi.csv").write_text(block("csv"), encoding="utf-8")
    words = ["evaluate", str(tmp_path / "yunxi.csv"), "--scheme", str(tmp_path / "yunxi@2025.yaml"), "--json"]
    found = CliRunner().invoke(main, words)
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["scheme"]["completeness"] == "full" and told["rejected"] == 0
    keys = ("group", "bonus", "deduction", "total", "rank", "n", "grade")
    scored = {row["key"]: row for row in told["results"]}
    assert set(scored) == set(printed())
    for key, cells in printed().items():
        shown = [scored[key][name] if scored[key]["group"] else None for name in keys]
        assert ["—" if value is None else str(value) for value in shown] == cells, key
    assert scored["S6"]["standing"] == "ungraded" and scored["S6"]["trace"]["managed_as"] == "B"
    assert scored["S5"]["rank_grade"] == "B" and scored["X3"]["standing"] == "outside"


@pytest.mark.parametrize(("old", "new"), [("weight: 40", "weight: 45"), ("tax_paid / land_mu", "tax_payed / land_mu")])
def test_the_page_shows_the_refusals_that_the_program_gives(old: str, new: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_yaml(block("yaml").replace(old, new, 1), kind="evaluation", id="yunxi", file="yunxi@2025.yaml")
    assert str(caught.value.problems[0]) in PAGE
