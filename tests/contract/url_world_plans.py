"""A plan and a site search about each town, made by the analyst; those of the first town also name its officer."""

from __future__ import annotations

from typing import Any


def build(world: Any) -> None:
    for town in world.towns.values():
        reader = world.people["town_officer"] if town.code.endswith("001") else None
        _plan(town, world.people["analyst"], reader)
        _site(town, world.people["analyst"], reader)


def _plan(town: Any, maker: Any, reader: Any) -> None:
    from tenglong.apps.renewal.models import Plan, PlanItem, SecretReader
    from tenglong.apps.renewal.plan_asked import Amount, Asked
    from tenglong.domain.renewal.portfolio import codec
    from tenglong.domain.renewal.portfolio.parts import Candidate, Option, Problem

    asked = Asked((2025,), ("upgrade",), targets=(Amount(100, None),))
    code = town.ids["plot_code1"]
    problem = Problem(candidates=(Candidate(code, 1000, town.word("方案镇街")),),
                      options=(Option(code, "整治提升", 76_543_210_000),), **asked.parts())
    plan = Plan.objects.create(
        title=town.word("整治方案"), division_code=town.code, state="solved", created_by_id=maker.pk,
        problem={"asked": asked.as_json(), "problem": codec.to_json(problem), "inputs": {code: {}}},
        answer={"status": "proven", "gap": 0.0, "proof_words": [town.word("方案的界")]})
    PlanItem.objects.create(
        plan=plan, plot_id=town.ids["plot_pk1"], plot_code=code, division_code=town.code, route="upgrade", year=2025,
        land_cm2=1000, cost_fen=76_543_210_000, uplift_fen=1)
    town.note("plan", plan.ulid)
    town.ids["plan_reader"] = SecretReader.objects.create(plan=plan, user=reader).pk if reader else 999_999


def _site(town: Any, maker: Any, reader: Any) -> None:
    from tenglong.apps.renewal.models import SecretReader, SiteSearch

    site = SiteSearch.objects.create(
        title=town.word("选址"), division_code=town.code, wanted={"min_cm2": 1000}, state="none", created_by_id=maker.pk,
        answer={"sites": [], "unmet": {"why": "land", "largest_cm2": 5, "plots": [town.ids["plot_pk1"]]}})
    town.note("site", site.ulid)
    town.ids["site_reader"] = SecretReader.objects.create(site=site, user=reader).pk if reader else 999_999
