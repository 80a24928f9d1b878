"""控规调整: form, page with its steps and clocks, steps, withdrawal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.supply.forms_land import ChangeForm, MoveForm, StepForm
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.service import changes as service
from tenglong.apps.supply.views import land_common as common
from tenglong.web.answers import CHINESE, or_404

VIEW, WORK = "supply.view", "supply.work"


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    form = ChangeForm(request.POST or None, user=request.user)
    page = {"title": _("新建控规调整"), "back": reverse("supply:plan-changes"), "back_label": _("控规调整"),
            "hint": _("登记后按步骤办理；法定公告期满之前不能报批，承诺和最长时限只提示。")}
    return common.filled(request, form, lambda: service.begin(request.user, form.cleaned_data), page, "supply:change")


@require_GET
@requires(VIEW)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.change(request.user, ulid))
    works = can(request.user, WORK) and row.state == "open"
    return render(request, "supply/change.html", {
        "row": row, "town": common.town_of(request.user, row.division_code), "works": works,
        "steps": common.steps_shown(request.user, row, works, common.corrects(request.user, row)),
        "clocks": common.clocks_name(row), "step_url": "supply:change-step", "correct_url": "supply:change-correct"})


@require_GET
@requires(VIEW)
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.change(request.user, ulid))
    names = ("ulid", "title", "division_code", "plan_unit", "use_before", "use_after", "far_before", "far_after", "reason",
             "clocks", "state")
    return JsonResponse({**{name: getattr(row, name) for name in names}, "area_cm2": str(row.area_cm2),
                         "steps": common.steps_json(row)}, json_dumps_params=CHINESE)


@require_POST
@requires(WORK)
def step(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.change(request.user, ulid))
    form = StepForm(request.POST, request.FILES)

    def take() -> None:
        told = form.cleaned_data
        service.step(request.user, row, told["step"], on=told["on"], paper=told["paper"], lock_version=told["lock_version"],
                     file=told["file"])

    common.done(request, form, take, _("已登记这一步"))
    return redirect("supply:change", ulid)


@require_POST
@requires(WORK)
def correct(request: HttpRequest, ulid: str) -> HttpResponse:
    common.correct(request, or_404(lambda: land.change(request.user, ulid)))
    return redirect("supply:change", ulid)


@require_POST
@requires(WORK)
def withdraw(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.change(request.user, ulid))
    form = MoveForm(request.POST)

    def take() -> None:
        service.withdraw(request.user, row, reason=form.cleaned_data["reason"], lock_version=form.cleaned_data["lock_version"])

    common.done(request, form, take, _("已撤回"))
    return redirect("supply:change", ulid)
