"""周报 and 半月清单: figures taken once, words that may be edited, files with a number of the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import bulletin_files, figures
from tenglong.apps.casework.errors import CaseConflict, CaseError
from tenglong.apps.casework.figures import Period
from tenglong.apps.casework.models import CaseBulletin
from tenglong.apps.casework.titles import definition_labels
from tenglong.apps.registry.places import town_names
from tenglong.domain.delta import Delta
from tenglong.web import ledger

CALIBER: Final = "按制作人当时可见的案件计；案件按发起、办结日期，任务按期限归入本期；法定等待和随流转关闭的任务不计"
LONGEST: Final = 4_000


def bulletins(user: Any) -> QuerySet[CaseBulletin]:
    return scoped(user, CaseBulletin.objects.select_related("made_by"))


def period_of(kind: str, day: date) -> Period:
    """The week (Monday to Sunday) or the half month that `day` lies in."""
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    if day.day <= 15:
        return Period(day.replace(day=1), day.replace(day=15))
    behind = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Period(day.replace(day=16), behind - timedelta(days=1))


@transaction.atomic
def make(actor: Any, kind: str, day: date) -> CaseBulletin:
    """A new issue with the figures as they are now. Raises CaseError, Refused."""
    require(actor, "case.work")
    if kind not in dict(CaseBulletin.KINDS):
        raise CaseError(_("请选周报或半月清单。"))
    today, period = timezone.localdate(), period_of(kind, day)
    if period.first > today:
        raise CaseError(_("%(period)s 还没有开始，没有数字。") % {"period": period.text})
    taken = _figures(actor, kind, period, today)
    office = actor.department.name if actor.department else actor.name
    row = CaseBulletin(
        kind=kind, year=period.first.year, first=period.first, last=period.last, office=office[:80], made_by=actor,
        division_code=_reach(actor), title=_title(kind, period), figures=taken, sections=_sections(kind, taken),
        lead=_("本期为 %(period)s，数字截至 %(today)s，共 %(n)s 个流程。") % {
            "period": period.text, "today": today, "n": len(taken["procedures"])},
    )
    _numbered(row)
    audit.record(actor, "case.bulletin", "bulletin", row.ulid, reason=row.title)
    return row


def _numbered(row: CaseBulletin) -> None:
    for _try in range(5):
        same = CaseBulletin.objects.filter(kind=row.kind, year=row.year, division_code=row.division_code)
        row.issue = (same.aggregate(last=Max("issue"))["last"] or 0) + 1
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return
        except IntegrityError:
            row.pk = None
    raise CaseConflict(_("同时制作的期数太多，请再试一次。"))


def _reach(actor: Any) -> str:
    """The division that the figures are of, "" when they are of everything or of several."""
    scope = scope_of(actor, "case.work")
    return next(iter(scope.divisions)) if scope.kind != "all" and len(scope.divisions) == 1 else ""


def _title(kind: str, period: Period) -> str:
    word = _("案件办理周报") if kind == "week" else _("案件办理半月清单")
    return f"{word}（{period.text}）"


def _figures(actor: Any, kind: str, period: Period, today: date) -> dict[str, Any]:
    by_procedure, by_town = (figures.counted(actor, period, by) for by in ("definition", "division_code"))
    tables = [
        figures.table(_("按流程"), _("流程"), by_procedure, dict(definition_labels(actor))),
        figures.table(_("按区划"), _("区划"), by_town, town_names(actor)),
        figures.overdue(actor, today) if kind == "week" else figures.listing(actor, period, today),
    ]
    return {"tables": tables, "procedures": by_procedure, "orders": figures.orders(actor, period), "as_of": today.isoformat()}


def _sections(kind: str, taken: dict[str, Any]) -> list[dict[str, Any]]:
    """Words from the figures, to be edited; `table` is the one that follows them."""
    total = {name: sum(one[name] for one in taken["procedures"].values()) for name in figures.COUNTS}
    told = {name: f"{number:,}" for name, number in total.items()}
    told |= {"in_time": figures.share(total["in_time"], total["due"]), "late": figures.share(total["late"], total["open"])}
    order = {name: f"{number:,}" for name, number in taken["orders"].items()}
    words = (
        (_("总体情况"), _("期初在办 %(before)s 件，本期发起 %(opened)s 件、办结 %(closed)s 件，期末在办 %(after)s 件。"
                      "本期到期任务 %(due)s 项，按期完成 %(in_time)s；期末逾期未完成 %(late)s。") % told, 0),
        (_("分区划情况"), _("各区划办理情况见下表。"), 1),
        (_("逾期任务") if kind == "week" else _("案件清单"), _("清单见下表。"), 2),
        (_("督办情况"), _("累计发出督办单 %(all)s 张，本期发出 %(issued)s 张、销号 %(closed)s 张；在督 %(open)s 张，"
                      "其中逾期未回复 %(late)s/%(open)s 张。") % order, None),
    )
    return [{"heading": heading, "text": text, "table": at} for heading, text, at in words]


@transaction.atomic
def edit(
    actor: Any, ulid: str, *, title: str, office: str, lead: str, words: list[tuple[str, str]], lock_version: int
) -> CaseBulletin:
    """Change the words; the figures stay. Raises CaseError, CaseConflict, Refused."""
    require(actor, "case.work")
    row = bulletins(actor).filter(ulid=ulid).first()
    if row is None:
        raise CaseError(_("没有这一期，或它不在您的管辖范围内。"))
    if not title.strip() or not office.strip() or len(words) != len(row.sections):
        raise CaseError(_("请写明标题和落款单位。"))
    if any(len(text) > LONGEST for _heading, text in words) or len(lead) > LONGEST:
        raise CaseError(_("每段最多 %(most)s 字。") % {"most": LONGEST})
    if not CaseBulletin.objects.filter(pk=row.pk, lock_version=lock_version).update(lock_version=lock_version + 1):
        raise CaseConflict(_("这一期刚被别人改过，请看最新内容再改。"))
    before = row.sections
    row.sections = [
        {**old, "heading": heading.strip()[:100] or old["heading"], "text": text.strip()}
        for old, (heading, text) in zip(before, words, strict=True)
    ]
    row.title, row.office, row.lead, row.lock_version = title.strip()[:100], office.strip()[:80], lead.strip(), lock_version + 1
    row.save(update_fields=["sections", "title", "office", "lead"])
    changed = [Delta(old["heading"], old["text"], new["text"])
               for old, new in zip(before, row.sections, strict=True) if old["text"] != new["text"]]
    audit.record(actor, "case.bulletin", "bulletin", row.ulid, deltas=changed, reason=row.title)
    return row


def rows_of(row: CaseBulletin) -> list[dict[str, Any]]:
    """Every figure row with its table, for the hash of the ledger."""
    return [
        {"table": table["title"], **dict(zip(table["columns"], line, strict=True))}
        for table in row.figures["tables"] for line in table["rows"]
    ]


@transaction.atomic
def give_out(actor: Any, row: CaseBulletin, form: str, recipient: str, purpose: str, request: Any = None) -> tuple[Any, bytes]:
    """(line of the ledger, file) as .docx or .xlsx. Raises CaseError, Refused."""
    require(actor, "export.make")
    if form not in ("docx", "xlsx"):
        raise CaseError(_("只能导出 Word 或 Excel。"))
    try:
        line = ledger.enter(
            actor, page="case-bulletins", title=row.title, caliber=_(CALIBER), form=form, recipient=recipient, purpose=purpose,
            filter_text=Period(row.first, row.last).text, query=reverse("casework:bulletin", args=[row.ulid]),
            rows=rows_of(row), request=request,
        )
    except ledger.ExportRefused as error:
        raise CaseError(str(error)) from error
    made = bulletin_files.docx_of(row, line) if form == "docx" else bulletin_files.xlsx_of(row, line)
    return line, made
