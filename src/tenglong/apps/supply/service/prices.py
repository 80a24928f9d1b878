"""The table of prices as a workbook with a number in the ledger: to whom, and what for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.service.giving import Given
from tenglong.apps.renewal.service.treated_book import Sheet, written
from tenglong.apps.supply.queries.prices import Asked, Board, board
from tenglong.domain.landing.prices import PriceTable
from tenglong.domain.landing.prices.exact import METHOD
from tenglong.domain.landing.prices.groups import Group
from tenglong.domain.landing.prices.reasons import LEFT_OUT, Judged
from tenglong.domain.landing.prices.telling import mu, notes_of
from tenglong.domain.units import from_cm2
from tenglong.web import ledger

PAGE = "prices"


@transaction.atomic
def price_book(actor: Any, asked: Asked, words: Mapping[str, str], *, recipient: str, purpose: str,
               query: str = "", request: Any = None) -> Given:
    """Groups, outliers, what was left out, prices below the floor. Raises Refused, RenewalError."""
    require(actor, "deal.view")
    require(actor, "export.make")
    held = board(actor, asked, words)
    if held.table is None:
        raise RenewalError(_("成交案例太多，请先按年度或地区缩小范围。"))
    sheets = sheets_of(held, held.table, words)
    rows = [{"sheet": name, "cells": [str(cell) for cell in row]} for name, _head, listed in sheets for row in listed]
    try:
        line = ledger.enter(
            actor, page=PAGE, title=_("地价比较"), caliber=caliber(), filter_text=told(asked, words), query=query, rows=rows,
            form="xlsx", recipient=recipient, purpose=purpose, request=request)
    except ledger.ExportRefused as error:
        raise RenewalError(str(error)) from error
    notes = [[name, text] for name, text in ledger.notes_of(line)]
    content = written([*sheets, (_("口径说明"), [_("项"), _("内容")], notes)])
    return Given(line.number, f"{_('地价比较')}_{line.number}.xlsx", content)


def caliber() -> str:
    return _("单价＝成交总价÷成交面积；没有价款、价款为 0、划拨和租赁的不参与；异常的计入中位数并逐宗说明；%(method)s") % {
        "method": _(METHOD)}


def told(asked: Asked, words: Mapping[str, str]) -> str:
    """The conditions as people say them."""
    years = f"{asked.first or ''}–{asked.last or ''}" if asked.first or asked.last else ""
    return "；".join(filter(None, [asked.place, asked.use, words.get(asked.method, asked.method), years])) or _("全部")


def sheets_of(held: Board, table: PriceTable, words: Mapping[str, str]) -> list[Sheet]:
    whole = table.whole
    heads = [_("宗数"), _("有价"), _("中位单价（万元/亩）"), "Q1", "Q3", _("最低"), _("最高"), _("加权均价"), _("异常"),
             _("去异常中位"), _("说明")]
    groups = [[*(words.get(part, part) for part in one.key), *_cells(one), "；".join(notes_of(one, _))]
              for one in table.groups]
    deal_head = [_("地区"), _("受让人"), _("坐落"), _("面积（亩）"), _("单价（万元/亩）"), _("原因")]
    far = [[one.deal.region, one.deal.holder, one.deal.location, float(from_cm2(one.deal.area_cm2 or 0, "mu")),
            number(one.per_mu), "；".join(said(one))] for one in whole.flagged]
    left = [[one.deal.region, one.deal.holder, one.deal.location, mu(one.deal.area_cm2 or 0), "", _(LEFT_OUT[one.left_out])]
            for one in whole.rows if one.left_out]
    deals = {one.deal.ref: one.deal for one in whole.rows}
    below = [[deals[issue.key].region, deals[issue.key].holder, deals[issue.key].location,
              float(from_cm2(deals[issue.key].area_cm2 or 0, "mu")), issue.value, issue.message] for issue in held.below]
    return [(_("分组"), [*(_(label) for label in table.labels), *heads], groups), (_("异常"), deal_head, far),
            (_("不参与比价"), deal_head, left), (_("低于最低价"), deal_head, below)]


def _cells(one: Group) -> list[Any]:
    low, high = one.quartiles or (None, None)
    ends = (one.ordered[0], one.ordered[-1]) if one.ordered else (None, None)
    return [len(one.rows), one.n, *(number(price) for price in (one.median, low, high, *ends, one.mean)), len(one.flagged),
            number(one.median_plain)]


def said(one: Judged) -> list[str]:
    """Why it stands out, in the reader's language."""
    return [_(flag.text) % dict(flag.values) for flag in one.flags]


def number(price: Any) -> Any:
    """分 a mu → 万元 as Excel counts it; nothing where there is no price."""
    return "" if price is None else round(float(price) / 1_000_000, 4)
