"""Which column is which field, and in which coordinate system."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.survey import mapping as mappings
from tenglong.apps.survey import picture, pipeline, service
from tenglong.apps.survey.models import ImportBatch
from tenglong.apps.survey.views._common import batch_or_404, described, page_of
from tenglong.domain.measures import SCALES
from tenglong.domain.survey.kinds import UNIT_LABELS, spec_of


def units_of(dimension: str) -> list[tuple[str, str]]:
    return [(unit, _(UNIT_LABELS.get(unit, unit))) for unit, (kind, _size) in SCALES.items() if kind == dimension]


def columns(batch: ImportBatch) -> list[dict[str, Any]]:
    """One line per column of the file: heading, samples, what it is read as, and why."""
    table = mappings.shown_table(batch)
    chosen = {item["index"]: item for item in batch.mapping.get("columns", [])}
    fields = {field.id: field for field in spec_of(batch.kind).fields}
    out = []
    for index, heading in enumerate(table["columns"]):
        item = chosen.get(index, {})
        field = fields.get(item.get("field", ""))
        dimension = SCALES[field.unit][0] if field and field.unit in SCALES else ""
        out.append(
            {
                "index": index,
                "heading": heading,
                "samples": table["samples"][index],
                "field": item.get("field", ""),
                "unit": item.get("unit", ""),
                "units": units_of(dimension) if dimension else [],
                "reason": item.get("reason", ""),
                "confidence": round(100 * float(item.get("confidence", 0))),
                "others": item.get("others", []),
            }
        )
    return out


@requires("survey.import")
def mapping(request: HttpRequest, ulid: str) -> HttpResponse:
    batch = batch_or_404(request, ulid)
    if batch.state not in mappings.CHANGEABLE:
        return redirect(page_of(batch))
    error = ""
    if request.method == "POST":
        try:
            return _posted(request, batch)
        except service.SurveyError as refused:
            error = str(refused)
    return render(request, "survey/mapping.html", _context(request, batch, error), status=400 if error else 200)


def _posted(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    post = request.POST
    if "table" in post and post["table"] != batch.table_name:
        service.choose_table(request.user, batch, post["table"])
        return redirect("survey:mapping", batch.ulid)
    width = len(mappings.shown_table(batch)["columns"])
    chosen = {index: (post.get(f"field-{index}", ""), post.get(f"unit-{index}", "")) for index in range(width)}
    service.set_mapping(request.user, batch, chosen, _crs(post))
    if post.get("template"):
        made = service.save_template(request.user, batch, post["template"])
        messages.success(request, _("已存为模板“%(name)s”，同样表头的文件会自动沿用。") % {"name": made.name})
    if post.get("then") == "save":
        return redirect("survey:mapping", batch.ulid)
    service.stage(request.user, batch)
    return redirect("survey:progress", batch.ulid)


def _crs(post: Any) -> str:
    typed = post.get("crs-typed", "").strip()
    if typed:
        from tenglong.domain.geo.crs_names import UnknownCrs, parse

        try:
            parse(typed)
        except UnknownCrs as error:
            raise service.SurveyError(str(error)) from error
    return typed or str(post.get("crs", ""))


def _context(request: HttpRequest, batch: ImportBatch, error: str) -> dict[str, Any]:
    lines = columns(batch)
    if request.method == "POST" and error:
        for line in lines:
            line["field"] = request.POST.get(f"field-{line['index']}", line["field"])
            line["unit"] = request.POST.get(f"unit-{line['index']}", line["unit"])
    drawn = bool(batch.crs_candidates) or mappings.shown_table(batch)["geometry"]
    return {
        **described(batch),
        "lines": lines,
        "fields": mappings.fields_for_choice(batch.kind),
        "error": error,
        "table": mappings.shown_table(batch),
        "drawn": drawn,
        "same": service.queries.same_file(request.user, batch).first(),
        "picture": picture.of_candidate(batch, list(pipeline.county(request.user).outlines.values())) if drawn else None,
    }


@require_POST
@requires("survey.import")
def stage(request: HttpRequest, ulid: str) -> HttpResponse:
    """Take the checking up again with the mapping as it is."""
    batch = batch_or_404(request, ulid)
    try:
        service.stage(request.user, batch)
    except service.SurveyError as error:
        messages.error(request, str(error))
        return redirect(page_of(batch))
    return redirect("survey:progress", batch.ulid)
