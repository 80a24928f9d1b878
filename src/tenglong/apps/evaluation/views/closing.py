"""The end of a cycle: minutes, final grades, archive."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.forms_after import ArchiveForm, FinalForm
from tenglong.apps.evaluation.papers import keep
from tenglong.apps.evaluation.views.common import cycle_or_404, done, head
from tenglong.apps.evaluation.views.run_common import DOCX, download
from tenglong.domain.evaluation.figures import share_text


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return _page(request, cycle_or_404(request, ulid), FinalForm(), ArchiveForm())


def _page(request: HttpRequest, cycle: Any, final: FinalForm, archive: ArchiveForm, status: int = 200) -> HttpResponse:
    formal = cycle.final_run or queries.formal_run(request.user, cycle)
    appeals = queries.appeals(request.user, cycle)
    return render(request, "evaluation/closing.html", {
        **head(request, cycle, "closing"), "formal": formal, "final_form": final, "archive_form": archive,
        "open_appeals": appeals.filter(outcome="").count(), "appeals": appeals.count(),
        "waiting": queries.adjustments(request.user, cycle).filter(state="proposed").count(),
        "publications": queries.publications(request.user, cycle).filter(kind__in=("grades", "final")),
        "may_final": formal is not None and cycle.stage in ("publicity", "appeals", "minutes")
        and can(request.user, "evaluation.approve"),
        "may_archive": cycle.stage == "final" and can(request.user, "evaluation.manage"),
    }, status=status)


@require_POST
@requires("evaluation.approve")
def finalise(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    form = FinalForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, cycle, form, ArchiveForm(), 400)
    done(request, lambda: _finalise(request, cycle, form.cleaned_data), _("等级已审定"))
    return redirect("evaluation:closing", cycle.ulid)


@transaction.atomic
def _finalise(request: HttpRequest, cycle: Any, data: dict[str, Any]) -> Any:
    run = queries.formal_run(request.user, cycle)
    if run is None:
        raise service.EvaluationError(_("还没有正式运算，不能审定。"))
    minutes = keep(request.user, data["minutes"], kind="minutes", division=cycle.division_code,
                   verb="evaluation.approve", number=data["minutes_number"])
    return service.finalise(request.user, cycle, run, minutes=minutes, minutes_number=data["minutes_number"])


@require_POST
@requires("evaluation.manage")
def archive(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    form = ArchiveForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, cycle, FinalForm(), form, 400)
    done(request, lambda: _archive(request, cycle, form.cleaned_data), _("批次已归档"))
    return redirect("evaluation:closing", cycle.ulid)


@transaction.atomic
def _archive(request: HttpRequest, cycle: Any, data: dict[str, Any]) -> Any:
    notice = keep(request.user, data["notice"], kind="notice", division=cycle.division_code, verb="evaluation.manage")
    return service.archive(request.user, cycle, notice=notice)


@require_GET
@requires("evaluation.view")
def minutes(request: HttpRequest, ulid: str) -> HttpResponse:
    """A draft of the minutes with the numbers of the formal run, each with its denominator."""
    from tenglong.files.docx.letter import Letter, letter

    cycle = cycle_or_404(request, ulid)
    rows = [one.grade for one in queries.grades(request.user, cycle)]
    graded = [grade for grade in rows if grade]
    told = "；".join(f"{grade} {share_text(graded.count(grade), len(graded))}" for grade in sorted(set(graded)))
    lines = [line for line in queries.adjustments_of_year(request.user, cycle.year) if line.state == str(_("已批准"))]
    body = [
        _("会议听取了%(title)s情况汇报，审议了评价结果。") % {"title": cycle.title},
        _("参评企业 %(all)s 家，有等级 %(n)s 家：%(told)s。") % {"all": len(rows), "n": len(graded), "told": told or "—"},
        _("受理申诉 %(n)s 件，批准调档 %(m)s 件。") % {"n": queries.appeals(request.user, cycle).count(), "m": len(lines)},
        *(f"{line.name}（{line.uscc}）{line.from_grade} → {line.to_grade}，{line.decision_number}" for line in lines),
    ]
    office = getattr(getattr(request.user, "department", None), "name", "")
    title = _("关于审定%(title)s结果的会议纪要（草稿）") % {"title": cycle.title}
    made = letter(Letter(title, "", body, office, timezone.localdate()))
    return download(made, f"{cycle.title}-会议纪要草稿.docx", DOCX)
