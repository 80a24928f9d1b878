"""Must-show 5: the raw survey folder. Every seeded defect is found, and nothing is said about rows that nobody touched.

The seeder damages finished files and knows no rule; the checks know no seeder. Only `seeded_rules.yaml` beside this
file says which rules count as having found which defect.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tenglong.cli.demo import take
from tenglong.demo.raw.folder import write_clean, write_raw
from tenglong.demo.raw.score import compare, county_context, read_list, say
from tenglong.demo.raw.seeding import DEFECTS

RULES = dict(YAML(typ="safe").load((Path(__file__).parent / "seeded_rules.yaml").read_text(encoding="utf-8")))
PLOTS = 300
SEEDS = (1, 2, 3, 4, 5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_seeded_defect_is_found_and_no_untouched_row_is_accused(tmp_path: Path, seed: int) -> None:
    write_raw(tmp_path / "raw", seed, PLOTS)
    said = say(take(tmp_path / "raw"), county_context(seed))
    _, seeded = read_list(tmp_path / "raw")
    score = compare(seeded, said, RULES)
    assert score.missed == []
    assert score.false_alarms == []
    assert sum(score.found.values()) == len(seeded) >= 100


@pytest.mark.slow
def test_the_clean_folder_raises_nothing_at_all(tmp_path: Path) -> None:
    write_clean(tmp_path / "clean", 6, PLOTS)
    taken = take(tmp_path / "clean")
    assert {batch.kind for _, _, batch, _ in taken} == {
        "plots", "parcels", "links", "buildings", "enterprises", "occupancies", "accounts", "facts", "deals"}
    assert say(taken, county_context(6)) == []


def test_every_defect_has_at_least_three_variants_and_an_agreed_rule() -> None:
    assert {item.name: len(item.variants) for item in DEFECTS if len(item.variants) < 3} == {}
    assert {item.name for item in DEFECTS} == set(RULES)


def test_the_seeder_imports_nothing_of_the_checks() -> None:
    import tenglong.demo.raw as package

    folder = Path(package.__file__).parent
    told = defaultdict(list)
    for file in folder.glob("*.py"):
        if file.name != "score.py":
            told[file.name] = [line for line in file.read_text(encoding="utf-8").splitlines() if "domain.quality" in line]
    assert {name: lines for name, lines in told.items() if lines} == {}
