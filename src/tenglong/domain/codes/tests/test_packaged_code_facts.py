"""The packaged tables agree with the hand-checked facts and say how far they are verified."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from ruamel.yaml import YAML

from tenglong.policies import code_books, read_text


def facts(name: str) -> Any:
    return YAML(typ="safe").load(read_text(f"codes/{name}"))


@pytest.mark.parametrize("name", ["succession.yaml", "sources.yaml", "code_kinds.yaml"])
def test_every_document_names_authority_and_verification(name: str) -> None:
    head = facts(name)
    assert head["authority"]
    assert "document" in head
    assert head["verified"] == "to-verify"


def test_the_generated_table_agrees_with_the_hand_checked_succession() -> None:
    book = code_books().divisions
    for fact in facts("succession.yaml")["succession"]:
        last = [one for one in book.by_code[fact["code"]] if one.name == fact["name"]][-1]
        assert [link.code for link in last.successors] == [item["code"] for item in fact["successors"]]
        assert last.basis == ("documented" if fact.get("document") else "recorded")
        if "valid_to" in fact:
            assert str(last.valid_to) == fact["valid_to"]


def test_every_table_has_its_source() -> None:
    tables = {table["file"]: table for table in facts("sources.yaml")["tables"]}
    assert set(tables) == {
        "divisions.csv",
        "division_aliases.csv",
        "industry_2017.csv",
        "industry_old_names.csv",
        "letters.csv",
    }
    assert all(table["source"] and table["verified"] for table in tables.values())


def test_colours_are_for_named_logged_in_roles_only() -> None:
    kinds = facts("code_kinds.yaml")
    assert set(kinds["anonymous_scan"]["shows"]) == {"plot_code", "name", "unit_in_charge"}
    for kind in kinds["code_kinds"]:
        assert kind["visible_to"]
        assert "anonymous" not in kind["visible_to"]
        assert {"reason", "date"} <= set(kind["shows"])


def test_every_alias_points_at_a_division_in_force() -> None:
    book = code_books().divisions
    assert [alias.name for alias in book.aliases.values() if book.at(alias.code, None) is None] == []


def test_old_industry_names_are_not_names_of_2017() -> None:
    rows = list(csv.DictReader(read_text("codes/industry_old_names.csv").splitlines()))
    assert [row["name"] for row in rows if row["name"] in code_books().industry.by_name] == []
    assert len({row["name"] for row in rows}) == len(rows)
