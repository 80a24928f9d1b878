"""What leaves the office of plans and sites: a marked workbook with a number in the ledger, to whom and why."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.registry.places import town_names
from tenglong.apps.renewal import plan_policies, plan_view
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Plan, SiteSearch
from tenglong.domain.units import from_cm2, from_fen
from tenglong.web import ledger

Cells = Sequence[Any]
#: sheet, heading, rows
Tables = Sequence[tuple[str, Cells, Sequence[Cells]]]


@dataclass(frozen=True)
class Given:
    number: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Book:
    """A workbook to be written."""

    page: str
    kind: str  # what the ledger, which others read too, says of it
    title: str
    caliber: str
    tables: Tables


def plan_book(actor: Any, plan: Plan, *, recipient: str, purpose: str, request: Any = None) -> Given:
    """Plots, proofs and groups of holders of a solved version. Raises Refused, RenewalError."""
    if not plan.answer:
        raise RenewalError(_("这一版还没有求解，没有可以导出的结果。"))
    answer, total = plan.answer, plan_view.sums(queries.items(actor, plan))
    head = [[_("方案"), f"{plan.title} v{plan.version}"], [_("状态"), plan.get_state_display()],
            *([_("证明"), one] for one in answer.get("proof_words", [])),
            [_("减少岗位"), total["jobs_lost"]], [_("新增岗位"), total["jobs_gained"]],
            *([_("目标与限制"), one["words"]] for one in answer.get("reached", [])),
            *([_("最紧的限制"), one["words"]] for one in answer.get("binding", []))]
    columns = [_("年度"), _("项目"), _("地块码"), _("镇街"), _("路径"), _("面积（亩）"), _("成本（万元）"),
               _("年增税收（万元）"), _("新增岗位"), _("减少岗位"), _("对方案的价值")]
    groups = [[_(route), one["label"], one["holders"], one["plots"],
               one["note"] if one["chance_bp"] is None else one["chance_bp"] / 100]
              for route, listed in plan.problem.get("groups", {}).items() for one in listed]
    book = Book("plans", _("整治方案 %(key)s") % {"key": plan.ulid[-6:]}, f"{plan.title} v{plan.version}",
                _("整治方案入选地块；金额按政策参数测算，未经核实"), [
        (_("地块"), columns, _plots(actor, plan)), (_("结论"), [_("项"), _("内容")], head),
        (_("签约可能性（分组）"), [_("路径"), _("组"), _("户数"), _("地块"), _("可能性 %")], groups)])
    return give(actor, book, recipient=recipient, purpose=purpose, request=request)


def _plots(actor: Any, plan: Plan) -> list[Cells]:
    towns, book = town_names(actor), plan_policies.in_force().book
    return [[row.year, row.block, row.plot_code, towns.get(row.division_code, row.division_code),
             _(book.route(row.route).label), float(from_cm2(row.land_cm2, "mu", 2)), float(from_fen(row.cost_fen, "wan_yuan")),
             float(from_fen(row.uplift_fen, "wan_yuan")), row.jobs_gained, row.jobs_lost, row.detail.get("worth", "")]
            for row in queries.items(actor, plan)]


def site_book(actor: Any, site: SiteSearch, *, recipient: str, purpose: str, request: Any = None) -> Given:
    """Alternatives and their plots. Raises Refused, RenewalError."""
    found = site.answer.get("sites", [])
    if not found:
        raise RenewalError(_("这次选址没有结果可以导出。"))
    none = "—"
    heads = [_("方案"), _("地块数"), _("面积（亩）"), _("紧凑度"), _("户数"), _("成本（万元）"), _("腾退月数"), _("差距")]
    rows = [[at, len(one["plots"]), float(from_cm2(one["land_cm2"], "mu", 2)), round(one["compactness"], 3),
             none if one["owners"] is None else one["owners"],
             none if one["cost"] is None else float(from_fen(one["cost"], "wan_yuan")),
             none if one["months"] is None else one["months"], f"{one['gap'] * 100:.3g}%"] for at, one in enumerate(found, 1)]
    plots = [[at, code] for at, one in enumerate(found, 1) for code in one["codes"]]
    book = Book("sites", _("选址结果 %(key)s") % {"key": site.ulid[-6:]}, site.title,
                _("按登记的地块图形、面积和测算参数搜索；“—”为没有登记"), [
        (_("方案"), heads, rows), (_("地块"), [_("方案"), _("地块码")], plots)])
    return give(actor, book, recipient=recipient, purpose=purpose, request=request)


@transaction.atomic
def give(actor: Any, book: Book, *, recipient: str, purpose: str, request: Any) -> Given:
    """Number, audit, and the file, which says on every sheet who took it and when."""
    require(actor, queries.READ)
    require(actor, "export.make")
    rows = [{"sheet": sheet, "cells": [str(cell) for cell in row]} for sheet, _head, listed in book.tables for row in listed]
    try:
        line = ledger.enter(
            actor, page=book.page, title=book.kind, caliber=book.caliber, filter_text="", query="", rows=rows, form="xlsx",
            recipient=recipient, purpose=purpose, request=request)
    except ledger.ExportRefused as error:
        raise RenewalError(str(error)) from error
    mark = plan_view.mark_of(actor).text
    notes = [[name, text] for name, text in ledger.notes_of(line)] + [[_("水印"), mark]]
    content = _written([*book.tables, (_("口径说明"), [_("项"), _("内容")], notes)], f"{mark} {line.number}")
    return Given(line.number, f"{book.title}_{line.number}.xlsx", content)


def _written(tables: Tables, mark: str) -> bytes:
    """The mark stands above the table and in the header of every printed page."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EAF1FB", "border": 1})
        red = book.add_format({"font_color": "#B3261E"})
        for name, head, rows in tables:
            sheet = book.add_worksheet(name[:31])
            sheet.set_header(f"&C{mark.replace('&', '&&')}")
            sheet.set_column(0, len(head), 18)
            sheet.write_string(0, 0, mark, red)
            sheet.write_row(1, 0, head, bold)
            for at, row in enumerate(rows, 2):
                sheet.write_row(at, 0, row)
            sheet.freeze_panes(2, 0)
    return held.getvalue()
