"""A check as a workbook with a number in the ledger: what was agreed, what was reached, and amounts only when decided."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.renewal.service.giving import Given
from tenglong.apps.renewal.service.treated_book import Sheet, written
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.models import CovenantCheck
from tenglong.apps.supply.queries import covenants as queries
from tenglong.web import ledger

PAGE: Final = "covenant-check"
DECIDED: Final = ("decided", "performed")
VERDICTS: Final = {"met": "达标", "short": "未达标", "unknown": "缺数", "not_due": "未到考核期"}

__all__ = ["Given", "check_book"]


@transaction.atomic
def check_book(actor: Any, row: CovenantCheck, *, recipient: str, purpose: str, request: Any = None) -> Given:
    """What the actor may see of the check; an amount leaves only after the decision. Raises Refused, CovenantError."""
    require(actor, queries.VIEW)
    require(actor, "export.make")
    told = queries.shown_check(actor, row)
    sheets = _sheets(told, row.stage in DECIDED)
    rows = [{"sheet": name, "cells": [str(cell) for cell in line]} for name, _head, lines in sheets for line in lines]
    caliber = _("按 %(policy)s，核查日期 %(day)s；缺数不作 0 计；金额只在决定后导出") % {"policy": row.policy, "day": row.on}
    try:
        line = ledger.enter(
            actor, page=PAGE, title=_("履约核查"), caliber=caliber, filter_text=row.covenant.number, query="", rows=rows,
            form="xlsx", recipient=recipient, purpose=purpose, request=request)
    except ledger.ExportRefused as error:
        raise CovenantError(str(error)) from error
    notes = [[name, text] for name, text in ledger.notes_of(line)]
    content = written([*sheets, (_("口径说明"), [_("项"), _("内容")], notes)])
    return Given(line.number, f"{_('履约核查')}_{row.covenant.number}_{line.number}.xlsx", content)


def _sheets(told: dict[str, Any], decided: bool) -> list[Sheet]:
    results = [
        [one["label"], one["unit"], one["mode"], one["agreed"], one["reached"] or "—", VERDICTS[one["verdict"]], one["why"]]
        for one in told["rows"]]
    nodes = [[one["label"], one["agreed"] or "—", one["done"] or "—", "—" if one["late"] is None else one["late"]]
             for one in told["nodes"]]
    found: list[Sheet] = [
        (_("指标"), [_("指标"), _("单位"), _("考核方式"), _("约定"), _("实际"), _("结论"), _("说明")], results),
        (_("节点"), [_("节点"), _("约定日期"), _("实际日期"), _("逾期（天）")], nodes)]
    if decided and told["amounts"] is not None:
        lines = [[one["label"], one["article"], step["label"], step["formula"], step["value"]]
                 for one in told["amounts"] for step in one["steps"]]
        found.append((_("核算"), [_("事项"), _("条款"), _("步骤"), _("算式"), _("结果")], lines))
    return found
