"""Reading a heading: its plain words and the unit it names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from tenglong.domain.units import UNIT_NAMES

_UNITS = {unicodedata.normalize("NFKC", name).lower(): unit for name, unit in UNIT_NAMES.items()} | {
    "kwh": "kwh",
    "kw·h": "kwh",
    "千瓦·时": "kwh",
    "万千瓦·时": "wan_kwh",
    "立方米": "t",
    "m3": "t",
    "tce": "tce",
    "t": "t",
    "个": "person",
    "hectares": "ha",
    "sqm": "m2",
    "sq m": "m2",
    "万元/年": "wan_yuan",
    "万": "wan_yuan",
}
_BRACKET = re.compile(r"[(\[{【〔](.*?)[)\]}】〕]")
_NOISE = re.compile(r"[\s_\-—–:：,，.。、/\\*※#·“”\"'()\[\]{}【】〔〕?？!！]+")
_MARKS = re.compile(r"^(必填|选填|可选|必须|如有|若有|默认|下拉选择|单位)$")
_SUFFIX = re.compile(r"[/_\-,，:：\s](?:单位[:：]?)?([^/_\-,，:：\s]+)$")


class Heading(NamedTuple):
    """`words` compares headings; `core` is the same without what stood in brackets; `unit` is '' when none is named."""

    words: str
    core: str
    unit: str


def plain(text: str) -> str:
    """Width, case, spaces and punctuation do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=4096)
def read_heading(text: str) -> Heading:
    """面 积（公顷） → Heading('面积', '面积', 'ha'); 约定容积率(上限) keeps 上限 in `words`."""
    wide = unicodedata.normalize("NFKC", text).strip()
    unit, kept = "", wide
    for match in _BRACKET.finditer(wide):
        inner = match.group(1).strip()
        found = _unit_name(inner)
        unit = unit or found
        if found or _MARKS.match(inner):
            kept = kept.replace(match.group(0), "")
    tail = _SUFFIX.search(kept.strip())
    if not unit and tail and (found := _unit_name(tail.group(1))):
        unit, kept = found, kept[: tail.start()]
    return Heading(plain(kept), plain(_BRACKET.sub("", kept)), unit)


def _unit_name(text: str) -> str:
    return _UNITS.get(re.sub(r"^单位[:：]?", "", text.strip().lower()).strip(), "")


def unit_id(text: str) -> str:
    """Unit id of a unit as people write it, '' when unknown."""
    return _unit_name(unicodedata.normalize("NFKC", text))
