"""Scanned pages without a readable code, filed by hand: one person says whose they are, a second one looks and files them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle, Sheet, UnreadScan
from tenglong.apps.evaluation.models.sheet import SheetState, UnreadState
from tenglong.apps.evaluation.service.base import at, locked, reached, said
from tenglong.apps.registry import service as registry
from tenglong.domain.delta import Delta, diff
from tenglong.files.pdf.merge import merge

VERB: Final = "evaluation.manage"
#: digits of the version that are printed beside the code, and how many of them tell one version from another
PRINTED, ENOUGH = 16, 6


@dataclass(frozen=True)
class Unread:
    """A page as it came out of a batch; `content` is the page as a PDF, empty where it could not be taken out."""

    place: int
    file: str
    page: int
    trouble: str
    hint: str = ""
    content: bytes = b""


def keep_unread(actor: Any, cycle: Cycle, job_ulid: str, pages: Iterable[Unread]) -> int:
    """Inside the transaction of the job that read them. Returns how many are kept."""
    number = 0
    for one in pages:
        paper = None
        if one.content:
            name = _("未识别-%(file)s-%(page)s.pdf") % {"file": one.file.rpartition("/")[2][:80], "page": one.page}
            paper = registry.add_document(
                actor, name, one.content, kind="confirmation", division_code=cycle.division_code, verb=VERB)
        UnreadScan.objects.create(
            cycle=cycle, job_ulid=job_ulid, place=one.place, file=one.file[:200], page=one.page, trouble=one.trouble,
            hint=one.hint, document=paper, created_by_id=actor.pk)
        number += 1
    return number


@transaction.atomic
def match_unread(
    actor: Any, cycle: Cycle, pages: Sequence[UnreadScan], sheet: Sheet, *, printed: str, agrees: bool
) -> Sheet:
    """The pages are of this sheet; nothing is filed before the second person. Raises EvaluationError.

    `printed`: the number or version read on the paper, "" where it is torn off. `agrees`: its figures are those of the sheet.
    """
    fresh = _sheet(actor, sheet)
    if fresh.cycle_id != cycle.pk:
        raise EvaluationError(_("这份单子不属于本批次。"))
    _same_paper(fresh, printed, agrees)
    if not pages:
        raise EvaluationError(_("请勾选属于这份单子的页。"))
    for page in pages:
        one = locked(actor, page, VERB)
        if one.cycle_id != cycle.pk or one.state != UnreadState.OPEN or one.document_id is None:
            raise EvaluationError(_("有的页已经办理过，或者没有取出来，不能归档；请刷新后重新勾选。"))
        UnreadScan.objects.filter(pk=one.pk).update(
            state=UnreadState.MATCHED, sheet=fresh, printed=printed.strip()[:60], matched_by_id=actor.pk,
            matched_at=timezone.now())
    record(actor, "sheet.match_by_hand", "sheet", fresh.ulid, count=len(pages), reason=_told(pages, printed),
           deltas=[Delta("pages", None, _pages(pages))])
    return fresh


def _same_paper(sheet: Sheet, printed: str, agrees: bool) -> None:
    if not agrees:
        raise EvaluationError(_("纸面内容与这一版数据不一致，不能归档；请打印新版重新送达盖章，"
                                "这几页可以登记为不归档。"))
    if printed.strip() and not same_version(sheet, printed):
        told = {"printed": printed.strip(), "name": sheet.content.get("name", ""), "code": sheet.code,
                "version": sheet.version_hash[:PRINTED]}
        raise EvaluationError(_("纸上的编号或版本号“%(printed)s”与%(name)s现行单子（%(code)s，版本 %(version)s）"
                                "对不上：不是这家的，或者盖章后数据变了，不能归档。") % told)


def same_version(sheet: Sheet, printed: str) -> bool:
    """What stands on the paper (number of the sheet, its version or the beginning of it, or the whole line) is this sheet's."""
    text = re.sub(r"\s", "", printed).lower().removeprefix("tl1|").strip("|")
    parts = [part for part in text.split("|") if part and "/" not in part]
    version = sheet.version_hash[:PRINTED].lower()
    fits = [part == sheet.code.lower() or (len(part) >= ENOUGH and version.startswith(part)) for part in parts]
    return bool(fits) and all(fits)


def _sheet(actor: Any, sheet: Sheet) -> Sheet:
    fresh = reached(actor, sheet, VERB)
    at(fresh.cycle, "checks", "sheets")
    if fresh.voided_at is not None:
        raise EvaluationError(_("这份单子已作废：%(why)s。请用新的一份。") % {"why": fresh.void_reason})
    if fresh.state == SheetState.SEALED:
        raise EvaluationError(_("这份单子已经盖章归档，不用再归。"))
    return fresh


def _matched(actor: Any, sheet: Sheet) -> list[UnreadScan]:
    held = UnreadScan.objects.select_for_update().filter(sheet=sheet, state=UnreadState.MATCHED)
    rows = list(held.order_by("job_ulid", "place"))
    if not rows:
        raise EvaluationError(_("这份单子没有等待复核的页。"))
    reached(actor, rows[0], VERB)
    return rows


@transaction.atomic
def file_matched(actor: Any, sheet: Sheet) -> Sheet:
    """By a second person: the pages, in order, become the sealed sheet; the audit names both. Raises EvaluationError."""
    fresh = locked(actor, _sheet(actor, sheet), VERB)
    rows = _matched(actor, fresh)
    if any(row.matched_by_id == actor.pk for row in rows):
        raise EvaluationError(_("核对的人不能自己复核，请另一位经办人看过原页再归档。"))
    content = merge(registry.document_path(row.document).read_bytes() for row in rows)
    paper = registry.add_document(
        actor, _("一企一单-%(name)s.pdf") % {"name": fresh.content.get("name", "")}, content, kind="confirmation",
        subject_type="enterprise", subject_id=fresh.enterprise_id, dated=timezone.localdate(), verb=VERB)
    today, now = timezone.localdate(), timezone.now()
    Sheet.objects.filter(pk=fresh.pk).update(state=SheetState.SEALED, scanned_document=paper, sealed_on=today)
    UnreadScan.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=UnreadState.FILED, decided_by_id=actor.pk, decided_at=now)
    people = {"a": "、".join(sorted(_names({row.matched_by_id for row in rows}))), "b": actor.name}
    record(actor, "sheet.sealed", "sheet", fresh.ulid, count=len(rows),
           deltas=[Delta("state", fresh.state, "sealed"), Delta("pages", None, _pages(rows))],
           reason=_("人工归档：%(a)s 核对，%(b)s 复核") % people)
    return Sheet.objects.get(pk=fresh.pk)


@transaction.atomic
def return_matched(actor: Any, sheet: Sheet, *, reason: str) -> int:
    """Not this sheet's: the pages are open again. Returns how many."""
    why, rows = said(reason, _("退回理由")), _matched(actor, reached(actor, sheet, VERB))
    UnreadScan.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=UnreadState.OPEN, sheet=None, printed="", matched_by_id=None, matched_at=None, note=why[:300])
    record(actor, "sheet.match_return", "sheet", sheet.ulid, count=len(rows), reason=why)
    return len(rows)


@transaction.atomic
def dismiss_unread(actor: Any, page: UnreadScan, *, reason: str) -> UnreadScan:
    """A page that belongs to no sheet: a cover, a wrong paper. It stays on file with the reason."""
    fresh = locked(actor, page, VERB)
    if fresh.state != UnreadState.OPEN:
        raise EvaluationError(_("这一页已经是“%(state)s”，不能再办。") % {"state": fresh.get_state_display()})
    why = said(reason, _("不归档的理由"))
    UnreadScan.objects.filter(pk=fresh.pk).update(
        state=UnreadState.DISMISSED, note=why[:300], decided_by_id=actor.pk, decided_at=timezone.now())
    record(actor, "sheet.page_dismiss", "cycle", fresh.cycle.ulid, reason=why,
           deltas=diff({}, {"pages": _pages([fresh])}))
    return UnreadScan.objects.get(pk=fresh.pk)


def _pages(rows: Iterable[UnreadScan]) -> str:
    return "、".join(f"{row.file} {row.page}" for row in rows)


def _told(rows: Sequence[UnreadScan], printed: str) -> str:
    if printed.strip():
        return _("纸上编号或版本 %(printed)s，数字逐项核对一致") % {"printed": printed.strip()}
    return _("纸上编号看不清，数字逐项核对一致")


def _names(ids: set[int | None]) -> list[str]:
    return list(get_user_model()._default_manager.filter(pk__in=[pk for pk in ids if pk]).values_list("name", flat=True))
