"""督办单: an order numbered by year, its answers with a document, and the striking-off by a second person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import papers, working
from tenglong.apps.casework.errors import CaseConflict, CaseError
from tenglong.apps.casework.models import Case, Supervision, SupervisionReply
from tenglong.domain.delta import Delta

#: tries for the next number of the year when several orders are written at once
TRIES = 5


def supervisions(user: Any) -> QuerySet[Supervision]:
    return scoped(user, Supervision.objects.select_related("case", "ordered_by", "closed_by"))


def replies(user: Any, row: Supervision) -> QuerySet[SupervisionReply]:
    return scoped(user, SupervisionReply.objects.filter(supervision=row)).select_related("by", "judged_by", "document")


@transaction.atomic
def supervise(actor: Any, ulid: str, *, office: str, text: str, due_on: date) -> Supervision:
    """Order `office` to finish `text` by `due_on`. Raises CaseError, Refused."""
    require(actor, "case.supervise")
    case = _case(actor, ulid)
    today = timezone.localdate()
    if not case.open:
        raise CaseError(_("案件已办结，不能再发督办单。"))
    if not office.strip() or len(text.strip()) < 5:
        raise CaseError(_("请写明承办单位和督办事项（至少 5 个字）。"))
    if due_on <= today:
        raise CaseError(_("回复期限 %(due)s 应晚于今天。") % {"due": due_on})
    row = _numbered(Supervision(
        year=today.year, case=case, office=office.strip()[:100], text=text.strip()[:4_000], ordered_by=actor,
        ordered_on=today, due_on=due_on,
    ))
    _told(actor, row, _("发出督办单，%(office)s于 %(due)s 前回复") % {"office": row.office, "due": due_on}, None, "issued")
    return row


def _numbered(row: Supervision) -> Supervision:
    """Saved under the next number of its year: numbers have no gap and none is given twice."""
    for _try in range(TRIES):
        last = Supervision.objects.filter(year=row.year).aggregate(last=Max("serial"))["last"] or 0
        row.serial = last + 1
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return row
        except IntegrityError:
            row.pk = None
    raise CaseConflict(_("同时发出的督办单太多，没有取到编号，请再试一次。"))


@transaction.atomic
def reply(actor: Any, ulid: str, text: str, *, name: str = "", content: bytes | None = None) -> SupervisionReply:
    """Answer an order, with a document where there is one. Raises CaseError, Refused."""
    require(actor, "case.work")
    row = _locked(actor, ulid)
    if row.state not in ("issued", "returned"):
        raise CaseError(_("%(number)s已回复或已销号，不能再回复。") % {"number": row.number})
    if "case.work" not in working.powers_on(actor, row.case):
        raise CaseError(_("这个案件不归您办理。"))
    if len(text.strip()) < 5:
        raise CaseError(_("请写明办理情况（至少 5 个字）。"))
    document = None
    if content is not None:
        require(actor, "document.add")
        document = papers.keep_file(actor, row.case, "other", name, content)
    made = SupervisionReply.objects.create(
        supervision=row, text=text.strip()[:4_000], document=document, by=actor, on=timezone.localdate())
    _set(actor, row, "replied", made.text)
    return made


@transaction.atomic
def send_back(actor: Any, ulid: str, note: str) -> Supervision:
    """The answer does not do: it is asked for again, with the reason. Raises CaseError, Refused."""
    row, answer = _judging(actor, ulid, note)
    _judge(actor, answer, "returned", note)
    _set(actor, row, "returned", note.strip())
    return row


@transaction.atomic
def strike_off(actor: Any, ulid: str, note: str) -> Supervision:
    """销号, by somebody who answered none of it. Raises CaseError, Refused."""
    row, answer = _judging(actor, ulid, note)
    _judge(actor, answer, "closed", note)
    row.closed_by, row.closed_on, row.note = actor, timezone.localdate(), note.strip()[:500]
    row.save(update_fields=["closed_by", "closed_on", "note"])
    _set(actor, row, "closed", note.strip())
    return row


def second_person(actor: Any, row: Supervision) -> bool:
    """Whether the actor has answered nothing of this order."""
    return not row.replies.filter(by=actor).exists()


def _judging(actor: Any, ulid: str, note: str) -> tuple[Supervision, SupervisionReply]:
    require(actor, "case.supervise")
    row = _locked(actor, ulid)
    if row.state != "replied":
        raise CaseError(_("%(number)s还没有待审的回复，不能销号或退回。") % {"number": row.number})
    if not second_person(actor, row):
        raise CaseError(_("%(number)s是您本人回复的，须由另一人销号或退回。") % {"number": row.number})
    if len(note.strip()) < 2:
        raise CaseError(_("请写明意见。"))
    answer = row.replies.order_by("pk").last()
    assert answer is not None
    return row, answer


def _judge(actor: Any, answer: SupervisionReply, verdict: str, note: str) -> None:
    answer.verdict, answer.judged_by, answer.judged_on = verdict, actor, timezone.localdate()
    answer.note = note.strip()[:500]
    answer.save(update_fields=["verdict", "judged_by", "judged_on", "note"])


def _case(actor: Any, ulid: str) -> Case:
    case = scoped(actor, Case.objects.filter(ulid=ulid)).first()
    if case is None:
        raise CaseError(_("没有这个案件，或它不在您的管辖范围内。"))
    return case


def _locked(actor: Any, ulid: str) -> Supervision:
    pk = scoped(actor, Supervision.objects.filter(ulid=ulid)).values_list("pk", flat=True).first()
    if pk is None:
        raise CaseError(_("没有这张督办单，或它不在您的管辖范围内。"))
    Supervision.objects.select_for_update().get(pk=pk)
    return Supervision.objects.select_related("case", "ordered_by").get(pk=pk)


def _set(actor: Any, row: Supervision, state: str, text: str) -> None:
    before, row.state = row.state, state
    row.save(update_fields=["state"])
    _told(actor, row, text, before, state)


def _told(actor: Any, row: Supervision, text: str, before: str | None, state: str) -> None:
    word = dict(Supervision.STATES)[state]
    working.note(row.case, actor, "supervise", f"{row.number} {word}", on=timezone.localdate(), reason=text)
    audit.record(actor, "case.supervise", "case", row.case.ulid, deltas=[Delta("supervision", before, state)],
                 reason=f"{row.number} {text}"[:500])
