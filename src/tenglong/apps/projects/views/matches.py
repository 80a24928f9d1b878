"""Ready plants for a project: its needs, the rooms that fit, and what excludes the others."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects.forms_matches import RECORD, NeedForm
from tenglong.apps.projects.models import PlantNeed, Project
from tenglong.apps.projects.queries import matches as queries
from tenglong.apps.projects.queries.projects import project
from tenglong.apps.projects.service import matches as service
from tenglong.apps.projects.views.common import done
from tenglong.domain.landing.joined import Joint
from tenglong.domain.landing.matching import Check, Match, Matches
from tenglong.domain.units import from_cm2
from tenglong.web import formats
from tenglong.web.answers import or_404
from tenglong.web.twins import Twin

LABELS = {
    "state": gettext_lazy("状态"), "area": gettext_lazy("面积不少于"), "most": gettext_lazy("面积不多于"),
    "height_mm": gettext_lazy("层高不低于"), "load_n_m2": gettext_lazy("楼面荷载不低于"),
    "power_va": gettext_lazy("用电容量不低于"), "crane_kg": gettext_lazy("行车不低于"), "lift_kg": gettext_lazy("货梯不低于"),
    "rent_fen": gettext_lazy("租金不高于"), "fire_class": gettext_lazy("火灾危险性至少"), "gas": gettext_lazy("要通天然气"),
    "ground": gettext_lazy("只要底层"), "industry": gettext_lazy("行业准入"), "park_word": gettext_lazy("园区名称含"),
    "free_by": gettext_lazy("最迟可用"),
}
SHOWN, EXCLUDED, JOINED = 50, 50, 20


@require_GET
@requires("project.view")
def page(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: project(request.user, ulid))
    return _page(request, row, queries.need_of(request.user, row))


def _page(request: HttpRequest, row: Project, need: PlantNeed | None, form: NeedForm | None = None) -> HttpResponse:
    if form is None and can(request.user, "project.work"):
        form = NeedForm(initial={name: getattr(need, name) for name in (*RECORD, "lock_version")} if need else {})
    status = 422 if form is not None and form.errors else 200
    return render(request, "projects/match.html", {"project": row, "form": form, **shown(request.user, need)}, status=status)


@require_POST
@requires("project.work")
def ask(request: HttpRequest, ulid: str) -> HttpResponse:
    """Keep what the project asks; a form that is not sound comes back with its words."""
    row, form = or_404(lambda: project(request.user, ulid)), NeedForm(request.POST)
    if not form.is_valid():
        return _page(request, row, queries.need_of(request.user, row), form)
    lock = form.cleaned_data["lock_version"]
    done(request, form, lambda: service.ask(request.user, row, form.values(), lock_version=lock), _("已保存需求"))
    return redirect("projects:plants", ulid)


def shown(user: Any, need: PlantNeed | None) -> dict[str, Any]:
    """What a page or tab says of a need; nothing but the empty state without one."""
    if need is None:
        return {"need": None}
    found, joints = queries.matches(user, need), queries.joints(user, need)
    return {
        "joints": [_joint(one) for one in joints.found[:JOINED]], "joined": len(joints.found), "usable": joints.usable,
        "nearest": _joint(joints.nearest) if joints.nearest else None, "unplaced": joints.unplaced, "need": need,
        "asked": asked(found), "fitting": [_told(one) for one in found.fitting[:SHOWN]],
        "excluded": [_told(one) for one in found.excluded[:EXCLUDED]], "fits": len(found.fitting),
        "turned": len(found.excluded), "all": len(found.fitting) + len(found.excluded), "shown": SHOWN,
        "sure": sum(not one.unknown for one in found.fitting),
        "excluders": [{"label": LABELS[one.id], "fails": one.fails, "alone": one.alone} for one in found.excluders],
    }


def asked(found: Matches) -> list[tuple[Any, str]]:
    """Requirements as they were said."""
    need = found.need
    held = (("area", need.area_cm2), ("most", need.most_cm2), *((name, getattr(need, name)) for name in (
        "height_mm", "load_n_m2", "power_va", "crane_kg", "lift_kg", "rent_fen", "fire_class", "gas", "ground", "industry",
        "park_word", "free_by")))
    return [(LABELS[name], value_text(name, value)) for name, value in held if value not in (None, "", False)]


def _joint(one: Joint) -> dict[str, Any]:
    """Adjoining rooms in words: what they have together, and what they lack."""
    lacks = [_line(check) for check in one.checks if check.verdict == "failed"]
    return {
        "rooms": one.rooms, "area": one.area_cm2, "floors": one.how == "floors", "failed": lacks,
        "park": one.rooms[0].park, "unknown": [LABELS[check.id] for check in one.unknown],
        "met": [_line(check) for check in one.checks if check.verdict == "met" and check.id != "state"],
    }


def _told(one: Match) -> dict[str, Any]:
    room = one.room
    return {
        "room": room, "rent": formats.shown("rent_fen", room.rent_fen), "state": formats.choice("let_state", room.state),
        "tone": formats.tone("let_state", room.state),
        "met": [_line(check) for check in one.checks if check.verdict == "met" and check.id != "state"],
        "unknown": [LABELS[check.id] for check in one.unknown], "failed": [_line(check) for check in one.failed],
    }


def _line(check: Check) -> dict[str, Any]:
    return {"label": LABELS[check.id], "has": value_text(check.id, check.has), "wants": value_text(check.id, check.wants)}


def value_text(name: str, value: Any) -> str:
    """A figure in the unit people say it in."""
    if name == "state":
        return str(formats.choice("let_state", value)) if value else ""
    if value is None:
        return formats.NONE
    if name in ("area", "most"):
        return f"{from_cm2(value, 'm2', 0):,} m²"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "ground":
        return _("%(floor)s 层") % {"floor": value}
    if name == "industry":
        return str(value).strip(",").replace(",", "、") or _("不限")
    if isinstance(value, date):
        return value.isoformat()
    return formats.shown(name, value) if name in formats.SCALED or name == "fire_class" else str(value) or formats.NONE


@require_GET
@requires("project.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    """Whole numbers as the store keeps them: cm², mm, N/m², VA, kg, 分."""
    row = or_404(lambda: project(request.user, ulid))
    need = queries.need_of(request.user, row)
    if need is None:
        return Twin({"project": row.ulid, "need": None, "fitting": [], "excluded": [], "excluders": [], "joined": [],
                     "joined_nearest_cm2": None})
    found = queries.matches(request.user, need)

    joints = queries.joints(request.user, need)

    def told(one: Match) -> dict[str, Any]:
        checks = [{"id": check.id, "verdict": check.verdict, "has": exact(check.has), "wants": exact(check.wants)}
                  for check in one.checks]
        return {"unit": one.room.key, "name": one.room.name, "area_cm2": str(one.room.area_cm2), "checks": checks}

    return Twin({
        "project": row.ulid, "need": {name: getattr(need, name) for name in RECORD},
        "fitting": [told(one) for one in found.fitting], "excluded": [told(one) for one in found.excluded],
        "excluders": [{"id": one.id, "fails": one.fails, "alone": one.alone} for one in found.excluders],
        "joined": [{"how": one.how, "units": [room.key for room in one.rooms], "area_cm2": str(one.area_cm2),
                    "unknown": [check.id for check in one.unknown]} for one in joints.found],
        "joined_nearest_cm2": str(joints.nearest.area_cm2) if joints.nearest else None,
    })


def exact(value: Any) -> Any:
    """Whole numbers of the store leave as text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def tab(request: HttpRequest, row: Project) -> str:
    """The first rooms that fit, on the record of the project."""
    held = shown(request.user, queries.need_of(request.user, row))
    return render_to_string("projects/tab_match.html", {"project": row, **held}, request)
