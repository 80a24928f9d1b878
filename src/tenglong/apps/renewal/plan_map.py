"""Pictures of plans and sites drawn by the server: where the plots lie in the county, and each of them close by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely
from django.urls import reverse

from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.minimap import Frame, frame_of
from tenglong.apps.renewal import plan_ground
from tenglong.store.spatial import read, store

WIDE, NEAR = (760.0, 480.0), (480.0, 360.0)
#: classes of colours for years, alternatives and phases
COLOURS: Final = 5
#: a plot that would be drawn smaller than this many points gets a dot
LEAST: Final = 9.0
MARGIN: Final = 12.0
METRES_A_DEGREE: Final = 111_320.0
STEPS: Final = (1, 2, 5)
MOST_NEIGHBOURS: Final = 400
#: with more plots than this a group is one shape without links: thousands of links are slow to draw and to read
MOST_LINKS: Final = 300
DOT: Final = 3


@dataclass(frozen=True)
class Group:
    """Plots of one colour: a year, an alternative, a phase."""

    label: str
    plots: Sequence[int]


def county_map(user: Any, groups: Sequence[Group], others: Sequence[int] = ()) -> dict[str, Any] | None:
    """Groups over the other candidates inside the outlines of their towns; None without boundaries."""
    shapes = plan_ground.shapes_of(user, {plot for group in groups for plot in group.plots} | set(others))
    if not shapes:
        return None
    frame = _frame(list(shapes.values()), WIDE, 0.06)
    taken = {plot for group in groups for plot in group.plots}
    rest = [plot for plot in others if plot not in taken]
    return {**_picture(WIDE, frame), "towns": _towns(user, frame), "groups": _drawn(user, groups, shapes, frame),
            "others": _merged([shapes[plot] for plot in rest if plot in shapes], frame), "others_n": len(rest)}


def near_map(user: Any, groups: Sequence[Group], shapes: Mapping[int, Any]) -> dict[str, Any] | None:
    """One site close by, among the plots around it; `shapes` as `plan_ground.shapes_of` gives them."""
    own = [shapes[plot] for group in groups for plot in group.plots if plot in shapes]
    if not own:
        return None
    frame = _frame(own, NEAR, 0.2)
    taken = {plot for group in groups for plot in group.plots}
    return {**_picture(NEAR, frame), "towns": [], "groups": _drawn(user, groups, shapes, frame),
            "others": _around(user, frame, taken), "others_n": 0}


def _frame(shapes: list[Any], size: tuple[float, float], margin: float) -> Frame:
    west, south, east, north = (float(one) for one in shapely.total_bounds(shapes))
    return frame_of((west, south, east, north), *size, margin)


def _picture(size: tuple[float, float], frame: Frame) -> dict[str, Any]:
    wide, high = size
    bar = scale_bar(METRES_A_DEGREE / frame.scale, wide / 4)
    return {"width": wide, "height": high, "scale": bar | {"x": MARGIN, "y": high - MARGIN}, "north": wide - 2.5 * MARGIN}


def scale_bar(metres: float, most: float) -> dict[str, Any]:
    """The longest round length that fits into `most` points, at `metres` a point."""
    best = 1
    for power in range(6):
        for step in STEPS:
            if step * 10**power <= metres * most:
                best = step * 10**power
    text = f"{best // 1000} km" if best >= 1000 else f"{best} m"
    return {"points": round(best / metres, 1), "text": text}


def _drawn(user: Any, groups: Sequence[Group], shapes: Mapping[int, Any], frame: Frame) -> list[dict[str, Any]]:
    keys = [plot for group in groups for plot in group.plots]
    if len(keys) > MOST_LINKS:
        return [{"label": group.label, "colour": at % COLOURS + 1, "n": len(group.plots), "plots": [],
                 "path": _merged([shapes[plot] for plot in group.plots if plot in shapes], frame)}
                for at, group in enumerate(groups)]
    known = dict(registry.plots(user).filter(plot_id__in=keys).values_list("plot_id", "code"))
    return [
        {"label": group.label, "colour": at % COLOURS + 1, "n": len(group.plots),
         "plots": [_plot(known.get(plot, ""), shapes[plot], frame) for plot in group.plots if plot in shapes]}
        for at, group in enumerate(groups)]


def _plot(code: str, shape: Any, frame: Frame) -> dict[str, Any]:
    west, south, east, north = shape.bounds
    size = max(frame.x(east) - frame.x(west), frame.y(south) - frame.y(north))
    at = shape.representative_point()
    return {"code": code, "url": reverse("registry:by-code", args=[code]) if code else "", "path": frame.path(shape),
            "dot": (round(frame.x(at.x), 1), round(frame.y(at.y), 1)) if size < LEAST else None}


def _merged(shapes: list[Any], frame: Frame) -> str:
    """All in one; where a plot would be too small to see, a dot."""
    parts = []
    for shape, (west, south, east, north) in zip(shapes, shapely.bounds(shapes).tolist() if shapes else [], strict=True):
        wide, high = frame.x(east) - frame.x(west), frame.y(south) - frame.y(north)
        if max(wide, high) < LEAST:
            at_x, at_y = round(frame.x((west + east) / 2) - DOT, 1), round(frame.y((south + north) / 2), 1)
            parts.append(f"M{at_x} {at_y}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0 -{2 * DOT} 0Z")
        else:
            parts.append(frame.path(shape))
    return "".join(parts)


def _towns(user: Any, frame: Frame) -> list[dict[str, Any]]:
    """Outlines that the picture meets, with their names where a point of the town is in it."""
    rows = list(registry.divisions(user, level="town").exclude(shape_id=None).values_list("shape_id", "name"))
    wkb, seen = read(pk for pk, _name in rows if pk is not None), shapely.box(*_shown(frame, WIDE))
    found = []
    for pk, name in rows:
        if pk not in wkb:
            continue
        whole = shapely.from_wkb(wkb[pk])
        part = whole.intersection(seen)
        if part.is_empty:
            continue
        at = part.representative_point()
        found.append({"name": name, "path": frame.path(whole), "x": round(frame.x(at.x), 1), "y": round(frame.y(at.y), 1)})
    return found


def _shown(frame: Frame, size: tuple[float, float]) -> tuple[float, float, float, float]:
    """West, south, east, north of the picture."""
    wide, high = size
    return frame.minx, frame.maxy - high / frame.scale, frame.minx + wide / frame.scale / frame.squeeze, frame.maxy


def _around(user: Any, frame: Frame, taken: set[int]) -> str:
    found = dict(store().in_box("plots", _shown(frame, NEAR))[:MOST_NEIGHBOURS])
    seen = registry.plots(user).filter(shape_id__in=list(found)).exclude(plot_id__in=taken).values_list("shape_id", flat=True)
    return "".join(frame.path(shapely.from_wkb(bytes(found[number]))) for number in seen if number is not None)
