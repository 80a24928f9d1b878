"""Supply batches: form, page with plots and indicators, approval by a second person."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.supply.forms_land import BatchForm, BatchPlotForm, MoveForm, StandardForm
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.service import batches as service
from tenglong.apps.supply.service import land_base
from tenglong.apps.supply.views import land_common as common
from tenglong.domain.landing.standard.check import row_of
from tenglong.domain.landing.standard.policy import SIDE_WORDS, UNIT_WORDS
from tenglong.web.answers import CHINESE, or_404, whole

VIEW, WORK, DECIDE = "supply.view", "supply.work", "supply.decide"


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    form = BatchForm(request.POST or None, user=request.user)
    page = {"title": _("新建批次"), "back": reverse("supply:supply-batches"), "back_label": _("供应批次"),
            "hint": _("先建批次，再把在库的地块列进来。")}
    return common.filled(request, form, lambda: service.draft(request.user, form.cleaned_data), page, "supply:batch")


@require_GET
@requires(VIEW)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.batch(request.user, ulid))
    user, works = request.user, can(request.user, WORK)
    drafts = works and row.state == "draft"
    mine = user.pk in (row.created_by_id, row.submitted_by_id)
    return render(request, "supply/batch.html", {
        "row": row, "town": common.town_of(user, row.division_code), "works": works, "drafts": drafts, "mine": mine,
        "decides": can(user, DECIDE), "plots": list(row.plots.all()), "indicators": indicators(row.standard, row.standard_row),
        "listings": {one.lot_id: one for one in land.listings(user).filter(batch=row)},
        "total_cm2": sum(plot.area_cm2 for plot in row.plots.all()),
        "plot_form": BatchPlotForm(user=user, town=row.division_code) if drafts else None,
        "standard_form": StandardForm(initial={"choice": f"{row.standard}|{row.standard_row}"}) if drafts else None})


def indicators(standard: str, row: str) -> list[tuple[str, str]]:
    """(label, limit in words) of the attached row."""
    if not standard:
        return []
    table = land_base.standard_of(standard)
    chosen = row_of(table, row)
    return [(one.label, f"{SIDE_WORDS[one.side]} {chosen.values[one.id]} {UNIT_WORDS[one.unit]}".strip())
            for one in table.indicators if one.id in chosen.values]


@require_GET
@requires(VIEW)
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.batch(request.user, ulid))
    names = ("ulid", "title", "division_code", "planned_on", "standard", "standard_row", "state", "approved_on")
    plots = [{"lot": plot.lot.ulid, "title": plot.lot.title, "area_cm2": str(plot.area_cm2), "land_use": plot.land_use}
             for plot in row.plots.all()]
    return JsonResponse({**{name: getattr(row, name) for name in names}, "plots": plots}, json_dumps_params=CHINESE)


@require_POST
@requires(WORK)
def plot(request: HttpRequest, ulid: str) -> HttpResponse:
    """Add a lot; with `drop` take a plot out."""
    row = or_404(lambda: land.batch(request.user, ulid))
    lock = MoveForm(request.POST)
    if "drop" in request.POST:
        found = row.plots.filter(pk=whole(request.POST["drop"])).first()
        if found is None:
            raise Http404
        common.done(request, lock, lambda: service.drop(
            request.user, row, found, lock_version=lock.cleaned_data["lock_version"]), _("已移出批次"))
        return redirect("supply:batch", ulid)
    form = BatchPlotForm(request.POST, user=request.user, town=row.division_code)

    def add() -> None:
        told, seen = form.cleaned_data, lock.cleaned_data["lock_version"]
        service.add(request.user, row, told["lot"], area_cm2=told["area_cm2"], land_use=told["land_use"], lock_version=seen)

    if lock.is_valid():
        common.done(request, form, add, _("已列入批次"))
    return redirect("supply:batch", ulid)


@require_POST
@requires(WORK)
def standard(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.batch(request.user, ulid))
    form, lock = StandardForm(request.POST), MoveForm(request.POST)

    def attach() -> None:
        table, industry = form.picked()
        service.attach(request.user, row, standard=table, row=industry, lock_version=lock.cleaned_data["lock_version"])

    if lock.is_valid():
        common.done(request, form, attach, _("已附上指标"))
    return redirect("supply:batch", ulid)


@require_POST
@requires(VIEW)
def move(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """submit, approve, send-back: the service asks for the verb of each."""
    row = or_404(lambda: land.batch(request.user, ulid))
    form = MoveForm(request.POST)

    def step() -> None:
        lock = form.cleaned_data["lock_version"]
        if name == "submit":
            service.submit(request.user, row, lock_version=lock)
        elif name == "approve":
            service.approve(request.user, row, lock_version=lock)
        else:
            service.send_back(request.user, row, reason=form.cleaned_data["reason"], lock_version=lock)

    common.done(request, form, step, _("已办理"))
    return redirect("supply:batch", ulid)
