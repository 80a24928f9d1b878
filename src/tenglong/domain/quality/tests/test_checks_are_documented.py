"""docs/user/checks.md and the rule table are the same table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenglong.cli.check import command
from tenglong.domain.quality.rules import RULES

PAGE = Path(__file__).parents[5] / "docs" / "user" / "checks.md"
WORDS = {"error": "错误", "warning": "警告", "info": "提示"}


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_rule_stands_in_the_documents_with_its_severity(rule):
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{rule.id}` |")]
    severity = f"{WORDS[rule.severity]} `{rule.severity}`"
    cells = (f"`{rule.id}`", rule.label, severity, rule.explanation, rule.fix, rule.harder or "—", rule.needs or "—")
    assert rows == [f"| {' | '.join(cells)} |"]


def test_documents_name_no_rule_that_does_not_exist():
    first = [line.split("`")[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert {name for name in first if not name.startswith("--")} == set(RULES)


@pytest.mark.parametrize("option", [option for param in command.params for option in param.opts if option.startswith("--")])
def test_every_option_of_check_is_documented(option):
    assert f"`{option}" in PAGE.read_text("utf-8")
