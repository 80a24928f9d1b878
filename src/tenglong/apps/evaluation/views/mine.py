"""What a firm reads and answers of its own: its years, its land, its sheet."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.evaluation import queries, service, step_papers
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_area import ObjectionForm
from tenglong.apps.evaluation.forms_sheet import SheetObjectionForm
from tenglong.apps.evaluation.objection_window import window
from tenglong.apps.evaluation.service.own_seal import seal_own
from tenglong.apps.evaluation.sheet_print import pages_of
from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.evaluation.views.area_objections import file_objection
from tenglong.apps.evaluation.views.areas import build_up, codes_of
from tenglong.apps.evaluation.views.run_common import download
from tenglong.apps.evaluation.views.sheets import content_of
from tenglong.files.errors import FileError
from tenglong.files.pdf.confirm import confirmation_sheets
from tenglong.files.scans.page import PageRef
from tenglong.files.scans.reading import read_scans, split

#: pages that one sealed sheet may have
MOST_PAGES = 20


@require_GET
@requires("evaluation.own")
def mine(request: HttpRequest) -> HttpResponse:
    """Each year with the land, the sheet and the result that the firm was told."""
    years = [
        {
            "cycle": cycle, "areas": list(queries.areas(request.user, cycle)),
            "sheets": list(queries.sheets(request.user, cycle).filter(voided_at__isnull=True)),
            "results": _results(request, cycle),
        }
        for cycle in queries.cycles(request.user)
    ]
    return render(request, "evaluation/mine.html", {"years": years})


def _results(request: HttpRequest, cycle: Any) -> list[Any]:
    """Run, result, and the grade that counts now: of the newest data, and as an approved adjustment changed it."""
    run = queries.formal_run(request.user, cycle)
    if run is None:
        return []
    changed = dict(queries.adjustments(request.user, cycle).filter(run=run, state="approved")
                   .values_list("enterprise_id", "to_grade"))
    return [(run, one, changed.get(one.enterprise_id, "")) for one in queries.results(request.user, run)]


def _area(request: HttpRequest, ulid: str) -> Any:
    try:
        return queries.area(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这份用地核定，或它还没有公示。")) from error


@requires("evaluation.own")
def area(request: HttpRequest, ulid: str) -> HttpResponse:
    """The land of the firm as it was published, with the form of an objection while it is up."""
    found = _area(request, ulid)
    form = ObjectionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and file_objection(request, found, form, verb="evaluation.own"):
        return redirect("evaluation:own-area", ulid)
    items = list(queries.area_items(request.user, found))
    return render(request, "evaluation/own_area.html", {
        "area": found, "cycle": found.cycle, "form": form, "window": window(found), "sums": build_up(found, items),
        "codes": codes_of(request.user, found.cycle, items),
        "objections": list(queries.objections(request.user, found.cycle).filter(area=found)),
    }, status=400 if form.is_bound else 200)


def _sheet(request: HttpRequest, ulid: str) -> Any:
    try:
        return queries.sheet(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这份单子，或它还没有送达、已经作废。")) from error


@requires("evaluation.own")
def sheet(request: HttpRequest, ulid: str) -> HttpResponse:
    return _page(request, _sheet(request, ulid))


def _page(request: HttpRequest, found: Any, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "evaluation/own_sheet.html", {
        "sheet": found, "cycle": found.cycle, "told": content_of(found, bare=True), "form": SheetObjectionForm(),
        "open": found.cycle.stage in ("checks", "sheets") and found.state in ("delivered", "objected"), **more,
    }, status=status)


@require_GET
@requires("evaluation.own")
def sheet_pdf(request: HttpRequest, ulid: str) -> HttpResponse:
    """The sheet to print, seal and send back."""
    found = _sheet(request, ulid)
    content = confirmation_sheets(
        pages_of(request.user, [found]), title=_("工业企业亩均效益评价数据确认单"), year=found.cycle.year, office="",
        note=_("无异议的请在“确认”处盖章签字，扫描或拍照后在系统里交回。"),
    )
    return download(content, _("一企一单-%(name)s.pdf") % {"name": found.content.get("name", "")}, "application/pdf")


@require_POST
@requires("evaluation.own")
def sheet_object(request: HttpRequest, ulid: str) -> HttpResponse:
    found = _sheet(request, ulid)
    form = SheetObjectionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            with transaction.atomic():
                paper = step_papers.keep(request.user, form.cleaned_data["file"], "other",
                                         enterprise_id=found.enterprise_id, verb="evaluation.own")
                service.record_objection(request.user, found, text=form.cleaned_data["text"], document=paper)
            return redirect("evaluation:own-sheet", ulid)
        except EvaluationError as error:
            form.add_error(None, str(error))
    return _page(request, found, 400, form=form)


@require_POST
@requires("evaluation.own")
def sheet_confirm(request: HttpRequest, ulid: str) -> HttpResponse:
    """The sealed sheet as the firm scanned it: taken only when its codes are those of this sheet, all its pages."""
    found = _sheet(request, ulid)
    try:
        file = PaperField(required=True, label=_("盖章后的扫描件")).clean(request.FILES.get("file"))
        code, content = _read(file)
        seal_own(request.user, found, code=code, content=content)
    except EvaluationError as error:
        return _page(request, found, 400, refused=str(error))
    except FileError as error:
        return _page(request, found, 400, refused=str(error))
    except ValidationError as error:
        return _page(request, found, 400, refused="；".join(error.messages))
    return redirect("evaluation:own-sheet", ulid)


def _read(file: Any) -> tuple[str, bytes]:
    """Code of the sheet and its pages as one PDF. Raises EvaluationError, FileError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"scan.{file.name.rpartition('.')[2].lower()}"
        path.write_bytes(file.read())
        refs: dict[int, PageRef] = {}
        codes, pages = set(), 0
        for page in read_scans(path):
            if page.page > MOST_PAGES:
                raise EvaluationError(_("一份单子没有这么多页，请只上传这一份。"))
            for payload in page.payloads:
                codes.add(payload.sheet_id)
                refs[payload.page], pages = page.ref, payload.pages
        if len(codes) != 1:
            raise EvaluationError(_("没有认出这份单子的二维码，或上传了几份单子。请平放、拍清右上角，重新上传。"))
        if len(refs) != pages:
            told = {"of": pages, "n": len(refs)}
            raise EvaluationError(_("这份单子共 %(of)s 页，只认出 %(n)s 页，请补齐后一起上传。") % told)
        code = codes.pop()
        return code, split(path, {code: [refs[number] for number in sorted(refs)]})[code]
