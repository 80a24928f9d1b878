"""What the record knows when a file is checked: the county, its thresholds, and what is held under the same names."""

from __future__ import annotations

from typing import Any

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.policy import service as policies
from tenglong.apps.registry import county as registry_county
from tenglong.apps.registry import queries
from tenglong.domain.quality.check_keys import plain_name
from tenglong.domain.quality.options import Context, Options
from tenglong.domain.quality.thresholds import Quality
from tenglong.domain.survey.county import CountyFacts


def county() -> CountyFacts:
    """Towns, names, extent and outlines: public knowledge, the same for every user."""
    return registry_county.facts()


def options(code: str) -> Options:
    """The county's own thresholds when it has a policy of them, else `quality/default` as in force."""
    try:
        loaded = policies.current("quality", code) if code else policies.current("quality", "default")
    except KeyError:
        loaded = policies.current("quality", "default")
    return Options.of(Quality.model_validate(loaded.data).thresholds)


def context(kind: str, known: CountyFacts, actor: Any) -> Context:
    """For the checks of `kind`: the county, and of what is held only the part that these checks read and `actor` may see.

    A register without any relation says nothing about plots without firms: those checks stay skipped.
    """
    reader = {"plots": _of_plots, "enterprises": _of_firms, "occupancies": _of_relations}.get(kind)
    return known.context(**(reader(actor) if reader else {}))


def _of_plots(actor: Any) -> dict[str, Any]:
    used = queries.occupancies(actor).exclude(role="idle").order_by()
    plots = set(used.filter(plot__isnull=False).values_list("plot_id", flat=True))
    houses = used.filter(building__isnull=False).values("building_id")
    plots |= set(queries.buildings(actor).filter(building_id__in=houses, plot__isnull=False).values_list("plot_id", flat=True))
    if not plots:
        return {}
    rows = queries.plots(actor).order_by().values_list("plot_id", "code", "division_code", "survey_number")
    names = {name for pk, code, town, number in rows if pk in plots for name in (code, f"{town}/{number}" if number else code)}
    return {"occupied_plots": frozenset(names)}


def _of_firms(actor: Any) -> dict[str, Any]:
    rows = list(queries.enterprises(actor).order_by("enterprise_id").values_list("enterprise_id", "uscc", "name"))
    held: dict[str, Any] = {"held_names": {plain_name(name): uscc for _, uscc, name in rows if uscc}}
    users = set(queries.occupancies(actor).exclude(enterprise=None).order_by().values_list("enterprise_id", flat=True))
    if users and scope_of(actor).kind == "all":  # else a firm that uses land in another town would look landless
        held["occupying"] = frozenset(
            text for pk, uscc, name in rows if pk in users for text in (uscc.upper(), plain_name(name)) if text)
    return held


def _of_relations(actor: Any) -> dict[str, Any]:
    columns = ("code", "division_code", "survey_number", "surveyed_cm2", "stated_cm2")
    areas = {}
    for code, town, number, surveyed, stated in queries.plots(actor).order_by().values_list(*columns):
        if area := surveyed or stated:
            areas[code] = area
            if number:
                areas[f"{town}/{number}"] = area
    return {"plot_areas": areas} if areas else {}
