"""Publishing: areas, then grades, then the final list. Name, code and grade, and never anything more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenglong.apps.audit.service import anchor, record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import AssessedArea, Cycle, GradeNotice, Publication, Result, Run
from tenglong.apps.evaluation.models.after import PublicationKind, PublicationState
from tenglong.apps.evaluation.models.area import AreaState
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.evaluation.service import case
from tenglong.apps.evaluation.service.base import at, document_of, due, locked, one_of, refuse_superseded, said, whole
from tenglong.apps.evaluation.service.effective import effective
from tenglong.domain.codes.persons import INDIVIDUAL, masked_individual
from tenglong.domain.delta import Delta, diff
from tenglong.files.evaluation.publication import masked_code

COLUMNS: Final = ("name", "uscc", "grade")
#: what people ask for besides, by name; none of it is published
WORDS: Final = {"group": _lazy("评价组"), "town": _lazy("镇街"), "industry": _lazy("行业"), "rank": _lazy("名次"),
                "total": _lazy("总分"), "tax_paid": _lazy("税收"), "revenue": _lazy("营业收入")}
AREA_COLUMNS: Final = ("name", "uscc", "total_cm2")
ORDERS: Final = ("town", "uscc")


@transaction.atomic
def publish_areas(
    actor: Any, cycle: Cycle, *, starts_on: date, ends_on: date, notice: Any = None, title: str = ""
) -> Publication:
    """The assessed areas of all firms, before any score. `notice`: the file that is put up."""
    fresh = whole(actor, cycle, "evaluation.publish")
    at(fresh, "land_review")
    areas = AssessedArea.objects.filter(cycle=fresh)
    if not areas.exists():
        raise EvaluationError(_("还没有核定用地面积，没有可公示的内容。"))
    _term(fresh, "area_publication", starts_on, ends_on)
    codes = dict(_codes(actor, fresh))
    rows = [
        {"name": masked(area.name, codes.get(area.enterprise_id, "")), "uscc": codes.get(area.enterprise_id, ""),
         "total_cm2": str(area.total_cm2)} for area in areas.order_by("division_code", "name", "pk")
    ]
    made = _new(actor, fresh, PublicationKind.AREA, rows, AREA_COLUMNS, starts_on, ends_on, notice, title=title)
    areas.filter(state=AreaState.DRAFT).update(state=AreaState.PUBLISHED)
    case.advance(actor, fresh, "publish_land", documents=[("land_notice", notice)])
    return made


def _codes(actor: Any, cycle: Cycle) -> Iterable[tuple[int, str]]:
    from tenglong.apps.registry import queries as registry

    return registry.enterprises(actor, cycle.measure_day).values_list("enterprise_id", "uscc")


@transaction.atomic
def publish(
    actor: Any, cycle: Cycle, run: Run, *, kind: str, starts_on: date, ends_on: date, expires_on: date | None = None,
    columns: Sequence[str] = COLUMNS, order: str = "town", title: str = "",
    document: Any = None, place: str = "",
) -> Publication:
    """The grades of a formal run. Raises EvaluationError for a trial, any column besides name, code and grade, or a list
    that names a low grade before that firm was served, had its days and got its answer."""
    fresh = whole(actor, cycle, "evaluation.publish")
    one_of(kind, (PublicationKind.GRADES.value, PublicationKind.FINAL.value), _("公示种类"))
    at(fresh, *(("trial", "publicity") if kind == PublicationKind.GRADES else ("final",)))
    wanted = _columns(columns)
    one_of(order, ORDERS, _("排序"))
    _publishable(fresh, run, kind)
    _term(fresh, "result_publication", starts_on, ends_on)
    found = effective(run)
    _served(run, found, starts_on)
    rows = _rows(run, found, wanted, order)
    last = expires_on or due(fresh, "page_expiry", ends_on)
    made = _new(actor, fresh, PublicationKind(kind), rows, wanted, starts_on, ends_on, document, title=title, run=run,
                expires_on=last, order=order)
    if kind == PublicationKind.GRADES:
        Run.objects.filter(pk=run.pk, released_on__isnull=True).update(released_on=starts_on)
        fields = {"run": run.ulid, "publicity_on": starts_on.isoformat(), "publicity_place": place or str(_("本系统公示页"))}
        case.advance(actor, fresh, "publish", fields=fields, documents=[("publicity_notice", document)])
    return made


def only_three(asked: Iterable[str]) -> str:
    """Why a list of grades holds nothing else; what was asked for is named."""
    told = {"names": "、".join(str(one) for one in asked)}
    return _("公示名单只能有企业名称、统一社会信用代码和等级三项，不能加“%(names)s”：得分、名次、税收、营收、用电等单户信息"
             "一律不公示，评价办法或文件另有要求的，也不从公示名单公开（公示信息最小化）。") % told


def _columns(columns: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(columns))
    if strangers := [name for name in wanted if name not in COLUMNS]:
        raise EvaluationError(only_three(str(WORDS.get(name, name)) for name in strangers))
    if missing := [name for name in COLUMNS if name not in wanted]:
        raise EvaluationError(_("公示至少要有企业名称、统一社会信用代码和等级，缺 %(names)s。") % {"names": "、".join(missing)})
    return COLUMNS


def _publishable(cycle: Cycle, run: Run, kind: str) -> None:
    if run.cycle_id != cycle.pk or run.kind != "formal" or run.watermark:
        raise EvaluationError(_("只有本批次的正式运算结果可以公示；试算和推演带水印，不能公示。"))
    refuse_superseded(cycle, run.snapshot)
    if kind == PublicationKind.FINAL and cycle.final_run_id != run.pk:
        raise EvaluationError(_("公布名单只能用会议审定的结果。"))
    if lacks := Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text).compiled.lacks("publish"):
        raise EvaluationError(_("评价办法尚不完整，不能公示；缺：%(keys)s。") % {"keys": "、".join(lacks)})


def _term(cycle: Cycle, term: str, starts_on: date, ends_on: date) -> None:
    """The list is up for as many days as the cycle's terms say, the first day not counted."""
    least = due(cycle, term, starts_on)
    if ends_on < least:
        raise EvaluationError(_("公示期至少到 %(day)s（%(days)s 日）。") % {
            "day": least, "days": cycle.terms["terms"][term]["value"]})


def low_grades(run: Run) -> tuple[str, ...]:
    """The worse half of each group's grades: for A B C D these are C and D."""
    rule = Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text)
    found: dict[str, None] = {}
    for group in rule.compiled.scheme.groups.values():
        if group.grades is not None:
            order = group.grades.order
            found.update(dict.fromkeys(order[(len(order) + 1) // 2 :]))
    return tuple(found)


def _served(run: Run, grades: dict[int, str], on: date) -> None:
    """No list with low grades before each such firm has been served and had its days to speak."""
    low = low_grades(run)
    firms = {firm for firm, grade in grades.items() if grade in low}
    served = GradeNotice.objects.filter(run=run).values_list("enterprise_id", "window_ends_on")
    notices = {firm: ends for firm, ends in served if firm in firms}
    unserved, waiting = firms - set(notices), {firm for firm, ends in notices.items() if ends >= on}
    if unserved or waiting:
        found = Result.objects.filter(run=run).order_by("key").values_list("enterprise_id", "name")
        names = [name for firm, name in found if firm in unserved | waiting][:5]
        raise EvaluationError(
            _("等级为 %(low)s 的企业要逐户送达并等陈述申辩期满才能公示：%(a)s 户未送达，%(b)s 户期限未满（如 %(names)s）。") % {
                "low": "、".join(low), "a": len(unserved), "b": len(waiting), "names": "、".join(names)})
    if open_ones := GradeNotice.objects.filter(run=run, enterprise_id__in=firms, reply="").exclude(statement="").count():
        raise EvaluationError(_("还有 %(n)s 户的陈述申辩没有答复，答复后才能公示。") % {"n": open_ones})


def _rows(run: Run, grades: dict[int, str], columns: Sequence[str], order: str) -> list[dict[str, str]]:
    found = Result.objects.filter(run=run, enterprise_id__in=grades)
    found = found.order_by(*(("town", "uscc", "key") if order == "town" else ("uscc", "key")))
    return [{name: _cell(result, name, grades) for name in columns} for result in found]


def _cell(result: Result, name: str, grades: dict[int, str]) -> str:
    if name == "grade":
        return grades[result.enterprise_id]
    return masked(result.name, result.uscc) if name == "name" else masked_code(result.uscc)


def masked(name: str, uscc: str) -> str:
    """A person's own name is masked, also inside that of a 个体工商户, and where no code tells (office practice 14)."""
    return masked_individual(name, uscc or INDIVIDUAL)


def _new(
    actor: Any, cycle: Cycle, kind: PublicationKind, rows: list[dict[str, str]], columns: Sequence[str], starts_on: date,
    ends_on: date, document: Any, *, title: str, **more: Any,
) -> Publication:
    if document is not None:
        document_of(actor, document, _("公示文件"))
    sha256 = hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()
    try:
        with transaction.atomic():
            made = Publication.objects.create(
                cycle=cycle, kind=kind, title=(title.strip() or f"{cycle.title}{kind.label}")[:200], starts_on=starts_on,
                ends_on=ends_on, columns=list(columns), rows=rows, sha256=sha256, document=document,
                state=PublicationState.OPEN, created_by_id=actor.pk, **more,
            )
    except IntegrityError as error:
        raise EvaluationError(_("本批次已有一份同类公示没有结束。")) from error
    record(actor, f"evaluation.publish_{kind.value}", "publication", made.ulid, count=len(rows), digest=sha256,
           deltas=diff({}, {"columns": "、".join(columns), "starts_on": starts_on, "ends_on": ends_on}))
    transaction.on_commit(lambda: anchor("export"))
    return made


@transaction.atomic
def close_publication(actor: Any, publication: Publication, *, objections: Any = None) -> Publication:
    """After the last day. `objections`: summary of what was objected to an area list (a document of the case)."""
    fresh = locked(actor, publication, "evaluation.publish")
    if fresh.state != PublicationState.OPEN:
        raise EvaluationError(_("这份公示已经结束。"))
    if fresh.ends_on >= timezone.localdate():
        raise EvaluationError(_("公示期到 %(day)s 才满，不能提前结束。") % {"day": fresh.ends_on})
    Publication.objects.filter(pk=fresh.pk).update(state=PublicationState.CLOSED)
    if fresh.kind == PublicationKind.AREA and objections is not None:
        case.advance(actor, fresh.cycle, "collect", documents=[("land_objections", objections)])
    record(actor, "evaluation.publication_close", "publication", fresh.ulid, deltas=[Delta("state", "open", "closed")])
    return Publication.objects.get(pk=fresh.pk)


@transaction.atomic
def withdraw_publication(actor: Any, publication: Publication, *, reason: str) -> Publication:
    """Taken down before its end because something in it is wrong."""
    fresh = locked(actor, publication, "evaluation.publish")
    why = said(reason, _("撤下公示的理由"))
    Publication.objects.filter(pk=fresh.pk).update(state=PublicationState.EXPIRED)
    record(actor, "evaluation.publication_withdraw", "publication", fresh.ulid, reason=why)
    return Publication.objects.get(pk=fresh.pk)


def expire_publications(on: date | None = None) -> int:
    """Pages whose time is over go down; run daily and before a page is shown."""
    day = on or timezone.localdate()
    with transaction.atomic():
        over = Publication.objects.filter(state__in=("open", "closed"), expires_on__lt=day)
        ulids = list(over.values_list("ulid", flat=True))
        over.update(state=PublicationState.EXPIRED)
        for ulid in ulids:
            record("system", "evaluation.publication_expire", "publication", ulid)
    return len(ulids)
