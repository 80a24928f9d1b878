"""Publications: made from a formal run, shown exactly as published, downloaded as a file of three columns."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_after import PublishForm, ReasonForm
from tenglong.apps.evaluation.papers import keep
from tenglong.apps.evaluation.published_file import published_file
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, done, head
from tenglong.apps.evaluation.views.run_common import DOCX, XLSX, download, run_or_404
from tenglong.domain.evaluation.notices import check_notice
from tenglong.web.formats import mu
from tenglong.web.twins import Twin

WORDS = {
    "name": gettext_lazy("企业名称"), "uscc": gettext_lazy("统一社会信用代码"), "grade": gettext_lazy("评价等级"),
    "total_cm2": gettext_lazy("核定用地（亩）"),
}
GRADES = ("grades", "final")
TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "docx": DOCX, "pdf": "application/pdf"}
PAGE = 500


@require_GET
@requires("evaluation.view")
def listing(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    service.expire_publications()
    formal = queries.formal_run(request.user, cycle)
    kind = {"trial": "grades", "publicity": "grades", "final": "final"}.get(cycle.stage, "")
    return render(request, "evaluation/publications.html", {
        **head(request, cycle, "publications"), "rows": queries.publications(request.user, cycle), "formal": formal,
        "kind": kind, "may_publish": can(request.user, "evaluation.publish") and formal is not None and bool(kind),
    })


@require_http_methods(["GET", "POST"])
@requires("evaluation.publish")
def new(request: HttpRequest, ulid: str) -> HttpResponse:
    """With the exact rows before they go out."""
    run = run_or_404(request, ulid)
    form = PublishForm(request.POST or None, request.FILES or None)
    kind = "final" if run.cycle.stage == "final" else "grades"
    if request.method == "POST" and form.is_valid():
        try:
            made = _publish(request, run, form, kind)
        except EvaluationError as error:
            form.add_error(None, str(error))
        else:
            return redirect("evaluation:publication", made.ulid)
    rows = [one for one in queries.grades(request.user, run.cycle, run) if one.grade]
    counts: dict[str, int] = {}
    for one in rows:
        counts[one.grade] = counts.get(one.grade, 0) + 1
    return render(request, "evaluation/publication_new.html", {
        **head(request, run.cycle, "publications"), "run": run, "form": form, "kind": kind, "rows": rows[:5],
        "n": len(rows), "counts": dict(sorted(counts.items())),
    }, status=400 if form.is_bound else 200)


@transaction.atomic
def _publish(request: HttpRequest, run: Any, form: PublishForm, kind: str) -> Any:
    data, where = form.cleaned_data, {"division": run.cycle.division_code, "verb": "evaluation.publish"}
    document = keep(request.user, data["document"], kind="notice", **where)
    return service.publish(
        request.user, run.cycle, run, kind=kind, starts_on=data["starts_on"], ends_on=data["ends_on"],
        expires_on=data["expires_on"], order=data["order"], title=data["title"], document=document, place=data["place"],
    )


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    service.expire_publications()
    found = _found(request, ulid)
    heads = [(name, WORDS.get(name, name)) for name in found.columns]
    rows = [[mu(int(row[name])) if name == "total_cm2" else row[name] for name in found.columns] for row in found.rows]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "evaluation/publication.html", {
        **head(request, found.cycle, "publications"), "found": found, "heads": heads, "page": page, "n": len(rows),
        "counts": _counts(found), "issues": _issues(request, found), "form": ReasonForm(),
        "may": can(request.user, "evaluation.publish"),
    })


def _counts(found: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in found.rows:
        if "grade" in row:
            counts[row["grade"]] = counts.get(row["grade"], 0) + 1
    return dict(sorted(counts.items()))


def _issues(request: HttpRequest, found: Any) -> list[str]:
    """The list against the run that it was made of: numbers that do not add up are named, never smoothed."""
    if found.kind not in GRADES or found.run is None:
        return []
    graded = sum(number for counts in found.run.counts.values() for word, number in counts.items()
                 if word in _counts(found))
    counts = _counts(found)
    parts = _("、").join(f"{grade} {number}" for grade, number in counts.items())
    return [_("各档 %(parts)s 合计 %(sum)s 户，公布的总数是 %(stated)s 户，相差 %(gap)s 户") % {
        "parts": parts, **issue.size, "gap": int(issue.size["stated"]) - int(issue.size["sum"])}
        for issue in check_notice(counts, graded)]


@require_GET
@requires("evaluation.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    """What was published, as it was."""
    found = _found(request, ulid)
    return Twin({
        "ulid": found.ulid, "kind": found.kind, "state": found.state, "title": found.title, "columns": found.columns,
        "starts_on": found.starts_on.isoformat(), "ends_on": found.ends_on.isoformat(), "sha256": found.sha256,
        "rows": found.rows}, json_dumps_params=CHINESE)


@require_GET
@requires("evaluation.view")
def file(request: HttpRequest, ulid: str, kind: str) -> HttpResponse:
    """The list for putting up, or the notice with it: name, code, grade and nothing else in any part of the file."""
    found = _open(request, ulid)
    office = getattr(getattr(request.user, "department", None), "name", "")
    try:
        content = published_file(found, kind, office)
    except EvaluationError as error:
        messages.error(request, str(error))
        return redirect("evaluation:publication", ulid)
    return download(content, f"{found.title}.{kind}", TYPES[kind])


def _open(request: HttpRequest, ulid: str) -> Any:
    """A list of grades that has not expired."""
    service.expire_publications()
    found = _found(request, ulid)
    if found.kind not in GRADES or found.state == "expired":
        raise Http404(_("这份公示已经下架，或不是等级名单。"))
    return found


@require_POST
@requires("evaluation.publish")
def step(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """Close after the last day, or take down with a reason."""
    found = _found(request, ulid)
    if name == "close":
        done(request, lambda: service.close_publication(request.user, found), _("公示已结束"))
    else:
        reason = request.POST.get("reason", "")
        done(request, lambda: service.withdraw_publication(request.user, found, reason=reason), _("已撤下"))
    return redirect("evaluation:publication", found.ulid)


def _found(request: HttpRequest, ulid: str) -> Any:
    try:
        return queries.publication(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这份公示，或它不在您的管辖范围内。")) from error
