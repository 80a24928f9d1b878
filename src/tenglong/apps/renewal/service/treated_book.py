"""The counters as a workbook with a number in the ledger: to whom, and what for."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.registry.places import town_names
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.queries.treated import Board, board
from tenglong.apps.renewal.service.giving import Given
from tenglong.web import ledger

PAGE = "treated"
Sheet = tuple[str, list[str], list[list[Any]]]


@transaction.atomic
def treated_book(actor: Any, *, recipient: str, purpose: str, request: Any = None) -> Given:
    """Counters, years, towns and targets in sight, and what each counts. Raises Refused, RenewalError."""
    require(actor, "renewal.view")
    require(actor, "export.make")
    held = board(actor, timezone.localdate())
    sheets = sheets_of(held, town_names(actor))
    rows = [{"sheet": name, "cells": [str(cell) for cell in row]} for name, _head, listed in sheets for row in listed]
    caliber = _("各计数口径独立、互不勾稽；口径见“计数”表，按 %(pin)s") % {"pin": held.pin}
    try:
        line = ledger.enter(
            actor, page=PAGE, title=_("整治成效"), caliber=caliber, filter_text="", query="", rows=rows, form="xlsx",
            recipient=recipient, purpose=purpose, request=request)
    except ledger.ExportRefused as error:
        raise RenewalError(str(error)) from error
    notes = [[name, text] for name, text in ledger.notes_of(line)]
    content = written([*sheets, (_("口径说明"), [_("项"), _("内容")], notes)])
    return Given(line.number, f"{_('整治成效')}_{line.number}.xlsx", content)


def sheets_of(held: Board, towns: dict[str, str]) -> list[Sheet]:
    """Counters, by year, by town, targets."""
    shown = held.shown
    heads = [f"{one.label}（{one.total.word}）" for one in shown]
    totals = [[one.label, _cell(one.total), one.total.word, one.scope] for one in held.counters]
    years = [[year, *(_cell(one.years.get(year)) for one in shown)] for year in held.years]
    by_town = [[towns.get(town, town), *(_cell(one.towns.get(town)) for one in shown)] for town in held.towns]
    targets = [[one.label, one.span, _cell(one.wanted), _cell(one.reached), _cell(one.missing), one.wanted.word, one.basis]
               for one in held.targets]
    return [
        (_("计数"), [_("计数"), _("数量"), _("单位"), _("口径")], totals), (_("按年"), [_("年度"), *heads], years),
        (_("按镇街"), [_("镇街"), *heads], by_town),
        (_("目标"), [_("目标"), _("期间"), _("目标值"), _("已完成"), _("还差"), _("单位"), _("依据")], targets)]


def _cell(amount: Any) -> Any:
    """A number as Excel counts it; nothing where nothing was counted."""
    if amount is None:
        return ""
    return float(amount.number) if amount.unit == "mu" else amount.number


def written(sheets: Sequence[Sheet]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EAF1FB", "border": 1, "text_wrap": True})
        for name, head, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.set_column(0, max(1, len(head) - 1), 18)
            sheet.write_row(0, 0, head, bold)
            for at, row in enumerate(rows, 1):
                sheet.write_row(at, 0, row)
            sheet.freeze_panes(1, 1)
    return held.getvalue()
