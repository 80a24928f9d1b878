"""The page docs/user/write-your-criteria.md keeps its word: its texts load, and do what it says."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from tenglong.domain.policy import Document, load_yaml
from tenglong.domain.renewal.criteria.checks import compile_criteria
from tenglong.domain.renewal.criteria.find import find
from tenglong.domain.renewal.criteria.rows import Plot, Record, Sheet
from tenglong.domain.renewal.economics.checks import compile_economics
from tenglong.domain.renewal.routes import compile_routes, exit_gaps

PAGE = (Path(__file__).parents[2] / "docs" / "user" / "write-your-criteria.md").read_text("utf-8")


def texts() -> dict[tuple[str, str], Document]:
    found = {}
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        kind, id_ = (re.search(rf"^{key}: (\S+)$", text, re.MULTILINE)[1] for key in ("policy_kind", "policy_id"))  # type: ignore[index]
        found[kind, id_] = load_yaml(text, kind=kind, id=id_, file="write-your-criteria.md")
    return found


def test_every_text_of_the_page_loads_and_says_what_the_page_says() -> None:
    page = texts()
    assert len(page) == 4
    own = compile_criteria(page["low_efficiency", "our-county"])
    assert (own.constants["above_line"], own.constants["below_line"]) == (8, 1)
    assert own.policy.parameters["above_line"].verified == "verified"
    economics = compile_economics(page["renewal_economics", "our-county"])
    assert economics.constants["land_price"] == 52
    routes = compile_routes(page["routes", "our-county"])
    gaps = exit_gaps(routes, "upgrade", {"one_firm_plan", "two_evaluations"}, {})
    assert [gap.sentence for gap in gaps] == ["现场复核：还缺《现场复核照片》"]


def test_the_small_county_counts_two_of_three() -> None:
    criteria = compile_criteria(texts()["low_efficiency", "small-county"])
    plot = Plot("P", {"floor_ratio": Fraction("0.79"), "leased_out_share": Fraction(50)}, owner="O")
    poor = Sheet((plot,), {"O": Record("O", {"tax_paid": Fraction("49.9"), "land_mu": Fraction(10)})})
    fair = Sheet((plot,), {"O": Record("O", {"tax_paid": Fraction(50), "land_mu": Fraction(10)})})
    assert [find(criteria, sheet).findings[0].word for sheet in (poor, fair)] == ["优先整治", "一般整治"]


def test_the_page_names_the_presets_that_there_are() -> None:
    from tenglong.domain.policy.shelf import refs

    for kind in ("low_efficiency", "idle_land", "renewal_economics", "routes"):
        for ref in refs(kind):
            assert f"`{ref.stem}`" in PAGE, ref
