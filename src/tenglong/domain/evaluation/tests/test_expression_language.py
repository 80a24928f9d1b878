"""What an expression means: its tree, its texts, its exact three-valued value."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tenglong.domain.evaluation.expression import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_NODES,
    MAX_TEXT,
    Binary,
    Call,
    ExpressionError,
    Flag,
    Member,
    Name,
    Number,
    Text,
    Unary,
    chinese,
    depth,
    every_node,
    names,
    show,
)
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.value import evaluate

numbers = st.decimals(min_value=0, max_value=10**9, places=5, allow_nan=False).map(lambda value: Number(Fraction(value)))
word_texts = st.text("abc ABC镇\"+(.", max_size=6)
literals = st.one_of(numbers, word_texts.map(Text), st.booleans().map(Flag))
identifiers = st.sampled_from(["land_mu", "tax_paid", "a", "b2", "or_", "in_x", "nota", "total"]).map(Name)
choices = st.one_of(
    st.lists(st.integers(-9, 9).map(lambda value: Number(Fraction(value))), min_size=1, max_size=3),
    st.lists(word_texts.map(Text), min_size=1, max_size=3),
    st.lists(st.booleans().map(Flag), min_size=1, max_size=2),
).map(tuple)


def calls(args, allowed):
    def of(name):
        fewest, most = FUNCTIONS[name]
        return st.lists(args, min_size=fewest, max_size=most or 4).map(lambda found: Call(name, tuple(found)))

    return st.sampled_from(sorted(allowed)).flatmap(of)


wordless_choices = st.lists(st.booleans().map(Flag), min_size=1, max_size=2).map(tuple)


def grown(below, choices=choices):
    operators = st.sampled_from(["+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "and", "or"])
    return st.one_of(
        st.builds(Binary, operators, below, below),
        st.builds(Unary, st.sampled_from(["-", "not"]), below),
        st.builds(Member, below, choices),
        calls(below, FUNCTIONS),
    )


trees = st.recursive(st.one_of(literals, identifiers), grown, max_leaves=40)
wordless_trees = st.recursive(
    st.one_of(numbers, st.booleans().map(Flag), identifiers), lambda below: grown(below, wordless_choices), max_leaves=40
)


def grown_plainly(below):
    return st.one_of(
        st.builds(Binary, st.sampled_from("+-*/"), below, below),
        st.builds(lambda operand: Unary("-", operand), below),
        calls(below, {"min", "max", "abs", "round_down", "floor"}),
    )


def grown_numbers(below):
    condition = st.builds(Binary, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), below, below)
    return st.one_of(
        grown_plainly(below),
        calls(below, {"or_zero"}),
        st.builds(lambda test, yes, no: Call("if", (test, yes, no)), condition, below, below),
    )


number_leaves = st.one_of(numbers, st.sampled_from("abcd").map(Name))
number_trees = st.recursive(number_leaves, grown_numbers, max_leaves=30)
plain_number_trees = st.recursive(number_leaves, grown_plainly, max_leaves=30)
maybe_numbers = st.one_of(st.none(), st.fractions(-100, 100, max_denominator=7), st.just(Fraction(0)))


@given(trees)
def test_shown_text_reads_back_as_the_same_tree(tree):
    assume(depth(tree) <= MAX_DEPTH and len(every_node(tree)) <= MAX_NODES)
    text = show(tree)
    assume(len(text) <= MAX_TEXT)
    assert parse(text) == tree
    assert show(parse(text)) == text


@given(wordless_trees)
def test_shown_text_without_blanks_around_signs_reads_the_same(tree):
    assume(depth(tree) <= MAX_DEPTH and len(every_node(tree)) <= MAX_NODES)
    text = re.sub(r" ?([-+*/<>=!,\[\]()]+) ?", r"\1", show(tree))
    assert parse(text) == tree


class Oracle:
    """A number or a missing one, worked by Python's own operators."""

    def __init__(self, value):
        self.value = value

    def _with(self, work, *others):
        known = [self.value, *(other.value for other in others)]
        return Oracle(None if None in known else work(*known))

    def __add__(self, other):
        return self._with(lambda x, y: x + y, other)

    def __sub__(self, other):
        return self._with(lambda x, y: x - y, other)

    def __mul__(self, other):
        return self._with(lambda x, y: x * y, other)

    def __truediv__(self, other):
        return Oracle(None) if other.value == 0 else self._with(lambda x, y: x / y, other)

    def __neg__(self):
        return self._with(lambda x: -x)

    def __lt__(self, other):
        return self._with(lambda x, y: x < y, other)

    def __le__(self, other):
        return self._with(lambda x, y: x <= y, other)

    def __gt__(self, other):
        return self._with(lambda x, y: x > y, other)

    def __ge__(self, other):
        return self._with(lambda x, y: x >= y, other)

    def __eq__(self, other):
        return self._with(lambda x, y: x == y, other)

    def __ne__(self, other):
        return self._with(lambda x, y: x != y, other)


def worked_by_python(text, values):
    """Python has the same precedence for these operators, so it is an interpreter nobody here wrote."""
    code = re.sub(r"\b\d+(?:\.\d+)?\b", lambda match: f"number('{match.group()}')", text).replace("if(", "choose(")
    functions = {
        "number": lambda shown: Oracle(Fraction(shown)),
        "min": lambda *args: Oracle(None if any(a.value is None for a in args) else sorted(a.value for a in args)[0]),
        "max": lambda *args: Oracle(None if any(a.value is None for a in args) else sorted(a.value for a in args)[-1]),
        "abs": lambda a: Oracle(None if a.value is None else max(a.value, -a.value)),
        "floor": lambda a: Oracle(None if a.value is None else Fraction(a.value.numerator // a.value.denominator)),
        "round_down": lambda a: Oracle(None if a.value is None else Fraction(int(a.value))),
        "or_zero": lambda a: Oracle(a.value or Fraction(0)),
        "choose": lambda test, yes, no: Oracle(None) if test.value is None else (yes if test.value else no),
    }
    return eval(code, {"__builtins__": {}, **functions, **{name: Oracle(value) for name, value in values.items()}}).value


@given(number_trees, st.fixed_dictionaries(dict.fromkeys("abcd", maybe_numbers)))
def test_numbers_and_missing_numbers_come_out_as_another_interpreter_has_them(tree, values):
    assert evaluate(tree, values) == worked_by_python(show(tree), values)


@given(plain_number_trees, st.fixed_dictionaries(dict.fromkeys("abcd", maybe_numbers)))
def test_without_or_zero_and_if_every_missing_operand_makes_the_result_missing(tree, values):
    if any(values[name] is None for name in names(tree)):
        assert evaluate(tree, values) is None


M = {"x": None, "y": Fraction(2), "t": True, "f": False, "u": None, "s": "镇", "z": Fraction(0)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((f"x {op} y", None) for op in ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=")),
        *((f"y {op} x", None) for op in ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=")),
        ("-x", None), ("abs(x)", None), ("floor(x)", None), ("round_down(x)", None),
        ("min(y, x)", None), ("max(x, y, 9)", None), ("x in [1, 2]", None), ("x == x", None), ("x * 0", None),
        ("y / z", None), ("y / (y - 2)", None), ("z / z", None), ("known(y / z)", False), ("or_zero(y / z)", 0),
        ("known(x)", False), ("known(y)", True), ("known(s)", True), ("or_zero(x)", 0), ("or_zero(y)", 2),
        ("or_zero(x) + y", 2), ("or_zero(x + y)", 0),
        ("t and t", True), ("t and f", False), ("t and u", None), ("f and u", False), ("u and f", False), ("u and u", None),
        ("t or u", True), ("u or t", True), ("f or f", False), ("f or u", None), ("u or f", None), ("u or u", None),
        ("not u", None), ("not t", False), ("not f", True), ("not t or t", True), ("not (t or t)", False),
        ("if(u, 1, 2)", None), ("if(t, y, x)", 2), ("if(f, y, x)", None), ("if(x > 1, 1, 1)", None), ("if(known(x), x, 7)", 7),
        ("s in ['镇', '街']", True), ('s in ["乡"]', False), ("s == '镇'", True), ("s != '镇'", False), ("u in [true]", None),
        ("-y in [-2, 3]", True), ("t in [true]", True), ("t == f", False),
        ("floor(-1.5)", -2), ("round_down(-1.5)", -1), ("floor(1.5)", 1), ("round_down(1.5)", 1),
        ("8 - 4 - 2", 2), ("8 / 4 / 2", 1), ("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("-2 * -3", 6), ("--y", 2), ("1 - -1", 2),
        ("0.1 + 0.2 == 0.3", True), ("1 / 3 * 3 == 1", True), ("1 < 2 and 2 < 3", True),
    ],
)  # fmt: skip
def test_meaning_of_each_form_with_present_and_missing_values(text, value):
    found = evaluate(parse(text), M)
    assert found == value
    assert type(found) is type(value) or (isinstance(found, Fraction) and type(value) is int)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s + 1", "要用数"), ("t < 1", "要用数"), ("y and t", "要用是否"), ("if(y, 1, 2)", "要用是否"),
        ("y == s", "不是同一种值"),
        ("t == 1", "不是同一种值"), ("s in [1]", "不是同一种值"), ("or_zero(s)", "要用数"), ("not y", "要用是否"),
        ("nobody + 1", "nobody"),
    ],
)  # fmt: skip
def test_operand_of_another_kind_is_refused_and_never_coerced(text, said):
    with pytest.raises(ExpressionError, match=said):
        evaluate(parse(text), M)


def test_exact_numbers_are_taken_as_integer_or_decimal_and_a_float_is_refused():
    assert evaluate(parse("a + b"), {"a": 1, "b": Decimal("0.1")}) == Fraction(11, 10)
    for wrong in (0.5, math.nan, Decimal("nan"), Decimal("inf"), [1]):
        with pytest.raises(ExpressionError, match="a"):
            evaluate(Name("a"), {"a": wrong})


def test_names_are_those_read_and_nothing_else():
    assert names(parse("if(scale == 'above', or_zero(tax_paid), x) / max(land_mu, 1)")) == {"scale", "tax_paid", "x", "land_mu"}
    assert names(parse("1 + 2")) == frozenset()


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("tax_paid / land_mu", "实缴税收 ÷ 用地面积"),
        ("tax_paid / (land_mu - leased)", "实缴税收 ÷ （用地面积 − leased）"),
        ("land_mu >= 3 and not (tax_paid < 1)", "用地面积 ≥ 3 且 非（实缴税收 < 1）"),
        ("max(tax_paid, -1.50)", "较大者（实缴税收，−1.5）"),
        ("if(scale in ['大', '中'], or_zero(tax_paid), 0)",
         "（如果 scale 属于（“大”、“中”），则 缺数按 0 计（实缴税收），否则 0）"),
        ("known(land_mu) == true", "有数据（用地面积） = 是"),
    ],
)  # fmt: skip
def test_chinese_wording_reads_as_people_write_it(text, wording):
    assert chinese(parse(text), {"tax_paid": "实缴税收", "land_mu": "用地面积"}) == wording


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1.50*a", "1.5 * a"), ("((a))+(b)", "a + b"), ("(a+b)+c", "a + b + c"), ("a+(b+c)", "a + (b + c)"), ("007", "7"),
        ("a  in['x',\"y\"]", 'a in ["x", "y"]'), ("'say \"a\"'", "'say \"a\"'"), ("not(a)", "not a"), ("-(a)", "-a"),
        ("0.00001", "0.00001"), ("123456789012345", "123456789012345"), ("(a and b)or c", "a and b or c"),
    ],
)  # fmt: skip
def test_canonical_text_drops_what_says_nothing(text, canonical):
    assert show(parse(text)) == canonical


def test_numbers_and_texts_that_have_no_literal_are_not_shown_wrongly():
    with pytest.raises(ExpressionError, match="有限小数"):
        show(Number(Fraction(1, 3)))
    with pytest.raises(ExpressionError, match="引号"):
        show(Text("both ' and \""))
