"""Colours of the map: one field, its classes, how many plots and how much land each holds."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.registry import queries
from tenglong.apps.registry.places import town_names
from tenglong.domain.units import to_cm2
from tenglong.web import formats

#: fields to colour by; each is an attribute of the tile features of the same name
FIELDS: Final = {
    "status": gettext_lazy("现状"),
    "stage": gettext_lazy("环节"),
    "title_status": gettext_lazy("权证状态"),
    "acquisition": gettext_lazy("取得方式"),
    "control_line": gettext_lazy("工业控制线"),
    "town": gettext_lazy("所属镇街"),
    "area": gettext_lazy("实测面积"),
}
COLUMNS: Final = {"town": "division_code"}
#: quiet, told apart by people with colour weakness, readable on grey (after Okabe and Ito)
COLOURS: Final = (
    "#2f7fd6",
    "#d69a00",
    "#1f9d61",
    "#c2578f",
    "#56b4e9",
    "#d1604b",
    "#7a68b3",
    "#6b8e23",
    "#b07b4f",
    "#4a9a9a",
    "#8a94a3",
)
MEANT: Final = {
    ("status", "in_use"): "#1f9d61",
    ("status", "idle_suspected"): "#d69a00",
    ("status", "building"): "#2f7fd6",
    ("status", "vacated"): "#8a94a3",
    ("status", "retired"): "#b9c0ca",
    ("title_status", "titled"): "#1f9d61",
    ("title_status", "untitled"): "#d69a00",
    ("title_status", "mismatch"): "#c2578f",
    ("title_status", "mortgaged"): "#2f7fd6",
    ("title_status", "sealed"): "#d1434b",
    ("control_line", "in"): "#1f9d61",
    ("control_line", "out"): "#d69a00",
}
UNKNOWN: Final = "#b9c0ca"
#: upper limits in mu, the last class is open
AREA_STEPS: Final = (5, 10, 20, 50, 100)


def classes_of(user: Any, by: str) -> list[dict[str, Any]]:
    """Classes of a field with colour, label, count and cm²; areas carry `min` and `max` in cm²."""
    return _areas(user) if by == "area" else _words(user, by)


def _words(user: Any, by: str) -> list[dict[str, Any]]:
    column = COLUMNS.get(by, by)
    rows = queries.plots(user).order_by().values(key=F(column)).annotate(count=Count("pk"), cm2=Sum("surveyed_cm2"))
    held: dict[str, dict[str, Any]] = {row["key"] or "": dict(row) for row in rows}
    order = sorted(town_names(user)) if by == "town" else list(formats.CHOICES[by])
    names = town_names(user) if by == "town" else formats.CHOICES[by]
    keys = [key for key in order if key in held] + sorted(key for key in held if key and key not in names)
    found = [_class(by, index, key, str(names.get(key, key)), held[key]) for index, key in enumerate(keys)]
    return found + ([{**_class(by, 0, "", _("未填"), held[""]), "colour": UNKNOWN}] if "" in held else [])


def _class(by: str, index: int, key: str, label: str, row: dict[str, Any]) -> dict[str, Any]:
    colour = MEANT.get((by, key), COLOURS[index % len(COLOURS)])
    return {"key": key, "label": label, "colour": colour, "count": row["count"], "cm2": row["cm2"] or 0}


def _areas(user: Any) -> list[dict[str, Any]]:
    shades = ("#deebf7", "#b5d0ea", "#85b1dc", "#4f8fca", "#2a6bb0", "#123f7d")
    limits = [to_cm2(step, "mu") for step in AREA_STEPS]
    found: list[dict[str, Any]] = []
    for index, shade in enumerate(shades):
        low, high = (limits[index - 1] if index else 0), (limits[index] if index < len(limits) else None)
        rows = queries.plots(user).filter(surveyed_cm2__gte=low)
        total = (rows.filter(surveyed_cm2__lt=high) if high else rows).aggregate(count=Count("pk"), cm2=Sum("surveyed_cm2"))
        if total["count"]:
            span = f"{AREA_STEPS[index - 1] if index else 0}–{AREA_STEPS[index]}" if high else f"≥ {AREA_STEPS[-1]}"
            label = _("%(number)s 亩") % {"number": span}
            found.append(
                {
                    "key": str(index),
                    "label": label,
                    "colour": shade,
                    "min": low,
                    "max": high,
                    "count": total["count"],
                    "cm2": total["cm2"],
                }
            )
    unknown = queries.plots(user).filter(surveyed_cm2=None).count()
    return found + ([{"key": "", "label": _("未填"), "colour": UNKNOWN, "count": unknown, "cm2": 0}] if unknown else [])
