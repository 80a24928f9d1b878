"""A small reader of the Excel formulas that the trace workbook uses; anything it does not know is an error."""

from __future__ import annotations

import io
import math
import operator
import re
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
from openpyxl.utils import range_boundaries

TOKEN = re.compile(r"""\s*(?:(?P<num>\d+\.?\d*(?:E[+-]\d+)?)|(?P<str>"[^"]*")
                       |(?P<ref>'[^']+'!\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)
                       |(?P<word>[A-Z]+)|(?P<op><=|>=|<>|[-+*/^=<>&(),]))""", re.VERBOSE)


class Book:
    """Values of cells, worked on demand; `set` changes an input and everything is worked again."""

    def __init__(self, content):
        self.book, self.held = openpyxl.load_workbook(io.BytesIO(content)), {}

    def set(self, sheet, cell, value):
        self.book[sheet][cell] = value
        self.held.clear()

    def value(self, sheet, cell):
        if (sheet, cell) not in self.held:
            raw = self.book[sheet][cell].value
            formula = isinstance(raw, str) and raw.startswith("=")
            self.held[sheet, cell] = Reader(self, raw[1:]).whole() if formula else raw
        return self.held[sheet, cell]

    def cells(self, ref):
        sheet, _, place = ref.rpartition("!")
        left, top, right, bottom = range_boundaries(place.replace("$", ""))
        columns = [openpyxl.utils.get_column_letter(c) for c in range(left, right + 1)]
        return [self.value(sheet.strip("'"), f"{c}{r}") for r in range(top, bottom + 1) for c in columns]


class Reader:
    def __init__(self, book, text):
        self.book, self.tokens, at = book, [], 0
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, text[at:]
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            at = found.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def whole(self):
        value = self.compare()
        assert self.tokens[self.at][0] == "end", self.tokens[self.at:]
        return value

    def take(self, *ops):
        kind, text = self.tokens[self.at]
        if kind == "op" and text in ops:
            self.at += 1
            return text
        return None

    def compare(self):
        left = self.join()
        while op := self.take("=", "<>", "<", ">", "<=", ">="):
            left = every(left, self.join(), lambda a, b, op=op: compared(op, a, b))
        return left

    def join(self):
        left = self.add()
        while self.take("&"):
            right = self.add()
            left = f"{left}{right!r}" if isinstance(right, float | int) else f"{left}{right}"
        return left

    def add(self):
        left = self.times()
        while op := self.take("+", "-"):
            left = every(left, self.times(), lambda a, b, op=op: number(a) + number(b) * (1 if op == "+" else -1))
        return left

    def times(self):
        left = self.power()
        while op := self.take("*", "/"):
            left = every(left, self.power(), lambda a, b, op=op: number(a) * number(b) if op == "*" else number(a) / number(b))
        return left

    def power(self):
        left = self.unary()
        while self.take("^"):
            left = number(left) ** number(self.unary())
        return left

    def unary(self):
        return -number(self.unary()) if self.take("-") else self.atom()

    def atom(self):
        if self.take("("):
            value = self.compare()
            assert self.take(")")
            return value
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "num":
            return float(text)
        if kind == "str":
            return text[1:-1]
        if kind == "ref":
            return self.book.cells(text) if ":" in text else self.book.cells(text)[0]
        assert kind == "word", text
        return {"TRUE": True, "FALSE": False}[text] if text in ("TRUE", "FALSE") else self.call(text)

    def call(self, name):
        assert self.take("(")
        if name == "IF":
            return self.branch()
        args = [self.compare()]
        while self.take(","):
            args.append(self.compare())
        assert self.take(")")
        return CALLS[name](*args)

    def branch(self):
        """Only the arm that is taken is worked, as spreadsheets do."""
        test = self.compare()
        assert self.take(",")
        arms = [self.skip() if not test else self.compare()]
        assert self.take(",")
        arms.append(self.skip() if test else self.compare())
        assert self.take(")")
        return arms[0] if test else arms[1]

    def skip(self):
        depth = 0
        while not (depth == 0 and self.tokens[self.at] in (("op", ","), ("op", ")"))):
            depth += {"(": 1, ")": -1}.get(self.tokens[self.at][1], 0)
            self.at += 1


def every(a, b, work):
    if isinstance(a, list) or isinstance(b, list):
        size = len(a if isinstance(a, list) else b)
        a, b = (one if isinstance(one, list) else [one] * size for one in (a, b))
        return [work(x, y) for x, y in zip(a, b, strict=True)]
    return work(a, b)


def number(value):
    assert value is None or isinstance(value, int | float), f"#VALUE! {value!r}"
    return 0.0 if value is None else float(value)


def compared(op, a, b):
    """Numbers sort before text before flags; an empty cell is 0 or ""."""
    a, b = ("" if one is None and isinstance(other, str) else 0 if one is None else one for one, other in ((a, b), (b, a)))
    left, right = ((isinstance(one, str), one) for one in (a, b))
    if left[0] != right[0]:
        left, right = (left[0], 0), (right[0], 0)
    return TESTS[op](left, right)


def flat(args):
    """Numbers among the arguments; texts in a range are passed over."""
    return [float(v) for arg in args for v in (arg if isinstance(arg, list) else [arg]) if isinstance(v, int | float)]


def countifs(*args):
    columns, wanted = args[::2], [criterion(one) for one in args[1::2]]
    return float(sum(all(test(v) for test, v in zip(wanted, row, strict=True)) for row in zip(*columns, strict=True)))


def criterion(text):
    found = re.match(r"(<=|>=|<>|<|>|=)?(.*)", str(text))
    op, bound = found.group(1) or "=", float(found.group(2))
    return lambda v: isinstance(v, int | float) and compared(op, float(v), bound)


def rounded(value, digits):
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP))


TESTS = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
CALLS = {
    "MIN": lambda *a: min(flat(a)), "MAX": lambda *a: max(flat(a)), "SUM": lambda *a: sum(flat(a)),
    "ABS": lambda a: abs(number(a)),
    "INT": lambda a: float(math.floor(a)), "ROUND": rounded, "OR": lambda *a: any(a), "AND": lambda *a: all(a),
    "NOT": lambda a: not a, "SUMPRODUCT": lambda *a: sum(flat(a)), "COUNTIFS": countifs,
    "ROUNDDOWN": lambda a, d: float(math.trunc(a * 10**d)) / 10**d,
}
