"""The map of a project in four colours, drawn by the server: no WebGL, the same on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import shapely
from django.urls import reverse

from tenglong.apps.clearance.words import COLOURS
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.minimap import Frame, frame_of
from tenglong.apps.renewal.plan_map import METRES_A_DEGREE, scale_bar
from tenglong.store.spatial import read, store

SIZE: Final = (760.0, 420.0)
MARGIN, LEAST, MOST_NEIGHBOURS = 12.0, 6.0, 600


def picture(user: Any, colours: Mapping[int, str], words: Mapping[str, Any] = COLOURS) -> dict[str, Any] | None:
    """`colours`: plot → colour of the day; `words`: what the colours are called. None without boundaries."""
    rows = registry.plots(user).filter(plot_id__in=list(colours), shape_id__isnull=False)
    known = list(rows.values_list("plot_id", "code", "shape_id"))
    wkb = read(shape for _plot, _code, shape in known if shape is not None)
    shapes = {plot: (code, shapely.from_wkb(wkb[shape])) for plot, code, shape in known if shape in wkb}
    if not shapes:
        return None
    west, south, east, north = (float(one) for one in shapely.total_bounds([shape for _code, shape in shapes.values()]))
    frame = frame_of((west, south, east, north), *SIZE, 0.08)
    groups = [{"id": name, "label": label, "plots": [_plot(*shapes[plot], frame) for plot, now in colours.items()
                                                     if now == name and plot in shapes],
               "n": sum(now == name for now in colours.values())} for name, label in words.items()]
    bar = scale_bar(METRES_A_DEGREE / frame.scale, SIZE[0] / 4)
    return {"width": SIZE[0], "height": SIZE[1], "groups": groups, "others": _around(user, frame, set(shapes)),
            "scale": bar | {"x": MARGIN, "y": SIZE[1] - MARGIN}, "north": SIZE[0] - 2.5 * MARGIN,
            "undrawn": len(colours) - len(shapes)}


def _plot(code: str, shape: Any, frame: Frame) -> dict[str, Any]:
    west, south, east, north = shape.bounds
    at = shape.representative_point()
    small = max(frame.x(east) - frame.x(west), frame.y(south) - frame.y(north)) < LEAST
    return {"code": code, "url": reverse("registry:by-code", args=[code]), "path": frame.path(shape),
            "dot": (round(frame.x(at.x), 1), round(frame.y(at.y), 1)) if small else None}


def _around(user: Any, frame: Frame, taken: set[int]) -> str:
    box = (frame.minx, frame.maxy - SIZE[1] / frame.scale, frame.minx + SIZE[0] / frame.scale / frame.squeeze, frame.maxy)
    found = dict(store().in_box("plots", box)[:MOST_NEIGHBOURS])
    rows = registry.plots(user).filter(shape_id__in=list(found)).exclude(plot_id__in=taken)
    return "".join(frame.path(shapely.from_wkb(bytes(found[number]))) for number in rows.values_list("shape_id", flat=True)
                   if number is not None)
