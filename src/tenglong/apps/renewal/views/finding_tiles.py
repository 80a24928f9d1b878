"""Map layer 疑似低效: the plots of the newest run that the user may see."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import requires, scope_of, scoped
from tenglong.apps.registry.tiles_rows import read, statements
from tenglong.apps.renewal.models import Finding, Verdict
from tenglong.apps.renewal.queries import findings as queries
from tenglong.store.tiles import Layer, encode_layers, tile_box

COLUMNS: Final = {"ulid": "plot__ulid", "code": "plot_code", "class": "grade_class", "change": "change"}
MAX_ZOOM: Final = 20


@require_GET
@requires("renewal.view")
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Vector tile; 400 in a sentence for a tile outside the world."""
    try:
        box = tile_box(min(z, MAX_ZOOM), x, y)
    except ValueError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    run = queries.latest(request.user)
    content = b"" if run is None else _content(request, run.pk, z, x, y, box)
    response = HttpResponse(content, content_type="application/vnd.mapbox-vector-tile")
    response["Cache-Control"], response["Vary"] = "private, no-cache", "Cookie"
    return response


def _content(request: HttpRequest, run: int, z: int, x: int, y: int, box: tuple[float, float, float, float]) -> bytes:
    key = ("low", run, scope_of(request.user, "renewal.view"), timezone.localdate())
    rows = Finding.objects.filter(
        run_id=run, verdict=Verdict.HIT, plot__versions__valid_to__isnull=True, plot__versions__shape_id__isnull=False)
    held = statements.of(
        key, lambda: scoped(request.user, rows, "renewal.view"), ("plot__versions__shape_id", *COLUMNS.values()))
    found = read(held, box, frozenset()) if held else None
    if found is None:
        return b""
    layer = Layer("low", found.shapes, {name: found.columns[column] for name, column in COLUMNS.items()}, ("ulid", "code"))
    return encode_layers(z, x, y, [layer])
