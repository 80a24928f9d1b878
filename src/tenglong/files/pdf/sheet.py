"""一企一单: what one firm is asked to confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from tenglong.files.pdf.payload import Payload

#: the land part of the sheet records what is there and legalises nothing
LAND_FOOTNOTE: Final = "用地部分仅作摸底，不作为确权或违法认定依据。"
Number = Decimal | int
Shown = Number | str | None


class AreaKind(StrEnum):
    """A term of the assessed area, in the order in which it is added up."""

    OWN_TITLED = "自有证载"
    OWN_UNTITLED = "无证占用"
    LEASED_IN = "承租"
    LEASED_OUT = "出租"
    DEDUCTION = "扣除"

    @property
    def sign(self) -> int:
        return -1 if self in (AreaKind.LEASED_OUT, AreaKind.DEDUCTION) else 1


@dataclass(frozen=True)
class MeasureRow:
    """One measure: `value` of the year and `last_year`'s in `unit`; None prints 未报送, never a zero."""

    label: str
    value: Shown
    unit: str = ""
    source: str = ""
    last_year: Shown = None

    @property
    def change(self) -> str:
        """Change on last year in per cent with one decimal; 无可比 where there is nothing to divide by."""
        if isinstance(self.value, str | None) or isinstance(self.last_year, str | None) or not self.last_year:
            return "无可比"
        ratio = (Decimal(self.value) - Decimal(self.last_year)) / abs(Decimal(self.last_year)) * 100
        told = ratio.quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{told:+f}%" if told else "0.0%"


@dataclass(frozen=True)
class AreaRow:
    """One term of the assessed area in mu (written without a sign), with the plot and the document it rests on."""

    kind: AreaKind
    plot: str
    area: Number
    document: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """One firm's sheet.

    `id` names it on paper (1 to 40 of A-Z a-z 0-9 _ -), `version_hash` is 16 hex digits of the data it was printed
    from, `due` the last day of objection. `assessed` (mu), if given, must be what the area rows add up to.
    Raises ValueError with a Chinese sentence.
    """

    id: str
    version_hash: str
    enterprise: str
    uscc: str
    rows: Sequence[MeasureRow]
    area_rows: Sequence[AreaRow] = ()
    due: date | None = None
    assessed: Number | None = None

    def __post_init__(self) -> None:
        if Payload.parse(str(Payload(self.id, self.version_hash, 1, 1))) is None:
            raise ValueError(
                f"确认单编号“{self.id}”或版本号“{self.version_hash}”不合规：编号限 40 位字母数字，版本号为 16 位十六进制"
            )
        negative = next((row for row in self.area_rows if row.area < 0), None)
        if negative:
            raise ValueError(f"“{self.enterprise}”的{negative.kind}面积为负数（{negative.area} 亩）：请写正数，加减由类别决定")
        if self.assessed is not None and Decimal(self.assessed) != self.assessed_area:
            raise ValueError(f"“{self.enterprise}”的核定面积 {self.assessed} 亩与各项加减的结果 {self.assessed_area} 亩不符")

    @property
    def assessed_area(self) -> Decimal:
        """自有证载 + 无证占用 + 承租 − 出租 − 扣除, mu."""
        return sum((row.kind.sign * Decimal(row.area) for row in self.area_rows), Decimal(0))

    def payload(self, page: int, pages: int) -> Payload:
        return Payload(self.id, self.version_hash, page, pages)

    def as_json(self, pages: int) -> dict[str, Any]:
        """What the template reads, with the codes of a sheet of `pages` pages."""
        payloads = [self.payload(page, pages) for page in range(1, pages + 1)]
        return {
            "enterprise": self.enterprise,
            "uscc": self.uscc,
            "due": f"{self.due.year}年{self.due.month}月{self.due.day}日" if self.due else "",
            "measures": [
                [row.label, shown(row.value), row.unit, row.source, shown(row.last_year, "—"), row.change] for row in self.rows
            ],
            "areas": self._areas(),
            "formula": self._formula(),
            "pages": pages,
            "codes": [{"svg": payload.svg(), "text": _lines(payload)} for payload in payloads],
        }

    def _areas(self) -> list[list[str]]:
        ordered = sorted(self.area_rows, key=lambda row: list(AreaKind).index(row.kind))
        return [
            ["＋" if row.kind.sign > 0 else "－", row.kind.value, row.plot, shown(row.area), row.document, row.note]
            for row in ordered
        ]

    def _formula(self) -> str:
        sums = {kind: sum((Decimal(row.area) for row in self.area_rows if row.kind is kind), Decimal(0)) for kind in AreaKind}
        terms = [f"{'＋' if kind.sign > 0 else '－'} {kind} {shown(area)} " for kind, area in sums.items()]
        return "".join(terms).removeprefix("＋ ") + f"＝ 核定面积 {shown(self.assessed_area)} 亩"


def shown(value: Shown, missing: str = "未报送") -> str:
    """A number with thousands separators and its own decimals, a text as it is, None as `missing`."""
    if value is None:
        return missing
    return value if isinstance(value, str) else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,d}"


def _lines(payload: Payload) -> list[str]:
    head, _, tail = str(payload).partition(f"|{payload.version_hash}|")
    return [head, f"|{payload.version_hash}|{tail}"]
