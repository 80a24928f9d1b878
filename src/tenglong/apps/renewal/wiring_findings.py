"""Verbs, menu entries and tabs of findings and idle land."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, layers, menu, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "renewal.view": ("finding-runs", "finding-runs-json", "finding-run", "finding-run-json", "finding", "finding-json",
                     "low-tile", "idle-land", "idle-land-json"),
    "renewal.find": ("finding-run-new",),
    "renewal.appeal": ("finding-appeal", "finding-reply", "finding-waiver", "waiver-step"),
    "renewal.own": ("own-findings", "own-finding", "own-finding-appeal", "own-finding-withdraw"),
    "renewal.idle": ("idle-new", "idle-facts", "idle-cause", "idle-step", "idle-member"),
}


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.casework import service as casework
    from tenglong.apps.renewal import jobs_findings, plot_tab, words
    from tenglong.apps.renewal.service import idle, objections

    assert jobs_findings  # imported for the job it registers
    words.register()
    idle.register()
    casework.on_move(objections.CASE, objections.follow)
    for verb, names in VERBS.items():
        access.register_all(verb, (f"renewal:{name}" for name in names))
    for name in ("findings", "idle-lands"):
        register_access("renewal", name, "renewal.view")
    menu.register("renewal", _("疑似低效用地"), "renewal:findings", "renewal.view", 10)
    menu.register("renewal", _("闲置土地"), "renewal:idle-lands", "renewal.view", 20)
    menu.register("renewal", _("本企业用地识别"), "renewal:own-findings", "renewal.own", 5)
    tabs.register("plot", "low", _("疑似低效"), plot_tab.of_plot, "plot.view", 45)
    layers.register("low", _("疑似低效"), "/renewal/tiles/low/{z}/{x}/{y}.pbf", "polygon", "renewal.view", 50, minzoom=10,
                    visible=False, colour_by=(("class", _("类别")), ("change", _("与上年比"))))
