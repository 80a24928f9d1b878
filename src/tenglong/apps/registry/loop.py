"""The loop: where the plots that a user may see stand, and what moved this month."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from django.db.models import Count, F, Sum
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tenglong.apps.registry import queries
from tenglong.apps.registry.models import PlotVersion
from tenglong.web import formats

WIDTH, HEIGHT, RADIUS = 860.0, 420.0, 37.0


def ring(request: HttpRequest) -> str:
    """SVG ring of the stages with count and mu, each a link to its rows; "" when the user sees no plot."""
    found = queries.plots(request.user).order_by().values("stage").annotate(count=Count("pk"), area=Sum("surveyed_cm2"))
    rows: dict[str, dict[str, Any]] = {row["stage"]: dict(row) for row in found}
    total = sum(row["count"] for row in rows.values())
    if not total:
        return ""
    moved = moved_this_month(request.user)
    most = max(row["count"] for row in rows.values())
    stages = [_stage(index, name, rows.get(name, {}), moved, most) for index, name in enumerate(formats.STAGES)]
    arrows = [_arrow(one, stages[(index + 1) % len(stages)]) for index, one in enumerate(stages)]
    area = sum(row["area"] or 0 for row in rows.values())
    other = total - sum(stage["count"] for stage in stages)
    return render_to_string(
        "registry/parts/loop.html",
        {
            "stages": stages,
            "arrows": arrows,
            "total": total,
            "area": area,
            "moved": sum(moved.values()),
            "other": other,
            "width": WIDTH,
            "height": HEIGHT,
            "centre": (WIDTH / 2, HEIGHT / 2),
        },
        request,
    )


def moved_this_month(user: Any) -> Counter[str]:
    """Stage → plots that came into it since the first of the month."""
    start = timezone.localdate().replace(day=1)
    new = dict(queries.plots(user).filter(valid_from__gte=start).values_list("plot_id", "stage"))
    if not new:
        return Counter()
    before = PlotVersion.objects.filter(plot_id__in=queries.plots(user).filter(valid_from__gte=start).values("plot_id"))
    closed = before.filter(valid_to__gte=start).exclude(valid_to=F("valid_from")).order_by("valid_from")
    earlier: dict[int, str] = {}
    for plot, stage in closed.values_list("plot_id", "stage"):
        earlier.setdefault(plot, stage)
    return Counter(stage for plot, stage in new.items() if plot in earlier and earlier[plot] != stage)


def _stage(index: int, name: str, row: dict[str, Any], moved: Counter[str], most: int) -> dict[str, Any]:
    angle = -math.pi / 2 + 2 * math.pi * index / len(formats.STAGES)
    count = row.get("count", 0)
    return {
        "name": name,
        "label": formats.STAGES[name],
        "count": count,
        "area": row.get("area") or 0,
        "moved": moved.get(name, 0),
        "x": round(WIDTH / 2 + 352 * math.cos(angle), 1),
        "y": round(HEIGHT / 2 + 158 * math.sin(angle), 1),
        "r": RADIUS,
        "tone": "none" if not count else "has most" if count == most else "has",
        "url": f"{reverse('registry:plots')}?stage={name}",
    }


def _arrow(start: dict[str, Any], end: dict[str, Any]) -> dict[str, float]:
    """A line between the rims of two circles."""
    dx, dy = end["x"] - start["x"], end["y"] - start["y"]
    far = math.hypot(dx, dy)
    ux, uy = dx / far, dy / far
    gap = RADIUS + 6
    return {
        "x1": round(start["x"] + ux * gap, 1),
        "y1": round(start["y"] + uy * gap, 1),
        "x2": round(end["x"] - ux * (gap + 3), 1),
        "y2": round(end["y"] - uy * (gap + 3), 1),
    }
