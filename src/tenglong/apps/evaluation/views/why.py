"""Why this grade: the page, its JSON, its workbook, its print, and the source rows of every figure."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import Refused, can
from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.service.appeals import HEARD
from tenglong.apps.evaluation.source_rows import source_rows
from tenglong.apps.evaluation.views.common import CHINESE
from tenglong.apps.evaluation.views.run_common import (
    STANDINGS,
    XLSX,
    download,
    firm_url,
    group_labels,
    is_own,
    points,
    result_or_404,
    run_or_404,
)
from tenglong.apps.evaluation.why import Why, masked_json, why
from tenglong.web.twins import Twin


def show(request: HttpRequest, ulid: str, key: str) -> HttpResponse:
    """For an office with the firm in scope, and for the firm itself once it was told."""
    run, result, made = _made(request, ulid, key)
    pages = {name: firm_url(request, name, run, key) for name in ("result-json", "result-book", "result-print", "appeal-new")}
    adjusted = queries.adjustments(request.user, run.cycle).filter(
        run=run, enterprise_id=result.enterprise_id, state="approved").first()
    return render(request, "evaluation/result.html", {
        "run": run, "cycle": run.cycle, "result": result, "why": made, "pages": pages, "own": is_own(request),
        "hidden": HIDDEN, "adjustment": adjusted, "total": points(result.total, result.decimals),
        "group": group_labels(run).get(result.group, result.group), "standing": STANDINGS.get(result.standing, result.standing),
        "may_appeal": run.released_on is not None and run.cycle.stage in HEARD and can(
            request.user, "evaluation.own" if is_own(request) else "evaluation.appeal"),
        "may_adjust": run.kind == "formal" and bool(result.grade) and can(request.user, "evaluation.adjust"),
    })


def twin(request: HttpRequest, ulid: str, key: str) -> Twin:
    """The trace (schema tenglong.trace/1), or what may be said of it."""
    _run, _result, made = _made(request, ulid, key)
    return Twin(made.found if made.found is not None else masked_json(made), json_dumps_params=CHINESE)


def book(request: HttpRequest, ulid: str, key: str) -> HttpResponse:
    from tenglong.files.evaluation import trace_workbook

    _figures(request)
    _run, result, made = _made(request, ulid, key)
    if made.found is None:
        raise Refused("sensitive.view")
    try:
        content = trace_workbook([made.found], made.full.compiled)
    except ValueError as error:
        raise Http404(str(error)) from error
    return download(content, f"{result.name}-评分明细.xlsx", XLSX)


def printed(request: HttpRequest, ulid: str, key: str) -> HttpResponse:
    """The same page on A4."""
    from tenglong.files.pdf.pages import Explanation, Grid, explanation_page

    _figures(request)
    run, result, made = _made(request, ulid, key)
    if made.page is None:
        raise Refused("sensitive.view")
    grids, notes = list[Grid](), list(made.page.summary)
    for section in made.page.sections:
        notes += [section.title, *section.sentences] if section.sentences and not section.head else section.sentences
        if section.head:
            grids.append(Grid(section.title, section.head, [[cell.text for cell in row] for row in section.rows]))
    foot = _("数据快照 %(sha)s，%(software)s") % {"sha": made.full.snapshot, "software": run.software}
    content = explanation_page(Explanation(
        made.page.title, notes, grids, [foot],
        subtitle=f"{result.name} {result.uscc or result.key}", watermark=run.watermark))
    return download(content, f"{result.name}-{made.page.title}.pdf", "application/pdf")


def _figures(request: HttpRequest) -> None:
    """Whole files of figures: for offices with the right to see them, and for the firm itself."""
    if not is_own(request) and not can(request.user, "sensitive.view"):
        raise Refused("sensitive.view")


def source(request: HttpRequest, ulid: str, key: str, column: str) -> HttpResponse:
    """The rows that one figure comes from, down to the row of the imported file."""
    run, result = _found(request, ulid, key)
    full = queries.full_row(request.user, run, key)
    rows = source_rows(request.user, run, full, column)
    if rows is None:
        raise Http404(_("这项数据没有来源记录。"))
    back = firm_url(request, "result", run, key)
    told = {"run": run, "cycle": run.cycle, "result": result, "found": rows, "back": back}
    return render(request, "evaluation/source.html", told)


def _found(request: HttpRequest, ulid: str, key: str) -> tuple[Any, Any]:
    run = run_or_404(request, ulid)
    return run, result_or_404(request, run, key)


def _made(request: HttpRequest, ulid: str, key: str) -> tuple[Any, Any, Why]:
    run, result = _found(request, ulid, key)
    try:
        made = why(request.user, run, key, lambda column: firm_url(request, "source", run, key, column),
                   reverse(f"evaluation:{'own-' if is_own(request) else ''}scheme", args=[run.scheme_id, run.scheme_version]))
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return run, result, made

