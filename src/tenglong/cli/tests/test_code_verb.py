"""`tenglong code explain` as scripts use it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tenglong.cli import main


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["code", "explain", *words])


def as_json(*words: str) -> Any:
    return json.loads(run(*words, "--json").stdout_bytes)


def test_json_has_the_four_stable_keys() -> None:
    out = as_json("91350100M000100Y43")
    assert list(out) == ["kind", "valid", "segments", "issues"]
    assert (out["kind"], out["valid"], out["issues"]) == ("uscc", True, [])
    assert set(out["segments"][0]) == {"name", "label", "value", "meaning"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["91350100M000100Y43"], 0),
        (["91350211M0000XUF46"], 0),
        (["9.13306E+17"], 1),
        (["330604001001GA00001W00000000"], 1),
        (["330604 001001 GB00001 W00000000"], 0),
        (["上虞市", "--kind", "division"], 0),
        (["绍兴县", "--kind", "division"], 1),
        (["33"], 2),
        (["你好"], 2),
        ([" "], 2),
        (["35", "--kind", "industry", "--on", "昨天"], 2),
        (["35", "--kind", "nothing"], 2),
    ],
)
def test_exit_codes(words: list[str], code: int) -> None:
    assert run(*words).exit_code == code


def test_several_matching_kinds_are_named() -> None:
    message = run("33").output
    assert "industry" in message
    assert "division" in message
    assert "--kind" in message


def test_the_day_decides_whether_an_old_code_is_valid() -> None:
    assert as_json("330682", "--on", "2012-05-01")["valid"] is True
    assert as_json("330682")["valid"] is False


def test_text_output_tells_rule_and_remedy() -> None:
    out = run("91350211M0000XUF46").output
    assert "不合标准" in out
    assert "[warning] uscc-check-digit" in out
