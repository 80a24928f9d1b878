"""A covenant of firm 1 for plot 1 of each town: one check under review, an older one the firm was told of, an extension.

What the review would cost, and figures that few may read, are private; the firm reads what it was told.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

WORDS = ("履约项目", "监管协议号", "补充说明", "延期缘由", "陈述内容")


def build(world: Any) -> None:
    for town in world.towns.values():
        officer = world.people["town_officer" if town.code.endswith("001") else "stranger"]
        held = _covenant(town, officer)
        _checks(town, world.people["county_admin"], held)
        _extension(town, officer, held)


def _covenant(town: Any, officer: Any) -> Any:
    from tenglong.apps.supply.service import covenants
    from tenglong.apps.supply.service.covenants import NodeDay, Promise

    held = covenants.create(
        officer, project_name=town.word("履约项目"), uscc=town.ids["uscc1"], plot_codes=[town.ids["plot_code1"]],
        land_cm2=1_000_000_000, price_fen=7_777_777_700 + int(town.code[-1]))
    paper = covenants.add_paper(
        officer, held, "grant", number=town.word("监管协议号"), signed_on=date(2022, 1, 1), effective_on=date(2022, 1, 1),
        promises=[Promise("tax_per_mu", "900000", first_year=2023, years=2)],
        nodes=[NodeDay("start", date(2023, 1, 1), "0.1"), NodeDay("complete", date.today() + timedelta(days=15))],
        note=town.word("补充说明"))
    covenants.put_firm(officer, held, town.ids["uscc1"], registered=True, producing=True)
    town.note("covenant", held.ulid)
    town.ids["covenant_paper"] = paper.pk
    return held


def _checks(town: Any, county: Any, held: Any) -> None:
    from tenglong.apps.supply.models import CovenantCheck
    from tenglong.apps.supply.service import covenants_checks, covenants_reminders

    row = covenants_checks.review(county, covenants_checks.check(county, held))
    town.note("covenant_check", row.ulid)
    town.private |= {str(one["fen"]) for one in row.amounts if one["fen"]}
    told = covenants_checks.check(county, held)
    CovenantCheck.objects.filter(pk=told.pk).update(stage="notified", statement=town.word("陈述内容"), amounts=[])
    town.note("covenant_told", told.ulid)
    covenants_reminders.by_itself()


def _extension(town: Any, officer: Any, held: Any) -> None:
    from tenglong.apps.supply.service import covenants_extensions

    later = date.today() + timedelta(days=200)
    covenants_extensions.ask(officer, held, "complete", asked_on=later, reason=town.word("延期缘由"))


def may(here: Any) -> None:
    """What the firm of this town reads of its own."""
    here.firm_may |= {here.ids["covenant"], here.ids["covenant_told"]} | {f"机密{here.name}{word}" for word in WORDS}
