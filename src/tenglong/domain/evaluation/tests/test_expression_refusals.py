"""What the expression language refuses: code, lookalikes, and everything beyond its limits, always with a column."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation.expression import ExpressionError, depth, every_node, show
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.value import evaluate


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("__import__('os')", 1), ("import_('os')", 1), ("eval('1')", 1), ("a.b", 2), ("a.__class__", 2), ("a[0]", 2),
        ("a()", 1),
        ("lambda: 1", 7), ("lambda x: x", 9), ("1e999", 2), ("1E5", 2), ("0x10", 2), ("1_000", 2), (".5", 1), ("5.", 2),
        ("1.2.3", 4),
        ("a ** 2", 3), ("a // 2", 3), ("a % 2", 3), ("a ^ 2", 3), ("a | b", 3), ("~a", 1), ("a @ b", 3), ("a := 1", 3),
        ("a = 1", 3),
        ("`id`", 1), ("f'{a}'", 2), ("f\"x\"", 2), ("b'x'", 2), ("a; b", 2), ("a\nb", 2), ("a\n", 2), ("a\rb", 2), ("a\x00", 2),
        ("'a\nb'", 3), ("'a\x00b'", 3), ("'a\u202eb'", 3), ("'a\\'b'", 3), ("a # b", 3), ("{a}", 1), ("[a]", 1),
        ("[1 for a in b]", 1),
        ("a if b else c", 3), ("$a", 1), ("a?b", 2), ("'open", 1), ('"open', 1),
        ("\u0430 + 1", 1), ("t\u0430x", 2), ("ａ", 1), ("１ + 2", 1), ("a\u00b2", 2), ("\u0661", 1), ("1\u0661", 2),
        ("a＋b", 2),
        ("（a）", 1), ("a，b", 2), ("a\u3000+ b", 2), ("a\u00a0+ b", 2), ("\ufeffa", 1), ("a\u200b", 2), ("a − b", 3),
        ("a × b", 3),
        ("税收 / 面积", 1), ("Tax", 1), ("taX", 3), ("_a", 1), ("𝐚", 1),
        ("", 1), ("   ", 1), ("(", 2), (")", 1), ("()", 2), ("(a", 3), ("a)", 2), ("a +", 4), ("* a", 1), ("+ a", 1),
        ("a b", 3), ("1 2", 3),
        ("a < b < c", 7), ("a == b != c", 8), ("a in [1] in [true]", 10), ("a == not b", 6), ("-not a", 2), ("and", 1),
        ("in [1]", 1),
        ("a not in [1]", 3), ("a in []", 7), ("a in [b]", 7), ("a in [1, 'x']", 10), ("a in [-'x']", 8), ("a in [1", 8),
        ("a in (1)", 6),
        ("a in [1,]", 9), ("a in [1 + 2]", 9),
        ("min", 4), ("min a", 5), ("min(a)", 1), ("min()", 5), ("abs(a, b)", 1), ("if(a, b)", 1), ("if(a, b, c, d)", 1),
        ("known()", 7),
        ("max(a, b", 9), ("max(a b)", 7), ("max(a,,b)", 7), ("round(a)", 1), ("sum(a, b)", 1),
    ],
)  # fmt: skip
def test_text_outside_the_grammar_is_refused_with_its_column_and_a_sentence(text, column):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.reason)
    assert str(caught.value) == f"第 {column} 列：{caught.value.reason}"


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_column_inside_it(text):
    try:
        assert parse(show(parse(text))) == parse(text)
    except ExpressionError as error:
        assert 1 <= error.column <= len(text) + 1
        assert "\n" not in error.reason and "\x00" not in error.reason


PIECES = [*"a1+-*/<[](),.", "'x'", "true", "==", "and", "or", "not", "in", "min(", "if(", "known("]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_run_of_tokens_is_read_or_refused(pieces):
    try:
        parse(" ".join(pieces))
    except ExpressionError as error:
        assert error.column >= 1


def nested(levels):
    return "abs(" * (levels - 1) + "a" + ")" * (levels - 1)


FORMS_OF_DEPTH = {
    "calls": nested,
    "minus": lambda levels: "-" * (levels - 1) + "a",
    "not": lambda levels: "not " * (levels - 1) + "a",
    "right operands": lambda levels: "1 - (" * (levels - 1) + "a" + ")" * (levels - 1),
    "left operands": lambda levels: "(" * (levels - 1) + "a" + " == 1)" * (levels - 1),
}


@pytest.mark.parametrize("form", FORMS_OF_DEPTH)
def test_twenty_levels_are_read_and_twenty_one_refused(form):
    twenty = parse(FORMS_OF_DEPTH[form](20))
    assert depth(twenty) == 20
    assert parse(show(twenty)) == twenty
    with pytest.raises(ExpressionError, match="最多 20 层"):
        parse(FORMS_OF_DEPTH[form](21))


def test_brackets_that_say_nothing_may_also_stand_twenty_deep_only():
    assert show(parse("(" * 20 + "a" + ")" * 20)) == "a"
    with pytest.raises(ExpressionError, match="最多 20 层"):
        parse("(" * 21 + "a" + ")" * 21)


def test_a_long_sum_is_one_level_however_many_terms():
    tree = parse(" + ".join(["a"] * 100))
    assert (depth(tree), len(every_node(tree))) == (2, 199)
    assert evaluate(tree, {"a": 1}) == 100
    assert depth(parse("a * b + c * d - e")) == 3
    assert depth(parse("a and b and c or d and e")) == 3


@pytest.mark.parametrize("nodes", [199, 200])
def test_two_hundred_nodes_are_read(nodes):
    assert len(every_node(parse(f"max({', '.join(['a'] * (nodes - 1))})"))) == nodes


@pytest.mark.parametrize("text", [f"max({', '.join(['a'] * 200)})", "+".join(["a"] * 101), f"a in [{', '.join(['1'] * 199)}]"])
def test_two_hundred_and_one_nodes_are_refused(text):
    with pytest.raises(ExpressionError, match="最多 200 个节点") as caught:
        parse(text)
    assert caught.value.column >= 1


def test_choices_of_a_list_count_as_nodes():
    assert len(every_node(parse(f"a in [{', '.join(['1'] * 198)}]"))) == 200


def test_text_may_have_four_thousand_characters_and_not_one_more():
    assert show(parse("a" + " " * 3_999)) == "a"
    with pytest.raises(ExpressionError, match="最多 4000 个") as caught:
        parse("a" + " " * 4_000)
    assert caught.value.column == 4_001


@pytest.mark.parametrize("text", ["123456789012345", "0.000000000000000123456789012345", "000123456789012.345"])
def test_fifteen_significant_digits_are_read(text):
    assert parse(show(parse(text))) == parse(text)


@pytest.mark.parametrize("text", ["1234567890123456", "1.234567890123456", "1000000000000000", "9" * 4_000])
def test_sixteen_significant_digits_are_refused(text):
    with pytest.raises(ExpressionError, match="最多 15 位") as caught:
        parse("a + " + text[:3_990])
    assert caught.value.column == 5


@pytest.mark.parametrize("piece", ["(", "-", "not ", "abs(", "a-(", "a in [", "if(a,", "a+", "a and ", "a*-", "[", "'"])
def test_endless_nesting_is_refused_far_from_the_recursion_limit(piece):
    frames, deep = 0, sys._getframe()
    while deep is not None:
        frames, deep = frames + 1, deep.f_back
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(frames + 160)
    try:
        with pytest.raises(ExpressionError):
            parse((piece * 4_000)[:4_000])
    finally:
        sys.setrecursionlimit(before)
