"""Hand-written tokenizer of the expression language; whatever it does not know is refused with its column."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from tenglong.domain.evaluation.expression import MAX_DIGITS, MAX_TEXT, ExpressionError

_DIGITS: Final = frozenset("0123456789")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
_WORD: Final = _LETTERS | _DIGITS | {"_"}
_TWO: Final = frozenset({"==", "!=", "<=", ">="})
_ONE: Final = frozenset("+-*/<>()[],")
#: what people write instead, and what to write
_HINTS: Final[dict[str, str]] = {
    "=": "相等要写成 ==", "!": "不等写成 !=，否定写成 not", "^": "没有乘方", "**": "没有乘方",
    "//": "没有整除；取整用 floor(…)",
    "%": "没有百分号；百分之五写成 0.05", "&": "并且写成 and", "|": "或者写成 or", ".": "没有取属性；小数前要有数字，如 0.5",
    "`": "没有反引号", "{": "没有花括号", ":": "没有冒号", ";": "只能写一个式子",
    "\n": "只能写在一行里", "\r": "只能写在一行里",
    "×": "乘写成 *", "÷": "除写成 /", "≥": "大于等于写成 >=", "≤": "小于等于写成 <=", "≠": "不等写成 !=", "−": "减写成 -",
    "_": "名字要以小写字母开头",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` of a string is its content without quotes."""

    kind: Literal["number", "word", "text", "op", "end"]
    text: str
    column: int


def tokenize(text: str) -> list[Token]:
    """Tokens, the last of kind `end`. Raises ExpressionError with reason and column."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"表达式有 {len(text)} 个字符，最多 {MAX_TEXT} 个", MAX_TEXT + 1)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        token, at = _token(text, at)
        found.append(token)
    return [*found, Token("end", "", len(text) + 1)]


def _token(text: str, at: int) -> tuple[Token, int]:
    char = text[at]
    if char in _DIGITS:
        return _number(text, at)
    if char in _LETTERS:
        end = _run(text, at, _WORD)
        _refuse_glued(text, end, "名字只用小写字母、数字和下划线")
        return Token("word", text[at:end], at + 1), end
    if char in "\"'":
        return _string(text, at)
    pair = text[at : at + 2]
    if pair in _TWO:
        return Token("op", pair, at + 1), at + 2
    if char in _ONE and pair not in _HINTS:
        return Token("op", char, at + 1), at + 1
    raise ExpressionError(_unknown(pair if pair in _HINTS else char), at + 1)


def _run(text: str, at: int, allowed: frozenset[str]) -> int:
    while at < len(text) and text[at] in allowed:
        at += 1
    return at


def _number(text: str, at: int) -> tuple[Token, int]:
    end = _run(text, at, _DIGITS)
    if text[end : end + 1] == ".":
        fraction = end + 1
        end = _run(text, fraction, _DIGITS)
        if end == fraction:
            raise ExpressionError("小数点后面要有数字", fraction)
    if end < len(text) and (text[end] in _WORD or text[end] == "."):
        raise ExpressionError("数字只能写成 12 或 0.5 这样，不用科学计数法、单位或分隔符", end + 1)
    _refuse_glued(text, end, "数字只用 0 到 9 和小数点")
    if len(text[at:end].replace(".", "").lstrip("0")) > MAX_DIGITS:
        raise ExpressionError(f"数字最多 {MAX_DIGITS} 位有效数字", at + 1)
    return Token("number", text[at:end], at + 1), end


def _refuse_glued(text: str, end: int, rule: str) -> None:
    if end < len(text) and text[end].isalnum():
        raise ExpressionError(f"{rule}，这里有 {_seen(text[end])}", end + 1)


def _string(text: str, at: int) -> tuple[Token, int]:
    quote = text[at]
    for end in range(at + 1, len(text)):
        char = text[end]
        if char == quote:
            return Token("text", text[at + 1 : end], at + 1), end + 1
        if char == "\\" or unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("Zl", "Zp"):
            raise ExpressionError(f"引号里不能有 {_seen(char)}", end + 1)
    raise ExpressionError("引号没有成对", at + 1)


def _unknown(piece: str) -> str:
    if piece in _HINTS:
        return f"不认识 {_seen(piece)}：{_HINTS[piece]}"
    narrow = unicodedata.normalize("NFKC", piece)
    if narrow != piece and narrow.isascii() and narrow.isprintable():
        return f"{_seen(piece)} 是全角或变形字符，请改用半角 {narrow}"
    if "\u4e00" <= piece <= "\u9fff":
        return f"不认识 {_seen(piece)}：这里要写指标的 id（小写字母），不写中文名"
    if piece.isalpha():
        return f"不认识 {_seen(piece)}：名字只用英文小写字母"
    return f"不认识 {_seen(piece)}"


def _seen(piece: str) -> str:
    """The character itself with its code point, or the code point alone when it cannot be seen."""
    if piece.isascii() and piece.isprintable():
        return f"“{piece}”"
    code = " ".join(f"U+{ord(char):04X}" for char in piece)
    return f"“{piece}”（{code}）" if piece.isprintable() and not piece.isspace() else code
