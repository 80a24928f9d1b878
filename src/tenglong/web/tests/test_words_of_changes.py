"""What the recent changes say: words, never codes."""

import pytest

from tenglong.web import formats


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("status", "active", "在营"),
        ("status", "in_use", "在用"),
        ("status", "unheard", "unheard"),
        ("surveyed_cm2", 66_666_667, "10.00 亩"),
    ],
)
def test_a_changed_value_is_told_in_the_words_of_its_field(field, value, words):
    assert formats.shown(field, value) == words
