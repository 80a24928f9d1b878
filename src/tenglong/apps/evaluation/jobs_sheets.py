"""Long work around sheets: printing them all as one PDF, and taking in a pile of scans."""

from __future__ import annotations

from typing import Any

import orjson
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle, Sheet
from tenglong.apps.evaluation.service.sheets import Scan, file_scans
from tenglong.apps.evaluation.service.unread import Unread, keep_unread
from tenglong.apps.evaluation.sheet_print import pages_of, printed_hash
from tenglong.apps.jobs.service import Cancelled, JobContext, JobError, job
from tenglong.files.errors import FileError
from tenglong.files.pdf.confirm import RenderCancelled, confirmation_sheets
from tenglong.files.scans.match import INCOMPLETE, Matching, match
from tenglong.files.scans.page import BROKEN, CONFLICT, MISSING, PageRef, ScannedPage
from tenglong.files.scans.reading import read_scans, split

PDF, RESULT, SCANS = "sheets.pdf", "scans.json", "scans"
#: pages of one sheet that a sealed sheet may have on file
MOST_PAGES = 40
SUPERSEDED = "0" * 16


@job("evaluation.print", queue="long", label=gettext_lazy("打印一企一单"))
def print_sheets(ctx: JobContext, cycle: str, sheets: list[str] | None = None) -> dict[str, Any]:
    """The sheets named, or all that are valid, in the order of towns and names."""
    found = _cycle(ctx, cycle)
    rows = queries.sheets(ctx.user, found).filter(voided_at__isnull=True).defer(None).select_related("cycle")
    wanted = rows.filter(ulid__in=sheets) if sheets else rows
    ordered = sorted(wanted, key=lambda sheet: (sheet.division_code, sheet.content["name"], sheet.pk))
    try:
        content = confirmation_sheets(
            pages_of(ctx.user, ordered), title=str(_("工业企业亩均效益评价数据确认单")), year=found.year, office=_office(ctx),
            note=_note(), on_progress=lambda done, of: ctx.progress(done, of, _("排版")),
        )
    except RenderCancelled as error:
        raise Cancelled from error
    except ValueError as error:
        raise JobError(str(error)) from error
    (ctx.folder / PDF).write_bytes(content)
    return {"url": reverse("evaluation:sheets-pdf", args=[ctx.job.ulid]), "sheets": len(ordered)}


def _office(ctx: JobContext) -> str:
    return ctx.user.department.name if ctx.user.department else ""


def _note() -> str:
    return str(_("请核对以上数据。无异议的请在“确认”处盖章签字；有异议的请写明哪一项、应为多少并附证明材料，在期限内交回。"))


@job("evaluation.scans", queue="long", label=gettext_lazy("归档盖章扫描件"))
def take_scans(ctx: JobContext, cycle: str, files: list[str]) -> dict[str, Any]:
    """Pages to sheets by their codes; what needs a person is told page by page."""
    found = _cycle(ctx, cycle)
    paths = [ctx.folder / SCANS / name for name in files]
    known, filed = _known(found)
    thumbs: dict[PageRef, bytes] = {}
    try:
        matching = match(_watched(ctx, read_scans(paths), thumbs), known, filed=filed)
        whole = {code: refs for code, refs in matching.groups.items() if code not in _short(matching)}
        papers = split(paths, whole)
    except FileError as error:
        raise JobError(str(error)) from error
    names = dict(Sheet.objects.filter(cycle=found, code__in=list(known)).values_list("code", "content__name"))
    scans = [Scan(code, _("一企一单-%(name)s.pdf") % {"name": names.get(code, code)}, papers[code]) for code in whole]
    unread = _unread(paths, matching)
    try:
        with ctx.atomic():
            done = file_scans(ctx.user, found, scans)
            keep_unread(ctx.user, found, ctx.job.ulid, unread)
    except EvaluationError as error:
        raise JobError(str(error)) from error
    sealed = [sheet.code for sheet in done.sealed]
    told = _told(ctx, matching, sealed, names, thumbs)
    (ctx.folder / RESULT).write_bytes(orjson.dumps(told))
    return {"url": reverse("evaluation:scan-result", args=[found.ulid, ctx.job.ulid]), "sealed": len(sealed),
            "troubles": len(matching.troubles), "blank": len(matching.blank)}


def _cycle(ctx: JobContext, ulid: str) -> Cycle:
    try:
        return queries.cycle(ctx.user, ulid)
    except Cycle.DoesNotExist as error:
        raise JobError(_("找不到这个评价批次，或您已无权处理它。")) from error


def _known(cycle: Cycle) -> tuple[dict[str, str], set[tuple[str, int]]]:
    """Code → hash in force (a void sheet: one that fits nothing), and the pages of sheets that are sealed already."""
    known: dict[str, str] = {}
    filed: set[tuple[str, int]] = set()
    for sheet in Sheet.objects.filter(cycle=cycle).only("code", "version_hash", "state", "voided_at"):
        known[sheet.code] = SUPERSEDED if sheet.voided_at else printed_hash(sheet)
        if sheet.state == "sealed":
            filed |= {(sheet.code, page) for page in range(1, MOST_PAGES + 1)}
    return known, filed


def _watched(ctx: JobContext, pages: Any, thumbs: dict[PageRef, bytes]) -> Any:
    """Counts pages and keeps the small pictures of those without a readable code."""
    page: ScannedPage
    for number, page in enumerate(pages, 1):
        ctx.progress(number, 0, _("读第 %(n)s 页") % {"n": number})
        if page.image_small:
            thumbs[page.ref] = page.image_small if len(page.payloads) != 1 else b""
        yield page


def _short(matching: Matching) -> set[str]:
    """Sheets that lack a page: nothing of them is filed."""
    return {trouble.sheet_id for trouble in matching.troubles if trouble.code == "page-missing"}


#: pages that a person may bring to their sheet
BY_HAND = (MISSING, CONFLICT, BROKEN)


def _unread(paths: Any, matching: Matching) -> list[Unread]:
    """Pages without a readable code, and those of sheets that lack a page, each as a PDF where it can be taken out."""
    found = [(place, one.ref, one.code, "") for place, one in enumerate(matching.troubles) if one.ref and one.code in BY_HAND]
    short = [(ref, code) for code in sorted(_short(matching)) for ref in matching.groups.get(code, [])]
    behind = len(matching.troubles)
    found += [(behind + number, ref, INCOMPLETE, code) for number, (ref, code) in enumerate(short)]
    whole = {str(place): [ref] for place, ref, code, _hint in found if code != BROKEN}
    try:
        papers = split(paths, whole) if whole else {}
    except FileError:
        papers = {}
    return [Unread(place, ref.file, ref.page, code, hint, papers.get(str(place), b"")) for place, ref, code, hint in found]


def _told(
    ctx: JobContext, matching: Matching, sealed: list[str], names: dict[str, str], thumbs: dict[PageRef, bytes]
) -> dict[str, Any]:
    troubles = []
    for number, one in enumerate(matching.troubles):
        picture = thumbs.get(one.ref, b"") if one.ref else b""
        if picture:
            (ctx.folder / f"page-{number}.jpg").write_bytes(picture)
        troubles.append({
            "code": one.code, "message": one.message, "file": one.ref.file if one.ref else "",
            "page": one.ref.page if one.ref else None, "name": names.get(one.sheet_id, ""), "picture": bool(picture),
            "n": number,
        })
    done = [{"code": code, "name": names.get(code, ""), "pages": len(matching.groups[code])} for code in sealed]
    assumed = [{"file": ref.file, "page": ref.page} for ref in matching.assumed]
    return {"sealed": done, "troubles": troubles, "assumed": assumed, "blank": len(matching.blank)}
