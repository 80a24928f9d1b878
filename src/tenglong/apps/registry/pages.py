"""Addresses with their verbs, menu, tabs, layers, counters and panels of the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, counters, layers, menu, panels, tabs
from tenglong.web.listing import register_access

LISTS = {
    "plots": (_("地块"), "plot.view"),
    "enterprises": (_("企业"), "enterprise.view"),
    "occupancies": (_("用地关系"), "plot.view"),
    "parcels": (_("宗地与权证"), "plot.view"),
    "buildings": (_("厂房"), "plot.view"),
    "units": (_("载体房源"), "premises.view"),
    "parks": (_("园区"), "premises.view"),
    "zones": (_("片区与园区"), "plot.view"),
    "divisions": (_("行政区划"), "plot.view"),
}
VERBS = {
    "plot.view": ("plot", "plot-json", "parcel", "parcel-json", "building", "building-json"),
    "enterprise.view": ("enterprise", "enterprise-json"),
    "plot.edit": (
        "plot-new",
        "plot-edit",
        "parcel-new",
        "parcel-edit",
        "building-new",
        "building-edit",
        "occupancy-new",
        "occupancy-edit",
        "occupancy-end",
        "occupancy-confirm",
        "link-confirm",
    ),
    "plot.split": ("plot-split", "plot-split-preview", "plot-merge", "plot-undo"),
    "enterprise.edit": ("enterprise-new", "enterprise-edit"),
    "premises.view": ("unit", "unit-json", "park", "park-json"),
    "premises.edit": ("unit-new", "unit-edit", "unit-step", "park-new", "park-edit"),
    "document.view": ("document",),
    "document.add": ("document-add",),
    "map.view": ("map", "map-counts", "map-pick", "map-side", "map-plot", "outlines", "revision"),
    "search.use": ("search", "suggest", "by-code"),
}


def register() -> None:
    """Called from `AppConfig.ready()`."""
    _addresses()
    _tabs()
    _map()
    _workbench()


def _addresses() -> None:
    for order, (name, (label, verb)) in enumerate(LISTS.items()):
        register_access("registry", name, verb)
        menu.register("registry", label, f"registry:{name}", verb, order * 10)
    for verb, names in VERBS.items():
        access.register_all(verb, [f"registry:{name}" for name in names])
    menu.register("map", _("一张图"), "registry:map", "map.view")


def _tabs() -> None:
    from tenglong.apps.registry import premises_tabs
    from tenglong.apps.registry import record_tabs as build

    tabs.register("plot", "occupancies", _("用地关系"), build.plot_occupancies, "plot.view", 10)
    tabs.register("plot", "titles", _("权证与厂房"), build.plot_titles, "plot.view", 20)
    tabs.register("plot", "units", _("房源"), premises_tabs.plot_units, "premises.view", 25)
    tabs.register("unit", "steps", _("状态经过"), premises_tabs.unit_steps, "premises.view", 10)
    tabs.register("unit", "history", _("历史"), premises_tabs.unit_history, "premises.view", 50)
    tabs.register("park", "history", _("历史"), premises_tabs.park_history, "premises.view", 50)
    tabs.register("plot", "documents", _("材料"), build.plot_documents, "document.view", 30)
    tabs.register("plot", "issues", _("问题"), build.plot_issues, "plot.view", 40)
    tabs.register("plot", "history", _("历史"), build.plot_history, "plot.view", 50)
    tabs.register("plot", "loop", _("闭环位置"), build.plot_loop, "plot.view", 60)
    tabs.register("enterprise", "occupancies", _("用地与租赁"), build.enterprise_occupancies, "enterprise.view", 10)
    tabs.register("enterprise", "facts", _("历年数据"), build.enterprise_facts, "enterprise.view", 20)
    tabs.register("enterprise", "accounts", _("户号"), build.enterprise_accounts, "enterprise.view", 30)
    tabs.register("enterprise", "documents", _("材料"), build.enterprise_documents, "document.view", 40)
    tabs.register("enterprise", "history", _("历史"), build.enterprise_history, "enterprise.view", 50)


def _map() -> None:
    def tiles(name: str) -> str:
        return f"/tiles/{name}/{{z}}/{{x}}/{{y}}.pbf"

    layers.register("plots", _("地块"), tiles("plots"), "polygon", "map.view", 10)
    layers.register("zones", _("片区与园区"), tiles("zones"), "polygon", "map.view", 20, visible=False)
    layers.register("parcels", _("宗地"), tiles("parcels"), "polygon", "map.view", 30, minzoom=13, visible=False)
    layers.register("buildings", _("厂房"), tiles("buildings"), "polygon", "map.view", 40, minzoom=14, visible=False)


def _workbench() -> None:
    from tenglong.apps.registry import loop
    from tenglong.apps.registry import panels as build

    counters.register("plots", _("地块"), build.plots, "plot.view", 10)
    counters.register("enterprises", _("企业"), build.enterprises, "enterprise.view", 20)
    counters.register("untitled", _("无证地块"), build.untitled, "plot.view", 30)
    counters.register("idle", _("疑似闲置"), build.idle, "plot.view", 40)
    counters.register("shapeless", _("缺边界"), build.shapeless, "plot.view", 50)
    panels.register("loop", _("闭环：地块走到哪一步"), loop.ring, "plot.view", 10)
    panels.register("changes", _("最近的变动"), build.changes, "plot.view", 20, side=True)
