"""Papers of a project given once, and their receipts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.forms_permit import OweForm, PaperForms, TakeForm, WhyForm
from tenglong.apps.projects.models import PermitNetwork
from tenglong.apps.projects.queries import permits
from tenglong.apps.projects.queries import permits_owed as permits_owed_queries
from tenglong.apps.projects.service import base, permits_owed, permits_papers
from tenglong.apps.projects.views.common import done
from tenglong.domain.landing.permits import materials
from tenglong.web.answers import or_404

VIEW, WORK = "permit.view", "permit.work"


@require_http_methods(["GET", "POST"])
@requires(VIEW)
def papers(request: HttpRequest, ulid: str) -> HttpResponse:
    row, works = or_404(lambda: permits.network(request.user, ulid)), can(request.user, WORK)
    policy = permit_policies.of(row)
    wanted = [(name, policy.materials[name].label) for name in materials.brought(policy, permits.situation(row))]
    asked = request.method == "POST"
    lines = PaperForms(request.POST if asked else None, request.FILES if asked else None, prefix="p",
                       form_kwargs={"choices": wanted})
    form = TakeForm(request.POST if asked else None, initial={"lock_version": row.lock_version, "giver": row.intended})
    valid = asked and works and lines.is_valid() and form.is_valid()
    if valid and done(request, form, lambda: _take(request, row, form.cleaned_data, lines), _("材料已收，回执已生成")):
        return redirect("projects:permit-papers", ulid)
    return render(request, "projects/permit_papers.html", {
        "row": row, "policy": policy, "rows": _shown(request, row), "lines": lines, "form": form, "works": works,
        "receipts": permits.receipts(request.user).filter(network=row), "why_form": WhyForm(),
        "promised": permits_owed_queries.owed(request.user, [row]),
        "today": timezone.localdate()}, status=422 if asked and works else 200)


def _take(request: HttpRequest, row: PermitNetwork, data: dict[str, Any], lines: Any) -> None:
    chosen = [one.cleaned_data for one in lines if one.cleaned_data.get("material")]
    taken = [permits_papers.Paper(one["material"], base.keep(request.user, one["file"], "permit", row.project, WORK))
             for one in chosen]
    permits_papers.take_in(request.user, row, taken, on=data["on"], giver=data["giver"], lock_version=data["lock_version"])


def _shown(request: HttpRequest, row: PermitNetwork) -> list[dict[str, Any]]:
    policy = permit_policies.of(row)
    given = permits.given([row.project_id]).get(row.project_id, [])
    places = materials.uses(policy, given)
    return [{"paper": one, "label": policy.materials[one.material].label if one.material in policy.materials else one.material,
             "steps": [policy.steps[name].label for name in places.get(one.material, [])]}
            for one in permits.papers(request.user, row)]


@require_POST
@requires(WORK)
def void(request: HttpRequest, ulid: str, paper: str) -> HttpResponse:
    row = or_404(lambda: permits.network(request.user, ulid))
    held = or_404(lambda: permits.papers(request.user, row).get(ulid=paper))
    form = WhyForm(request.POST)
    done(request, form, lambda: permits_papers.void(request.user, row, held, reason=form.cleaned_data["reason"]), _("已作废"))
    return redirect("projects:permit-papers", ulid)


@require_POST
@requires(WORK)
def owe(request: HttpRequest, ulid: str, step: str) -> HttpResponse:
    """容缺承诺 of one paper of a step."""
    row = or_404(lambda: permits.network(request.user, ulid))
    if step not in permit_policies.of(row).steps:
        raise Http404(_("这个网络没有这一步。"))
    form = OweForm(request.POST)
    done(request, form, lambda: permits_owed.promise(
        request.user, row, step, form.cleaned_data["material"], due_on=form.cleaned_data["due_on"],
        person=form.cleaned_data["person"], lock_version=form.cleaned_data["lock_version"]), _("容缺承诺已登记"))
    return redirect("projects:permit-step", ulid, step)


@require_GET
@requires(VIEW)
def receipt(request: HttpRequest, ulid: str) -> HttpResponse:
    return _printed(request, ulid)


@require_GET
@requires("project.own")
def own_receipt(request: HttpRequest, ulid: str) -> HttpResponse:
    return _printed(request, ulid)


def _printed(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: permits.receipts(request.user).get(ulid=ulid))
    answer = HttpResponse(permits_papers.printed(held), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{held.number}.pdf"'
    return answer
