"""Addresses of plans and site searches."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.renewal.views import plan_plot, plan_readers, plan_steps, plans, sites

PLAN, SITE = "renewal/plans/<str:ulid>", "renewal/sites/<str:ulid>"


def _readers(base: str, what: str) -> list[URLPattern]:
    given = {"what": what}
    return [
        path(f"{base}/readers/", plan_readers.show, given, name=f"{what}-readers"),
        path(f"{base}/readers/add/", plan_readers.add, given, name=f"{what}-reader-add"),
        path(f"{base}/readers/<int:pk>/drop/", plan_readers.drop, given, name=f"{what}-reader-drop"),
    ]


urlpatterns: list[URLPattern] = [
    path("renewal/plans/", plans.listing, name="plans"),
    path("renewal/plans.json", plans.listing_json, name="plans-json"),
    path("renewal/plans/new/", plans.new, name="plan-new"),
    path(f"{PLAN}.json", plans.twin, name="plan-json"),
    path(f"{PLAN}/", plans.show, name="plan"),
    path(f"{PLAN}/progress/", plan_steps.progress, name="plan-progress"),
    path(f"{PLAN}/solve/", plan_steps.solve, name="plan-solve"),
    path(f"{PLAN}/cancel/", plan_steps.cancel, name="plan-cancel"),
    path(f"{PLAN}/edit/", plan_steps.edit, name="plan-edit"),
    path(f"{PLAN}/compare/<str:other>.json", plans.compare_json, name="plan-compare-json"),
    path(f"{PLAN}/compare/<str:other>/", plans.compare, name="plan-compare"),
    path(f"{PLAN}/submit/", plan_steps.submit, name="plan-submit"),
    path(f"{PLAN}/approve/", plan_steps.approve, name="plan-approve"),
    path(f"{PLAN}/return/", plan_steps.send_back, name="plan-return"),
    path(f"{PLAN}/publish/", plan_steps.publish, name="plan-publish"),
    path(f"{PLAN}/retire/", plan_steps.retire, name="plan-retire"),
    path(f"{PLAN}/export/", plan_steps.export, name="plan-export"),
    path(f"{PLAN}/plots/<str:code>.json", plan_plot.twin, name="plan-plot-json"),
    path(f"{PLAN}/plots/<str:code>/", plan_plot.show, name="plan-plot"),
    *_readers(PLAN, "plan"),
    path("renewal/sites/", sites.listing, name="sites"),
    path("renewal/sites.json", sites.listing_json, name="sites-json"),
    path("renewal/sites/new/", sites.new, name="site-new"),
    path(f"{SITE}.json", sites.twin, name="site-json"),
    path(f"{SITE}/", sites.show, name="site"),
    path(f"{SITE}/again/", sites.again, name="site-again"),
    path(f"{SITE}/export/", sites.export, name="site-export"),
    *_readers(SITE, "site"),
]
