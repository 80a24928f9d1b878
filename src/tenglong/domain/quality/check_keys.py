"""The same code, or the same enterprise, given twice. A group of n rows gives n−1 issues, all on its first row."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.quality.registry import check
from tenglong.domain.quality.subject import Subject

_PLACES = re.compile(r"^(?:[^省市区县]{2,3}[省市区县])+")
_NOISE = re.compile(r"[\s()\[\]【】〔〕·.,，。'\"“”-]+")


def plain_name(name: object) -> str:
    """Name for comparison: full-width to half-width, brackets, blanks and dots dropped."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(name or ""))).casefold()


def core_name(name: object, county: tuple[str, ...] = ()) -> tuple[str, str]:
    """(places in front, the rest): 绍兴市上虞区某某有限责任公司 → (绍兴上虞, 某某有限公司); `county`: names without 市, 区."""
    text = plain_name(name).replace("有限责任公司", "有限公司").replace("股份有限公司", "有限公司")
    match = _PLACES.match(text)
    front, rest = (match.group(), text[match.end():]) if match else ("", text)
    for place in county:
        at = rest.find(place)
        if 0 <= at <= 4:
            front, rest = front + rest[:at + len(place)], rest[at + len(place):]
    return (re.sub("[省市区县]", "", front), rest) if len(rest) > 4 else ("", text)


def _groups(values: Iterable[object]) -> list[list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for index, value in enumerate(values):
        if text := str(value or "").strip():
            rows[text].append(index)
    return [group for group in rows.values() if len(group) > 1]


@check("duplicate-code", kinds=("plots", "parcels", "buildings", "deals"))
def repeated_codes(subject: Subject) -> Iterator[Issue]:
    """Rows with the same key; of deals only the contract number is a code."""
    values = subject.batch.column("contract_number") if subject.kind == "deals" else subject.batch.keys
    for group in _groups(values):
        for later in group[1:]:
            text = str(values[group[0]])
            yield subject.pair("duplicate-code", group[0], later, f"编码“{text}”与第 {subject.batch.rows[later]} 行相同",
                               field=_code_field(subject, group[0]), value=text)


def _code_field(subject: Subject, index: int) -> str:
    """The field that the key of this row was taken from."""
    names = {"plots": ("plot_code", "survey_number"), "parcels": ("parcel_code",), "buildings": ("building_code",)}
    fields = names.get(subject.kind, ("contract_number",))
    return next((name for name in fields if subject.batch.column(name)[index]), str(subject.batch.extra.get("key", fields[0])))


@check("duplicate-enterprise", kinds=("enterprises",))
def repeated_enterprises(subject: Subject) -> Iterator[Issue]:
    """Same credit code: error. Same name under another code or none: a person decides."""
    codes, names = subject.batch.column("uscc"), subject.batch.column("name")
    told: set[tuple[int, int]] = set()
    for group in _groups(str(code or "").upper() for code in codes):
        for later in group[1:]:
            told.add((group[0], later))
            message = f"信用代码 {codes[later]} 与第 {subject.batch.rows[later]} 行“{names[later] or ''}”相同"
            yield subject.pair("duplicate-enterprise", group[0], later, message, field="uscc", value=str(codes[later]),
                               severity=Severity.ERROR)
    cores = [core_name(name, subject.context.county_names) if name else ("", "") for name in names]
    for group in _groups(rest for _, rest in cores):
        for later in group[1:]:
            same_place = cores[group[0]][0] in cores[later][0] or cores[later][0] in cores[group[0]][0]
            if same_place and (group[0], later) not in told:
                likeness = f"与第 {subject.batch.rows[later]} 行“{names[later]}”名称相同或只差地名、后缀"
                message = f"{likeness}，信用代码为 {codes[later] or '空'}"
                yield subject.pair("duplicate-enterprise", group[0], later, message, field="name",
                                   value=subject.given("name", group[0]))
    yield from _held_under_another_code(subject)


def _held_under_another_code(subject: Subject) -> Iterator[Issue]:
    held = subject.context.held_names or {}
    codes, names = subject.batch.column("uscc"), subject.batch.column("name")
    for index, name in enumerate(names):
        known = held.get(plain_name(name)) if name else None
        if known and codes[index] and known != codes[index]:
            yield subject.issue("duplicate-enterprise", index, f"本县已有同名企业，信用代码为 {known}", field="uscc",
                                value=subject.given("uscc", index), other_key=known)
