"""Cells → values, exactly; what cannot be read becomes a Problem, never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from tenglong.domain.measures import SCALES, convert
from tenglong.domain.quality.issue import Severity
from tenglong.domain.survey.headings import plain, unit_id
from tenglong.domain.survey.kinds import UNIT_LABELS, FieldSpec
from tenglong.domain.survey.table import Cell, Value
from tenglong.domain.units import Period, UnitError, to_cm2, to_fen

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

#: what offices write for “nothing”
BLANKS: Final = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无数据",
        "null",
        "none",
        "nan",
        "n/a",
        "#n/a",
        "#value!",
        "#ref!",
        "#div/0!",
        "#name?",
    }
)
#: dates that systems write for “none”; Excel's day 0, and the day after a null read in the 1904 system
NULL_DATES: Final = frozenset({date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1901, 1, 2)})
#: floats at or above this have lost digits of a code (IEEE 754: 15 sure digits)
LOST_DIGITS: Final = 1e15
#: the largest figure taken from a cell, as a power of ten
LARGEST: Final = 18
EPOCH: Final = date(1899, 12, 30)
EPOCH_1904_SHIFT: Final = 1462


@dataclass(frozen=True)
class Problem:
    """A defect of one cell."""

    rule: str
    severity: Severity
    message: str
    fix: str
    size: dict[str, str] = field(default_factory=dict)


Reading = tuple[Value, tuple[Problem, ...]]
Parser = Callable[[Cell, FieldSpec, str], Reading]

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:e[+-]?\d{1,3})?")
_AROUND = re.compile(r"^(约为|大约|大概|约|近|不足|超过|≈|~)|(左右|以上|以下|多|余|上下)$")
_TERMS = re.compile(r"[;；、\n]+")
_SPACES = re.compile(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")


def text_of(cell: Cell) -> str:
    """The cell as the user sees it: 12.0 → 12, dates as 2017-01-03, spaces at the ends and invisible marks off."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _SPACES.sub("", cell).replace("\xa0", " ").replace("\u3000", " ").strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < LOST_DIGITS else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def is_blank(cell: Cell) -> bool:
    """None, spaces, dashes and Excel's error texts say nothing."""
    return cell is None or (isinstance(cell, str) and text_of(cell).lower() in BLANKS) or cell != cell  # noqa: PLR0124


def parse_text(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """Text, trimmed, inner runs of spaces kept as one."""
    text = re.sub(r"\s+", " ", text_of(cell))
    if spec.max_length and len(text) > spec.max_length:
        return None, (
            Problem("text-too-long", ERROR, f"{spec.label}有 {len(text)} 个字，超过 {spec.max_length} 个", "请截短后再导入"),
        )
    return text, ()


def parse_code(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """A code as text, spaces off, upper case; a code kept as a number has lost digits and is refused, never repaired."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if isinstance(cell, float) and abs(cell) >= LOST_DIGITS:
            return None, (_damaged(spec, f"{cell:.5E}"),)
        text = text_of(cell)
    else:
        text = re.sub(r"[\s\-—]+", "", unicodedata.normalize("NFKC", text_of(cell))).upper()
    if re.fullmatch(r"\d(\.\d+)?E\+?\d{1,2}", text):
        return None, (_damaged(spec, text),)
    return parse_text(text, spec)


def _damaged(spec: FieldSpec, shown: str) -> Problem:
    rule = "uscc-scientific-notation" if spec.type == "code:uscc" else "digits-lost"
    return Problem(
        rule,
        ERROR,
        f"{spec.label}被存成了数值（{shown}），15 位以后的数字已经丢失，无法恢复",
        "请把该列设为“文本”格式，按证照重新录入",
    )


def figure(cell: Cell) -> tuple[Decimal | None, str, tuple[Problem, ...]]:
    """(number, unit id written in the cell or '', problems); number None when there is none to read."""
    if isinstance(cell, (bool, date, datetime)):
        return None, "", (_bad_number(cell),)
    if isinstance(cell, (int, float)):
        return _finite(Decimal(cell) if isinstance(cell, int) else Decimal(f"{cell:.15g}"), cell)
    wide = unicodedata.normalize("NFKC", text_of(cell)).replace(" ", "").lower().replace("，", ",")
    bare = _AROUND.sub("", _AROUND.sub("", wide))
    match = _NUMBER.match(bare)
    digits, rest = (match.group(0), bare[match.end() :]) if match else ("", bare)
    unit = unit_id(rest) if rest else ""
    tail = _AROUND.sub("", rest)
    unit = unit or (unit_id(tail) if tail else "")
    if not any(char.isdigit() for char in digits) or (tail and not unit):
        return None, "", (_bad_number(cell),)
    number, _, problems = _finite(Decimal(digits.replace(",", "")), cell)
    if number is not None and bare != wide or tail != rest:
        problems = (
            Problem("number-in-text", WARNING, f"“{text_of(cell)}”是约数，按 {digits} 读取", "请填写确切的数"),
            *problems,
        )
    return number, unit, problems


def _finite(number: Decimal, cell: Cell) -> tuple[Decimal | None, str, tuple[Problem, ...]]:
    if not number.is_finite() or (number and not -LARGEST <= number.adjusted() <= LARGEST):
        return None, "", (_bad_number(cell),)
    return number, "", ()


def _bad_number(cell: Cell) -> Problem:
    return Problem("bad-number", ERROR, f"“{text_of(cell)[:40]}”不是数", "请填写阿拉伯数字，单位写在表头")


def parse_number(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """Decimal in the field's own unit; areas in whole cm², money in whole 分 (half-even)."""
    number, own, problems = figure(cell)
    if number is None:
        return None, problems
    used = unit or spec.unit
    if own and own != used:
        used, problem = _other_unit(own, used, cell)
        problems = (*problems, problem)
        if problem.severity is ERROR:
            return None, problems
    problems = (*problems, *_in_range(number, used, spec))
    if any(problem.severity is ERROR for problem in problems):
        return None, problems
    return _stored(number, used, spec, problems)


def _other_unit(own: str, used: str, cell: Cell) -> tuple[str, Problem]:
    same = own in SCALES and used in SCALES and SCALES[own][0] == SCALES[used][0]
    labels = UNIT_LABELS.get(own, own), UNIT_LABELS.get(used, used) or "无单位"
    if not same:
        return used, Problem(
            "cell-unit-differs", ERROR, f"“{text_of(cell)}”的单位{labels[0]}与本列（{labels[1]}）不是同一类", "请改正单位"
        )
    return own, Problem(
        "cell-unit-differs",
        WARNING,
        f"“{text_of(cell)}”自带单位{labels[0]}，与本列的{labels[1]}不同，按单元格的单位读取",
        "请统一单位",
    )


def _in_range(number: Decimal, unit: str, spec: FieldSpec) -> tuple[Problem, ...]:
    try:
        own = convert(number, unit, spec.unit) if spec.unit and unit else number
    except UnitError as error:
        return (Problem("cell-unit-differs", ERROR, str(error), "请改正该列的单位"),)
    low, high = spec.min, spec.max
    if spec.type in {"area", "money"} and number < 0:
        return (Problem("negative-value", ERROR, f"{spec.label}为 {number}，不能是负数", "请核对后改正"),)
    if spec.exclusive_min and low is not None and own <= low:
        return (Problem("value-out-of-range", ERROR, f"{spec.label}为 {number}，应大于 {low}", "请核对后改正"),)
    if (low is not None and own < low) or (high is not None and own > high):
        span = f"{'' if low is None else low}～{'' if high is None else high}{UNIT_LABELS.get(spec.unit, '')}"
        return (Problem("value-out-of-range", WARNING, f"{spec.label}为 {number}，不在常见范围 {span} 内", "请核对数值和单位"),)
    if spec.integer and number != number.to_integral_value():
        return (Problem("bad-number", ERROR, f"{spec.label}为 {number}，应为整数", "请填写整数"),)
    return ()


def _stored(number: Decimal, unit: str, spec: FieldSpec, problems: tuple[Problem, ...]) -> Reading:
    if spec.type == "area":
        return to_cm2(number, unit), problems
    if spec.type == "money":
        return to_fen(number, unit), problems
    if spec.integer:
        return int(number), problems
    return convert(number, unit, spec.unit) if unit and spec.unit else number, problems


def parse_ratio(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """A plain ratio, or per cent where the field says so: 50% and 50 are 50."""
    return parse_number(cell, spec, unit)


def parse_term(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """Years of a land-use term: 50, 50年, 其他工业用地50年; several terms in one cell are left unread."""
    if isinstance(cell, (int, float)):
        return parse_number(cell, spec, unit)
    text = unicodedata.normalize("NFKC", text_of(cell))
    parts = [part.strip() for part in _TERMS.split(text) if part.strip()]
    if len(parts) > 1:
        message = f"一个单元格里写了 {len(parts)} 个年限：“{text}”，未取值"
        return None, (Problem("several-terms-in-cell", WARNING, message, "请按用途分行填写，每行一个年限"),)
    numbers = re.findall(r"\d+(?:\.\d+)?", parts[0]) if parts else []
    if len(numbers) != 1:
        return None, (Problem("bad-number", ERROR, f"“{text}”里读不出年限", "请只填一个数，单位为年"),)
    return parse_number(numbers[0], spec, unit)


_DATES: Final = (
    re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+\d{1,2}[:时].*)?$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)
_MONTH: Final = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?$")


def parse_date(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """A day from 2017年01月03日, 2017/1/3, 2017.1.3, 20170103, an Excel serial or a real date; null dates give None."""
    found = _day(cell)
    if found is None:
        return _part_of_date(cell)
    if found in NULL_DATES:
        return None, (Problem("null-date", INFO, f"{found.isoformat()} 是系统的空日期，按没有填处理", "没有日期的请留空"),)
    if not 1949 <= found.year <= 2150:
        return None, (Problem("date-out-of-range", ERROR, f"{spec.label}为 {found.isoformat()}，年份不合理", "请核对日期"),)
    return found, ()


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(cell)
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    for pattern in _DATES:
        if match := pattern.match(text.replace(" ", "") if "年" in text else text):
            return _safe(*(int(part) for part in match.groups()))
    return _from_number(float(text)) if re.fullmatch(r"\d{5}(\.\d+)?", text) else None


def _from_number(number: float) -> date | None:
    """A serial of the 1900 system (1…2150-12-31), or a day written 20170103."""
    if number != number or not 0 <= number < 1e9:  # noqa: PLR0124
        return None
    whole = int(number)
    if whole >= 19_000_000:
        return _safe(whole // 10_000, whole // 100 % 100, whole % 100)
    return EPOCH + timedelta(days=whole) if whole <= 91_679 and not 1800 < whole < 2200 else None


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _part_of_date(cell: Cell) -> Reading:
    text = text_of(cell)
    parts = [part for part in _TERMS.split(text) if part.strip()]
    if len(parts) > 1 and all(_day(part) for part in parts):
        message = f"一个单元格里写了 {len(parts)} 个日期：“{text}”，未取值"
        return None, (Problem("several-terms-in-cell", WARNING, message, "请拆成几行，每行一个日期"),)
    if _MONTH.match(unicodedata.normalize("NFKC", text)) or re.fullmatch(r"(19|20)\d{2}年?", text):
        return None, (Problem("bad-date", WARNING, f"“{text}”只有年月，没有日，未取值", "请填写到日，如 2017-01-03"),)
    return None, (Problem("bad-date", ERROR, f"“{text[:40]}”不是日期", "请写成 2017-01-03 或 2017年1月3日"),)


_PERIODS: Final = (
    (re.compile(r"^(\d{4})年?(?:度|全年)?$"), "{0}"),
    (re.compile(r"^(\d{4})年?[-/]?(?:第)?(?:q|)([1-4一二三四])(?:季度|季)$"), "{0}Q{1}"),
    (re.compile(r"^(\d{4})-?q([1-4])$"), "{0}Q{1}"),
    (re.compile(r"^(\d{4})[-/.年](\d{1,2})月?$"), "{0}-{1:0>2}"),
    (re.compile(r"^(\d{4})(0[1-9]|1[0-2])$"), "{0}-{1}"),
)


def parse_period(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """2023, 2023年度, 2023Q1, 2023年第一季度, 2023-01, 202301 → the canonical text of a Period."""
    text = plain_period(text_of(cell))
    for pattern, form in _PERIODS:
        if match := pattern.match(text):
            parts = [part.translate(str.maketrans("一二三四", "1234")) for part in match.groups()]
            try:
                return str(Period.parse(form.format(*parts))), ()
            except UnitError:
                break
    return None, (Problem("bad-period", ERROR, f"“{text_of(cell)[:40]}”不是期间", "请写成 2023、2023Q1 或 2023-01"),)


def plain_period(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "").lower()


def parse_choice(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """The id of a choice, by label or synonym; unknown words are an error only where the field is required."""
    text = text_of(cell)
    if found := _choices(spec).get(plain(text)):
        return found, ()
    severity = ERROR if spec.required else WARNING
    allowed = "、".join(choice.label for choice in spec.choices)
    return None, (
        Problem("unknown-choice", severity, f"{spec.label}“{text[:40]}”不认识，未取值", f"请从下列中选填：{allowed}"),
    )


@lru_cache(maxsize=256)
def _choices(spec: FieldSpec) -> dict[str, str]:
    words: dict[str, str] = {}
    for choice in spec.choices:
        for word in (choice.label, choice.id, *choice.synonyms):
            words.setdefault(plain(word), choice.id)
    return words


PARSERS: Final[dict[str, Parser]] = {
    "text": parse_text,
    "area": parse_number,
    "money": parse_number,
    "number": parse_number,
    "ratio": parse_ratio,
    "term": parse_term,
    "date": parse_date,
    "period": parse_period,
    "choice": parse_choice,
    "division": parse_text,
    "code:plot": parse_code,
    "code:parcel": parse_code,
    "code:uscc": parse_code,
    "code:industry": parse_code,
}


def parse(cell: Cell, spec: FieldSpec, unit: str = "") -> Reading:
    """Value of a cell for a field, and its problems; blank → (None, ()). Never raises."""
    if is_blank(cell):
        return None, ()
    try:
        return PARSERS[spec.type](cell, spec, unit)
    except (InvalidOperation, UnitError, ValueError, OverflowError):
        return None, (_bad_number(cell),)
