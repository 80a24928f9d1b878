"""Workbooks that leave the office: rates of a day, and the list for 纪检. Each with a ledger number and the survey's mark."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance
from tenglong.apps.clearance.queries import figures, money
from tenglong.apps.clearance.queries import rows as queries
from tenglong.apps.clearance.words import BASES, RATES, RULES, UNITS
from tenglong.domain.landing.clearance import rates as counting
from tenglong.domain.landing.clearance.policy import STAGES
from tenglong.domain.units import from_cm2
from tenglong.web import ledger

Sheet = tuple[str, list[str], list[list[Any]]]


@dataclass(frozen=True)
class Given:
    number: str
    name: str
    content: bytes


def rates_book(actor: Any, row: Clearance, on: date, mark: str, *, recipient: str, purpose: str, request: Any = None) -> Given:
    """Rates by three bases on the day, and who had not signed with the reason of procedure. Raises Refused, ClearanceError."""
    require(actor, queries.VIEW)
    found = counting.rates(figures.lines(actor, row).lines, on)
    rates = [[str(RATES[stage]), str(BASES[base]), amount(base, cell.done), amount(base, cell.of), str(UNITS[base]),
              cell.percent]
             for stage in STAGES for base, cell in found.cells[stage].items()]
    reasons = policies.current().reasons
    waiting = []
    for one in queries.unsigned(actor, row, on):
        why = reasons.get(one.reason)
        waiting.append([one.number, one.name, float(from_cm2(one.land_cm2, "mu", 2)), why.label if why else "",
                        why.next if why else "", one.next_on.isoformat() if one.next_on else ""])
    heads = ([_("比率"), _("口径"), _("已办"), _("分母"), _("单位"), _("比率值")],
             [_("序号"), _("权利人"), _("用地（亩）"), _("程序原因"), _("下一步"), _("下一步时间")])
    caliber = _("截至 %(day)s 名单上的权利人；%(pin)s") % {"day": on, "pin": row.policy}
    return _give(actor, row, _("征迁进度"), caliber, mark, [(_("比率"), heads[0], rates), (_("未签约户"), heads[1], waiting)],
                 recipient, purpose, request)


def likeness_book(actor: Any, row: Clearance, mark: str, *, recipient: str, purpose: str, request: Any = None) -> Given:
    """What is to be explained about compensation. Raises Refused, ClearanceError."""
    require(actor, figures.MONEY)
    if not figures.may_money(actor, row):
        raise ClearanceError(_("没有这条记录，或者它不在您的管辖范围内。"))
    listed = [[one.label, str(RULES[one.rule]), one.says] for one in money.doubts(actor, row)]
    caliber = _("按政策幅度、同类中位数、付款拆分和评估变更核查，是待说明事项，不是结论；%(pin)s") % {"pin": row.policy}
    return _give(actor, row, _("补偿一致性核查"), caliber, mark,
                 [(_("待说明事项"), [_("权利人"), _("核查项"), _("内容")], listed)], recipient, purpose, request)


def amount(base: str, value: int) -> Any:
    """Land in mu to two places, others as they are."""
    return float(from_cm2(value, "mu", 2)) if base == "area" else value


@transaction.atomic
def _give(
    actor: Any, row: Clearance, title: str, caliber: str, mark: str, sheets: Sequence[Sheet], recipient: str, purpose: str,
    request: Any,
) -> Given:
    """Amounts never stand in the ledger, which more people read: it keeps a hash of the rows."""
    require(actor, "export.make")
    rows = [{"sheet": name, "cells": [str(cell) for cell in line]} for name, _head, listed in sheets for line in listed]
    told = f"{mark}；{caliber}" if mark else caliber
    try:
        line = ledger.enter(
            actor, page="clearances", title=_("%(what)s %(key)s") % {"what": title, "key": row.ulid[-6:]}, caliber=told,
            filter_text="", query="", rows=rows, form="xlsx", recipient=recipient, purpose=purpose, request=request)
    except ledger.ExportRefused as error:
        raise ClearanceError(str(error)) from error
    notes = [[name, text] for name, text in ledger.notes_of(line)] + [[_("项目"), row.title]]
    content = _written([*sheets, (_("口径说明"), [_("项"), _("内容")], notes)], f"{mark} {line.number}".strip())
    return Given(line.number, f"{title}_{line.number}.xlsx", content)


def _written(sheets: Sequence[Sheet], mark: str) -> bytes:
    """The mark stands above each table and in the header of every printed page."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EAF1FB", "border": 1, "text_wrap": True})
        red = book.add_format({"font_color": "#B3261E"})
        for name, head, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.set_header(f"&C{mark.replace('&', '&&')}")
            sheet.set_column(0, max(1, len(head) - 1), 20)
            sheet.write_string(0, 0, mark, red)
            sheet.write_row(1, 0, head, bold)
            for at, line in enumerate(rows, 2):
                sheet.write_row(at, 0, line)
            sheet.freeze_panes(2, 0)
    return held.getvalue()
