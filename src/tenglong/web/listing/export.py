"""“导出当前结果”: the scoped rows of a list → Excel or GeoPackage, one ledger line and one audit entry."""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import xlsxwriter
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.audit.service import record
from tenglong.domain.units import from_cm2, from_fen
from tenglong.web.listing.columns import Column
from tenglong.web.listing.geopackage import write_gpkg
from tenglong.web.listing.page import EXPORT_LIMIT, ListPage
from tenglong.web.models import FigureLedger

MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
UNITS = {"mu": gettext_lazy("亩"), "m2": "m²", "wan_yuan": gettext_lazy("万元")}


class ExportRefused(ValueError):
    """Why this list cannot be given out; a Chinese sentence."""


@dataclass(frozen=True)
class Made:
    number: str
    path: Path
    filename: str
    mime: str


def make(listing: ListPage, form: str, recipient: str, purpose: str) -> Made:
    """Write the file and enter it in the ledger. Raises ExportRefused."""
    _check(listing, form, recipient.strip(), purpose.strip())
    rows = listing.fetch(listing.ordered(), listing.chosen if form == "xlsx" else listing.columns)
    digest = rows_digest(rows)
    with transaction.atomic():
        line = _enter(listing, form, recipient.strip(), purpose.strip(), len(rows), digest)
        path = Path(tempfile.mkstemp(suffix=f".{form}")[1])
        try:
            (_write_xlsx if form == "xlsx" else _write_gpkg)(path, listing, rows, line)
            record(
                listing.user,
                "export.make",
                "figure",
                line.number,
                count=len(rows),
                digest=digest,
                reason=f"{line.recipient}：{line.purpose}",
                request=listing.request,
            )
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return Made(line.number, path, f"{listing.title}_{line.number}.{form}", MIMES[form])


def rows_digest(rows: list[dict[str, Any]]) -> str:
    """SHA-256 of the rows in their order with sorted keys: the same answer gives the same hash."""
    total = hashlib.sha256()
    for row in rows:
        total.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str) + b"\n")
    return total.hexdigest()


def _check(listing: ListPage, form: str, recipient: str, purpose: str) -> None:
    if form not in MIMES or (form == "gpkg" and not listing.geometry):
        raise ExportRefused(_("这张表不能导出为“%(form)s”") % {"form": form})
    if not recipient or not purpose:
        raise ExportRefused(_("请填写报给谁和用途：每次报数都要进报数台账"))
    if listing.asked.errors:
        raise ExportRefused(_("筛选条件有误，请先改正再导出"))
    if listing.totals["rows"] > EXPORT_LIMIT:
        raise ExportRefused(
            _("结果有 %(rows)s 行，超过一次导出上限 %(limit)s 行，请缩小筛选范围")
            % {"rows": f"{listing.totals['rows']:,}", "limit": f"{EXPORT_LIMIT:,}"}
        )


def _enter(listing: ListPage, form: str, recipient: str, purpose: str, rows: int, digest: str) -> FigureLedger:
    line = FigureLedger.objects.create(
        number=f"新{digest[:20]}",
        page=listing.id,
        title=str(listing.title),
        caliber=str(listing.caliber or listing.title),
        filter_text=listing.asked.text[:2000],
        query=(listing.request.path.removesuffix("export/") + listing.without())[:2000],
        rows=rows,
        rows_sha256=digest,
        form=form,
        totals={name: value for name, value in listing.totals.items() if isinstance(value, int)},
        made_by_id=listing.user.pk or 0,
        recipient=recipient[:80],
        purpose=purpose[:200],
    )
    line.number = f"BS{timezone.localdate():%Y%m%d}-{line.pk:05d}"
    line.save(update_fields=["number"])
    return line


def _write_xlsx(path: Path, listing: ListPage, rows: list[dict[str, Any]], line: FigureLedger) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        _fill_book(book, listing, rows, line)


def _fill_book(book: xlsxwriter.Workbook, listing: ListPage, rows: list[dict[str, Any]], line: FigureLedger) -> None:
    head = book.add_format({"bold": True, "bg_color": "#EAF1FB", "border": 1, "border_color": "#CBD3DE", "text_wrap": True})
    number, whole, dated = (book.add_format({"num_format": form}) for form in ("#,##0.00", "#,##0", "yyyy-mm-dd"))
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", str(listing.title))[:31] or "Sheet1")
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(listing.chosen):
        unit = f"（{UNITS.get(column.format) or column.unit}）" if UNITS.get(column.format) or column.unit else ""
        sheet.set_column(index, index, 26 if column.format in ("text", "code") else 14)
        sheet.write_string(0, index, f"{column.label}{unit}", head)
    for place, row in enumerate(rows, start=1):
        for index, column in enumerate(listing.chosen):
            _write_cell(sheet, place, index, column, row.get(column.name), {"number": number, "whole": whole, "date": dated})
    sheet.autofilter(0, 0, max(1, len(rows)), max(0, len(listing.chosen) - 1))
    notes = book.add_worksheet(_("口径说明"))
    notes.set_column(0, 0, 14)
    notes.set_column(1, 1, 80)
    for place, (name, text) in enumerate(notes_of(line)):
        notes.write_string(place, 0, name, head)
        notes.write_string(place, 1, text)


def notes_of(line: FigureLedger) -> list[tuple[str, str]]:
    """What stands on the sheet 口径说明 of every export."""
    return [
        (_("报数编号"), line.number),
        (_("内容"), line.title),
        (_("口径"), line.caliber),
        (_("筛选条件"), line.filter_text),
        (_("行数"), f"{line.rows:,}"),
        (_("行校验 SHA-256"), line.rows_sha256),
        (_("时间"), timezone.localtime(line.made_at).strftime("%Y-%m-%d %H:%M:%S")),
        (_("制表人"), str(line.made_by)),
        (_("报给"), line.recipient),
        (_("用途"), line.purpose),
        (_("说明"), _("仅作摸底，不作为确权或违法认定依据")),
    ]


def _write_cell(sheet: Any, place: int, index: int, column: Column, value: Any, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if column.format in ("mu", "m2"):
        sheet.write_number(place, index, float(from_cm2(int(value), column.format, 4)), styles["number"])
    elif column.format == "wan_yuan":
        sheet.write_number(place, index, float(from_fen(int(value), "wan_yuan", 6)), styles["number"])
    elif column.format in ("int", "number"):
        sheet.write_number(place, index, float(value), styles["whole" if column.format == "int" else "number"])
    elif column.format == "date" and isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(place, index, datetime(value.year, value.month, value.day), styles["date"])
    else:
        sheet.write_string(place, index, column.text(value)[:32_000])


def _write_gpkg(path: Path, listing: ListPage, rows: list[dict[str, Any]], line: FigureLedger) -> None:
    write_gpkg(path, listing, rows, [(name, text) for name, text in notes_of(line)])
