"""“Current” of a lease or an account with an end of its own: from its first day to the day before its end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import shapely
from django.utils import timezone

from tenglong.apps.accounts.models import RoleGrant
from tenglong.apps.registry import locate, queries, queries_sensitive, service
from tenglong.apps.registry import models as m

TOWN = "330604001"
START, END = date(2024, 1, 1), date(2027, 1, 1)
SQUARE = shapely.box(120.8, 30.0, 120.802, 30.002)
LINE = [(120.8005, 29.99), (120.8005, 30.01)]


@pytest.fixture
def today(cast: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what `timezone.localdate()` says; roles were granted long before."""
    RoleGrant.objects.update(valid_from=date(2020, 1, 1))

    def is_(day: date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *args: day)

    is_(date(2026, 5, 1))
    return is_


@pytest.fixture
def lease(cast: Any, today: Any) -> m.Occupancy:
    plot = service.create_plot(cast.officer, {"name": "整块", "surveyed_cm2": 10**8}, on=START, town=TOWN, geometry=SQUARE)
    firm = m.Enterprise.objects.create(key="F1")
    m.EnterpriseVersion.objects.create(enterprise=firm, name="甲厂", division_code=TOWN, valid_from=START)
    m.AccountLink.objects.create(kind="power", number="33001", enterprise=firm, plot=plot.plot, valid_from=START, valid_to=END)
    parcel = m.Parcel.objects.create(code="P1")
    m.ParcelVersion.objects.create(parcel=parcel, division_code=TOWN, valid_from=START)
    m.PlotParcel.objects.create(plot=plot.plot, parcel=parcel, area_cm2=5, valid_from=START, valid_to=END)
    return m.Occupancy.objects.create(
        plot=plot.plot, enterprise=firm, role="lessee", division_code=TOWN, valid_from=START, valid_to=END
    )


def counts(user: Any, on: date | None = None) -> tuple[int, int, int]:
    return (queries.occupancies(user, on).count(), len(queries_sensitive.accounts(user, on)),
            queries.parcel_links(user, on).count())


@pytest.mark.parametrize("day,expected", [
    (date(2023, 12, 31), 0), (START, 1), (date(2026, 5, 1), 1), (date(2026, 12, 31), 1), (END, 0), (date(2030, 1, 1), 0),
])
def test_none_means_the_same_as_today(cast: Any, lease: m.Occupancy, today: Any, day: date, expected: int) -> None:
    today(day)
    assert counts(cast.county) == counts(cast.county, day) == (expected,) * 3


def test_a_row_whose_end_lies_ahead_is_met_again_by_the_import(lease: m.Occupancy, today: Any) -> None:
    account, link = m.AccountLink.objects.get(), m.PlotParcel.objects.get()
    key = ("power", "33001", lease.enterprise_id, lease.plot_id)
    assert locate.accounts_by_key([key]) == {key: account.pk}
    assert locate.links_by_key([(link.plot_id, link.parcel_id)]) == {(link.plot_id, link.parcel_id): link.pk}
    today(END)
    assert locate.accounts_by_key([key]) == {} and locate.links_by_key([(link.plot_id, link.parcel_id)]) == {}
    assert locate.accounts_by_start([(*key, START), (*key, END)]) == {(*key, START): account.pk}


def test_a_lease_with_an_end_follows_the_split_and_comes_back_with_its_end(cast: Any, lease: m.Occupancy) -> None:
    plot = lease.plot
    cut = date(2026, 3, 1)
    made = service.split_plot(cast.officer, plot.ulid, on=cut, lock_version=1, reason="出让", line=LINE)
    now = queries.occupancies(cast.county).get()
    assert now.plot_id in {version.plot_id for version in made} and (now.valid_from, now.valid_to) == (cut, END)
    assert m.Occupancy.objects.get(pk=lease.pk).valid_to == cut
    assert queries_sensitive.accounts(cast.county)[0].valid_to == END
    service.undo_event(cast.officer, plot.ulid, reason="误操作")
    for model in (m.Occupancy, m.AccountLink, m.PlotParcel):
        assert [(row.plot_id, row.valid_from, row.valid_to) for row in model.objects.all()] == [(plot.pk, START, END)]


def test_a_carried_lease_that_somebody_ended_stands_in_the_way_of_undoing(cast: Any, lease: m.Occupancy) -> None:
    service.split_plot(cast.officer, lease.plot.ulid, on=date(2026, 3, 1), lock_version=1, reason="出让", line=LINE)
    now = queries.occupancies(cast.county).get()
    service.end_occupancy(cast.officer, now.pk, on=date(2026, 4, 1), lock_version=None, reason="退租")
    with pytest.raises(service.RegistryError, match="不能撤销"):
        service.undo_event(cast.officer, lease.plot.ulid, reason="误操作")


def test_two_leases_of_one_firm_on_merged_plots_last_until_the_later_end(cast: Any, lease: m.Occupancy) -> None:
    other = service.create_plot(cast.officer, {"name": "邻块", "surveyed_cm2": 10**8}, on=START, town=TOWN,
                                geometry=shapely.box(120.802, 30.0, 120.804, 30.002))
    m.Occupancy.objects.create(plot=other.plot, enterprise=lease.enterprise, role="lessee", division_code=TOWN,
                               valid_from=START, valid_to=date(2028, 1, 1))
    ulids = [lease.plot.ulid, other.plot.ulid]
    service.merge_plots(cast.officer, ulids, on=date(2026, 3, 1), lock_versions=dict.fromkeys(ulids, 1), reason="整合")
    found = queries.occupancies(cast.county).get()
    assert (found.valid_to, found.needs_review) == (date(2028, 1, 1), True)
