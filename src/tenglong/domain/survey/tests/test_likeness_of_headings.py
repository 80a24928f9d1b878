"""Likeness of a heading and a name: quick bounds decide early and never otherwise than the whole comparison would."""

from __future__ import annotations

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.survey.matching import ALIKE, _likeness

WORDS = st.text(alphabet="亩均税收企业用地面积厂房", min_size=4, max_size=9)


@given(WORDS, WORDS)
def test_a_quick_no_is_a_no_and_a_yes_has_the_whole_ratio(one: str, other: str) -> None:
    whole = SequenceMatcher(None, one, other).ratio()
    found = _likeness(one, other)
    assert found == whole if whole >= ALIKE else found < ALIKE


def test_one_wrong_character_of_five_is_still_alike() -> None:
    assert _likeness("亩均税收额", "亩均税收颔") == 0.8
    assert _likeness("亩均税收", "用地面积") == 0.0
