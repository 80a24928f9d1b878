"""Pratt parser of the scheme's expression language: text → tree, within limits that no input can stretch."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from tenglong.domain.evaluation.expression import (
    FUNCTIONS,
    KEYWORDS,
    MAX_DEPTH,
    MAX_NODES,
    NEGATION,
    PRECEDENCE,
    Binary,
    Call,
    Expr,
    ExpressionError,
    Flag,
    Member,
    Name,
    Number,
    Text,
    Unary,
    continues,
)
from tenglong.domain.evaluation.tokens import Token, tokenize

_TOO_DEEP: Final = f"式子套得太深，最多 {MAX_DEPTH} 层；请拆成几个指标"


class _Part(NamedTuple):
    expr: Expr
    level: int


def parse(text: str) -> Expr:
    """Text → tree.

    Raises ExpressionError (reason and column) for anything outside the grammar, more than 200 nodes, 20 levels of nesting
    (of operators and calls, or of brackets), 4,000 characters or 15 significant digits.
    """
    return _Parser(tokenize(text)).whole()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.nodes = 0
        self.brackets = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def whole(self) -> Expr:
        if len(self.tokens) == 1:
            raise ExpressionError("表达式是空的", 1)
        found = self._expression(0, 1)
        if self.at + 1 < len(self.tokens):
            raise self._unexpected("式子到这里本该结束")
        return found.expr

    # ---- the climb

    def _expression(self, binding: int, level: int) -> _Part:
        """An expression whose operators bind tighter than `binding`; `level` is the least depth it can stand at."""
        if level > MAX_DEPTH:
            raise ExpressionError(_TOO_DEEP, self.token.column)
        left = self._operand(binding, level)
        while (precedence := self._infix()) > binding:
            left = self._operator(left, precedence, level)
        return left

    def _infix(self) -> int:
        """How tightly the operator at hand binds; 0 when there is none."""
        token = self.token
        if token.kind == "op" and token.text in PRECEDENCE or token.text in ("and", "or", "in") and token.kind == "word":
            return PRECEDENCE[token.text]
        return 0

    def _operator(self, left: _Part, precedence: int, level: int) -> _Part:
        sign = self._next()
        if sign.text == "in":
            found = self._choices(left, sign)
        else:
            right = self._expression(precedence, level + 1)
            below = left.level - 1 if continues(left.expr, sign.text) else left.level
            found = self._made(Binary(sign.text, left.expr, right.expr), max(below, right.level), sign)
        if precedence == PRECEDENCE["in"] and self._infix() == precedence:
            raise self._unexpected("比较不能连写；请用 and 连起来，如 a < b and b < c")
        return found

    def _made(self, expr: Expr, below: int, sign: Token) -> _Part:
        self._count(sign)
        if below >= MAX_DEPTH:
            raise ExpressionError(_TOO_DEEP, sign.column)
        return _Part(expr, below + 1)

    def _count(self, sign: Token) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(f"式子太长，最多 {MAX_NODES} 个节点；请拆成几个指标", sign.column)

    # ---- operands

    def _operand(self, binding: int, level: int) -> _Part:
        token = self._next()
        if token.kind == "op" and token.text == "(":
            found = self._inside(level)
            self._expect(")", "括号没有成对")
            return found
        if token.kind == "op" and token.text == "-":
            inner = self._expression(NEGATION - 1, level + 1)
            return self._made(Unary("-", inner.expr), inner.level, token)
        if token.kind == "word" and token.text == "not":
            if binding > PRECEDENCE["not"]:
                raise ExpressionError("not 在这里要加括号", token.column)
            inner = self._expression(PRECEDENCE["not"] - 1, level + 1)
            return self._made(Unary("not", inner.expr), inner.level, token)
        if token.kind == "word" and token.text in FUNCTIONS:
            return self._call(token, level)
        return self._made(self._literal(token) or self._name(token), 0, token)

    def _inside(self, level: int) -> _Part:
        self.brackets += 1
        if self.brackets > MAX_DEPTH:
            raise ExpressionError(_TOO_DEEP, self.token.column)
        found = self._expression(0, level)
        self.brackets -= 1
        return found

    def _literal(self, token: Token) -> Number | Text | Flag | None:
        if token.kind == "number":
            return Number(Fraction(token.text))
        if token.kind == "text":
            return Text(token.text)
        return Flag(token.text == "true") if token.kind == "word" and token.text in ("true", "false") else None

    def _name(self, token: Token) -> Name:
        if token.kind != "word" or token.text in KEYWORDS:
            self.at -= 1
            raise self._unexpected("这里要有一个数、名字、函数或括号")
        if self._is("("):
            raise ExpressionError(f"没有“{token.text}”这个函数，可用：{'、'.join(FUNCTIONS)}", token.column)
        return Name(token.text)

    def _call(self, token: Token, level: int) -> _Part:
        self._expect("(", f"“{token.text}”是函数，后面要有括号")
        args: list[_Part] = []
        while not args or self._is(","):
            if args:
                self._next()
            args.append(self._inside(level + 1))
        self._expect(")", "参数之间用逗号隔开，最后要有右括号")
        fewest, most = FUNCTIONS[token.text]
        if len(args) < fewest or (most is not None and len(args) > most):
            wanted = f"{fewest} 个" if most == fewest else f"至少 {fewest} 个"
            raise ExpressionError(f"函数 {token.text} 要{wanted}参数，这里有 {len(args)} 个", token.column)
        return self._made(Call(token.text, tuple(arg.expr for arg in args)), max(arg.level for arg in args), token)

    # ---- in [...]

    def _choices(self, left: _Part, sign: Token) -> _Part:
        self._expect("[", "in 后面要有方括号，如 in ['a', 'b']")
        found: list[Number | Text | Flag] = []
        while not found or self._is(","):
            if found:
                self._next()
            found.append(self._choice(type(found[0]) if found else None))
        self._expect("]", "方括号没有成对，各项用逗号隔开")
        return self._made(Member(left.expr, tuple(found)), max(left.level, 1), sign)

    def _choice(self, kind: type[object] | None) -> Number | Text | Flag:
        minus = self._next() if self._is("-") else None
        token = self.token
        found = self._literal(token)
        if found is None or (minus and not isinstance(found, Number)):
            raise self._unexpected("方括号里只能写数、文字或 true、false")
        if kind is not None and type(found) is not kind:
            raise ExpressionError("方括号里各项要是同一种值", token.column)
        self.at += 1
        self._count(token)
        return Number(-found.value) if minus and isinstance(found, Number) else found

    # ---- tokens

    def _is(self, op: str) -> bool:
        return self.token.kind == "op" and self.token.text == op

    def _next(self) -> Token:
        token = self.token
        if token.kind == "end":
            raise self._unexpected("这里还要有一个数、名字、函数或括号")
        self.at += 1
        return token

    def _expect(self, op: str, otherwise: str) -> None:
        if not self._is(op):
            raise self._unexpected(otherwise)
        self.at += 1

    def _unexpected(self, reason: str) -> ExpressionError:
        token = self.token
        if token.kind == "end":
            return ExpressionError(f"{reason}，式子却到此为止", token.column)
        if token.kind == "word" and token.text == "not":
            return ExpressionError(f"{reason}；“不在其中”写成 not (x in [...])", token.column)
        return ExpressionError(f"{reason}，却是“{token.text[:20]}”", token.column)
