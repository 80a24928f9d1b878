"""54 holders on over 1,000 mu, signed by 2023-08-31, empty by 2023-11-30, demolished by 2024-07-31: figures are rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.clearance import queries
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, ClearedHolder, ClearedTarget
from tenglong.apps.clearance.queries import rows as seen
from tenglong.apps.clearance.service import clearances, gathering
from tenglong.apps.clearance.service.past import PastLine, PastPart, enter_past
from tenglong.apps.registry.models import Plot
from tenglong.domain.landing.clearance.policy import STAGES

TOWN, MU, HOLDERS = "330604001", 6_666_667, 54
SIGNED, EMPTY, BARE = date(2023, 8, 31), date(2023, 11, 30), date(2024, 7, 31)


@pytest.fixture
def great(cast: Any) -> Clearance:
    """Every third plot is shared with the next holder; holder n has 19 to 25 mu in its own."""
    head = {"title": "百官", "kind": "agreed", "division_code": TOWN, "surveyed_on": date(2023, 2, 1)}
    row = clearances.create(cast.officer, head)
    plots = Plot.objects.bulk_create([Plot() for _at in range(HOLDERS)])
    found = [gathering.Found(f"{at} 号", None, {plot.pk: (19 + at % 7) * MU}) for at, plot in enumerate(plots)]
    for at in range(0, HOLDERS - 1, 3):
        found[at + 1].land[plots[at].pk] = 2 * MU
    gathering.write(cast.officer, row, found, {plot.pk: f"T{plot.pk}" for plot in plots}, date(2023, 2, 1))
    clearances.start(cast.county, row, number="文1", on=date(2023, 3, 1))
    row.refresh_from_db()
    for step, day in (("valuation", date(2023, 4, 1)), ("decision", date(2023, 5, 1)), ("demolition_plan", date(2023, 9, 1))):
        clearances.enter_step(cast.county, row, step, number="文2", on=day)
    return row


def line(number: int, **late: date) -> PastLine:
    """The n-th signs, leaves and is demolished in turn; the last on the last day of the press."""
    back = HOLDERS - number
    days: Any = {"signed": SIGNED - timedelta(days=back), "vacated": EMPTY - timedelta(days=back),
                 "demolished": BARE - timedelta(days=3 * back), **late}
    part = PastPart(300_000 * 100, days["signed"], days["signed"], days["signed"] + timedelta(days=9))
    return PastLine(number, days, ((date(2023, 4, 1), 1),), (("land", Decimal(1), 300_000 * 100),), (part,))


def test_rates_of_any_day_by_three_bases_are_the_rows_behind_them(cast: Any, great: Clearance) -> None:
    enter_past(cast.county, great, [line(number) for number in range(1, HOLDERS + 1)], source="征迁台账1")
    assert AuditEntry.objects.get(action="clearance.past").count == HOLDERS
    whole = queries.rates(cast.officer, great, SIGNED)
    assert whole.listed["holders"] == HOLDERS and whole.listed["area"] > 1000 * MU
    ends = {"signed": SIGNED, "vacated": EMPTY, "demolished": BARE}
    for stage, day in ends.items():
        on, before = (queries.rates(cast.officer, great, one).cells[stage] for one in (day, day - timedelta(days=1)))  # type: ignore[index]
        assert {cell.percent for cell in on.values()} == {"100.00%"}
        assert all(cell.done < cell.of for cell in before.values())
    for day in (date(2023, 1, 1), date(2023, 8, 15), date(2023, 10, 20), date(2024, 4, 2)):
        agree(cast.county, great, day)


def agree(user: Any, row: Clearance, day: date) -> None:
    """Rates against the lists that their figures open, and against a plain count over the columns."""
    cells = queries.rates(user, row, day).cells
    holders = list(ClearedHolder.objects.filter(clearance=row, listed_on__lte=day))
    targets = ClearedTarget.objects.filter(clearance=row, holder__listed_on__lte=day).order_by("plot").select_related("holder")
    by_plot = [[one.holder for one in some] for _plot, some in groupby(targets, lambda one: one.plot_id)]
    for stage in STAGES:
        def there(holder: ClearedHolder, name: str = f"{stage}_on") -> bool:
            return (at := getattr(holder, name)) is not None and at <= day

        mine = [holder for holder in holders if there(holder)]
        counted = (len(mine), sum(holder.land_cm2 for holder in mine), sum(all(map(there, some)) for some in by_plot))
        assert tuple(cell.done for cell in cells[stage].values()) == counted
        flag = {f"done_{stage}": True}
        listed = seen.on_day(user, day).filter(**flag)
        assert (listed.count(), sum(listed.values_list("land_cm2", flat=True))) == counted[:2]
        assert seen.plots_on_day(user, day).filter(**flag).count() == counted[2]


def test_days_on_paper_are_held_to_the_same_rules_and_enter_all_or_none(cast: Any, great: Clearance) -> None:
    good = line(1)
    wrong = (line(2, vacated=date(2023, 1, 5)), line(2, demolished=date(2023, 8, 20)), line(2, signed=date(2023, 4, 20)),
             line(99), PastLine(2, {"signed": SIGNED}, (), (("land", Decimal(1), 5),)))
    for bad in wrong:
        with pytest.raises(ClearanceError):
            enter_past(cast.county, great, [good, bad], source="台账2")
    assert not ClearedHolder.objects.filter(signed_on__isnull=False).exists()
    with pytest.raises(Exception, match="权限"):
        enter_past(cast.officer, great, [good], source="台账2")
