"""Runs of the criteria, their findings, objections, waivers."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.jobs.service import enqueue
from tenglong.apps.registry.places import enterprise_names, town_names
from tenglong.apps.renewal.criteria_sets import of_run
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.forms_findings import AppealForm, ReasonForm, ReplyForm, RunForm, WaiverForm
from tenglong.apps.renewal.models import Change, Verdict
from tenglong.apps.renewal.queries import findings as queries
from tenglong.apps.renewal.service import findings as service
from tenglong.apps.renewal.service import objections, waivers
from tenglong.apps.renewal.views.common import done, keep, plot_map
from tenglong.web.answers import CHINESE, or_404
from tenglong.web.twins import Twin


@require_GET
@requires("renewal.view")
def runs(request: HttpRequest) -> HttpResponse:
    return render(request, "renewal/finding_runs.html", {"runs": [(run, _head(run)) for run in queries.runs(request.user)]})


@require_GET
@requires("renewal.view")
def runs_json(request: HttpRequest) -> Twin:
    rows = [{"ulid": run.ulid, "year": run.year, "criteria": f"{run.policy_id}@{run.policy_version}", **_head(run)}
            for run in queries.runs(request.user)]
    return Twin({"count": len(rows), "rows": rows}, json_dumps_params=CHINESE)


def _head(run: Any) -> dict[str, int]:
    counts = run.counts
    return {"plots": counts.get("plots", 0), **{
        name: counts.get("verdicts", {}).get(name, {}).get("plots", 0) for name in ("hit", "unknown", "waived")}}


@require_http_methods(["GET", "POST"])
@requires("renewal.find")
def run_new(request: HttpRequest) -> HttpResponse:
    """Year and criteria; the run is a job with progress."""
    last = queries.latest(request.user)
    form = RunForm(request.POST or None, initial={} if last is None else {"policy": f"{last.policy_id}@{last.policy_version}"})
    if request.method == "POST" and form.is_valid():
        year, policy = form.cleaned_data["year"], form.cleaned_data["policy"]
        try:
            service.checked(request.user, year)
        except RenewalError as error:
            form.add_error(None, str(error))
        else:
            job = enqueue(request.user, "renewal.find", {"year": year, "policy": policy}, f"{year} {policy}")
            return redirect("jobs:show", job.ulid)
    return render(request, "renewal/finding_run_new.html", {"form": form}, status=400 if form.is_bound else 200)


@require_GET
@requires("renewal.view")
def run(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.run(request.user, ulid))
    return render(request, "renewal/finding_run.html", {"run": found, "pinned": of_run(found), **_counted(request, found)})


@require_GET
@requires("renewal.view")
def run_json(request: HttpRequest, ulid: str) -> Twin:
    found = or_404(lambda: queries.run(request.user, ulid))
    return Twin({
        "ulid": found.ulid, "year": found.year, "criteria": f"{found.policy_id}@{found.policy_version}",
        "pin": found.policy_pin, "rows_sha256": found.rows_sha256, "result_sha256": found.result_sha256,
        "software": found.software, "counts": found.counts, "previous": found.previous.ulid if found.previous else None,
    }, json_dumps_params=CHINESE)


def _counted(request: HttpRequest, found: Any) -> dict[str, Any]:
    """Counts with their denominators; criteria of how many plots they could be judged."""
    counts, names = found.counts, town_names(request.user)
    labels, changes = dict(Verdict.choices), dict(Change.choices)
    criteria = [{**one, "judged": one.get("hit", 0) + one.get("miss", 0), "hit": one.get("hit", 0),
                 "unclear": one.get("unclear", 0), "waived": one.get("waived", 0)} for one in counts.get("criteria", [])]
    return {
        "plots": counts.get("plots", 0), "cm2": counts.get("cm2", 0), "criteria": criteria,
        "verdicts": [(name, label, counts["verdicts"][name]) for name, label in labels.items() if name in counts["verdicts"]],
        "classes": list(counts.get("classes", {}).items()),
        "towns": [(code, names.get(code, code), one) for code, one in counts.get("towns", {}).items()],
        "changes": [(name, label, counts["changes"][name]) for name, label in changes.items() if name in counts["changes"]],
        "left": counts.get("left", 0), "means": counts.get("means", []),
    }


@require_GET
@requires("renewal.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return render(request, "renewal/finding.html", _page(request, ulid))


def _page(request: HttpRequest, ulid: str) -> dict[str, Any]:
    found = or_404(lambda: queries.finding(request.user, ulid))
    may, me = can(request.user, "renewal.appeal"), request.user.pk
    appeals = list(queries.appeals(request.user, found))
    hit = found.verdict == Verdict.HIT
    return {
        "finding": found, "told": queries.shown(request.user, found), "holder": _holder(request, found.holder_id),
        "appeals": [(one, may and one.state == "open" and one.created_by_id != me) for one in appeals],
        "waivers": [(one, may and one.state == "proposed" and one.created_by_id != me, may and one.state == "approved")
                    for one in queries.waivers(request.user, found.plot_id)],
        "map": plot_map(request.user, found.plot_id), "may": may, "last": objections.term(found), "reply_form": ReplyForm(),
        "appeal_form": AppealForm() if may and hit and not any(one.state == "open" for one in appeals) else None,
        "waiver_form": WaiverForm(found.hits) if may and hit else None,
        "before": queries.of_plot(request.user, found.plot_id).exclude(pk=found.pk),
    }


def _holder(request: HttpRequest, firm: int | None) -> tuple[str, str]:
    return enterprise_names(request.user, [firm]).get(firm, ("", "")) if firm else ("", "")


@require_GET
@requires("renewal.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    found = or_404(lambda: queries.finding(request.user, ulid))
    return Twin(queries.shown(request.user, found), json_dumps_params=CHINESE)


@require_POST
@requires("renewal.appeal")
def appeal(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.finding(request.user, ulid))
    object_to(request, found)
    return redirect("renewal:finding", ulid)


def object_to(request: HttpRequest, found: Any) -> bool:
    """The form of an objection, of the holder or of an office for it."""
    form = AppealForm(request.POST, request.FILES)

    def step() -> None:
        file = form.cleaned_data["evidence"]
        service_file = (file.name, file.read()) if file else None
        objections.appeal(request.user, found, text=form.cleaned_data["text"], evidence=service_file)

    return done(request, form, step, _("异议已登记"))


@require_POST
@requires("renewal.appeal")
def reply(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.appeals(request.user).get(ulid=ulid))
    form = ReplyForm(request.POST)
    done(request, form, lambda: objections.reply(
        request.user, found, outcome=form.cleaned_data["outcome"], text=form.cleaned_data["text"]), _("已答复"))
    return redirect("renewal:finding", found.finding.ulid)


@require_POST
@requires("renewal.appeal")
def waiver(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.finding(request.user, ulid))
    form = WaiverForm(found.hits, request.POST, request.FILES)

    @transaction.atomic
    def step() -> None:
        data = form.cleaned_data
        paper = keep(request, data["document"], "approval", found.plot_id, "renewal.appeal")
        more = {"until": data["until"], "criterion": data["criterion"]}
        waivers.propose(request.user, found, reason=data["reason"], document=paper, **more)

    done(request, form, step, _("豁免已提出，等第二人批准"))
    return redirect("renewal:finding", ulid)


@require_POST
@requires("renewal.appeal")
def waiver_step(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    found = or_404(lambda: queries.waivers(request.user).get(ulid=ulid))
    form = ReasonForm(request.POST)

    def step() -> None:
        reason = form.cleaned_data["reason"]
        if name == "end":
            waivers.end(request.user, found, reason=reason)
        else:
            waivers.decide(request.user, found, approve=name == "approve", note=reason)

    done(request, form, step, _("已办理"))
    return redirect("renewal:finding", found.finding.ulid)
