"""公示名单: name, USCC and grade, and nothing else in any part of the file (office practice 14)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import xlsxwriter
from stdnum.cn import ric

from tenglong.files.safe import safe_text

HEADINGS: Final = ("企业名称", "统一社会信用代码", "评价等级")
#: date inside the archive: the same list is the same file
_DATE: Final = (1980, 1, 1, 0, 0, 0)


class PublicationError(ValueError):
    """A list that may not be published as it is; a Chinese sentence."""


@dataclass(frozen=True)
class Published:
    """One line of the list. There is nowhere to put anything else."""

    name: str
    uscc: str
    grade: str


def publication_table(
    rows: Iterable[Published], *, order: Literal["uscc", "town", "given"] = "uscc", towns: Mapping[str, str] | None = None,
) -> bytes:
    """The list as .xlsx: one sheet, three columns, no properties, no author.

    order: by code, or by town (`towns`: code → 9-digit town; the town itself is not written), or as given: then the rows are
    those that were put up, masked already, and are written as they are. Ordering by strokes needs a stroke table, which is
    not shipped. Individuals (codes that begin with 92, or none) are masked in name and code.
    Raises PublicationError for an identity-card number in place of a code, or an unknown town.
    """
    listed = [_checked(row) for row in rows]
    if order == "given":
        return without_properties(_book(listed))
    if order == "town":
        known = towns or {}
        if absent := [row.name for row in listed if row.uscc not in known]:
            raise PublicationError(f"按镇街排列缺少所属镇街：{'、'.join(absent[:5])}")
        listed.sort(key=lambda row: (known[row.uscc], row.uscc, row.name))
    else:
        listed.sort(key=lambda row: (row.uscc, row.name))
    return without_properties(_book([masked(row) for row in listed]))


def _checked(row: Published) -> Published:
    if not isinstance(row, Published):
        raise PublicationError("公示名单只接受企业名称、统一社会信用代码、等级三项")
    if ric.is_valid(row.uscc):
        raise PublicationError(f"“{masked_name(row.name)}”的代码一栏是身份证号码，不能公示")
    if not row.grade or not row.name:
        raise PublicationError("公示名单里有没有名称或没有等级的企业")
    return row


def publication_csv(rows: Iterable[Published]) -> bytes:
    """The list as it was put up, UTF-8 with a mark so that office programs read it. Raises PublicationError."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(HEADINGS)
    lines.writerows([safe_text(text) for text in (row.name, row.uscc, row.grade)] for row in map(_checked, rows))
    return out.getvalue().encode("utf-8-sig")


def masked_code(uscc: str) -> str:
    """The ends of an individual's code; other codes as they are."""
    return re.sub(r"^(.{6}).*(.{4})$", r"\1********\2", uscc) if uscc.startswith("92") else uscc


def individual(row: Published) -> bool:
    """个体工商户 (registration class 92), or a person without a code."""
    return not row.uscc or row.uscc.startswith("92")


def masked(row: Published) -> Published:
    """Individuals keep the first character of the name and the ends of the code."""
    if not individual(row):
        return row
    return Published(masked_name(row.name), masked_code(row.uscc), row.grade)


def masked_name(name: str) -> str:
    """张*"""
    return f"{name[:1]}*"


def _book(rows: list[Published]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page, bold = book.add_worksheet("公示名单"), book.add_format({"bold": True, "bottom": 1})
        page.set_column(0, 0, 40)
        page.set_column(1, 1, 24)
        for column, heading in enumerate(HEADINGS):
            page.write_string(0, column, heading, bold)
        for index, row in enumerate(rows, 1):
            for column, text in enumerate((row.name, row.uscc, row.grade)):
                page.write_string(index, column, safe_text(text))
        page.freeze_panes(1, 0)
    return out.getvalue()


def without_properties(content: bytes) -> bytes:
    """The same workbook without docProps (author, program, times), with fixed dates inside the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry.startswith("docProps/"):
                continue
            data = old.read(entry)
            if entry == "[Content_Types].xml":
                data = re.sub(rb'<Override PartName="/docProps/[^>]*/>', b"", data)
            if entry == "_rels/.rels":
                data = re.sub(rb'<Relationship [^>]*Target="docProps/[^>]*/>', b"", data)
            info = zipfile.ZipInfo(entry, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return out.getvalue()
