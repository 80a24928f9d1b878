"""A line of a past record about firm 1 and plot 1 of each town; its figures are private."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def build(world: Any) -> None:
    from tenglong.apps.renewal.models import Treated

    for town in world.towns.values():
        tax = sorted(value for value in town.private if value[:6] == "76543.")[0]
        recorded = {"tax_paid": str(int(Decimal(tax) * 10**6)), "employees": "1000000"}
        row = Treated.objects.create(
            plot_id=town.ids["plot_pk1"], plot_code=town.ids["plot_code1"], enterprise_id=town.ids["firm_pk1"],
            division_code=town.code, route="upgrade", counter="firms_upgraded", done_on=date(2024, 5, 1),
            source=town.word("整治台账"), before={"period": "2020", "recorded": recorded})
        town.note("treated", row.ulid)
