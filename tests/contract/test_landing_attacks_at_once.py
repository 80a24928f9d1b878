"""Two people press at the same moment on money and seals: nothing twice, nothing lost, the trail whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from tenglong.apps.accounts import service as accounts
from tenglong.apps.audit import service as audit
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Agreement, AgreementState, Clearance, ClearedHolder, Payment, Step
from tenglong.apps.clearance.service import agreements
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Bid, Listing
from tenglong.apps.supply.service import bids, listings

TOWN, WAN, DAY = "330604001", 1_000_000, date(2024, 5, 6)


def _agreed(first: Any) -> ClearedHolder:
    """A holder of a started project whose agreement waits for the second person, in two instalments."""
    row = Clearance.objects.create(title="老区", kind="agreed", division_code=TOWN, policy="cn", surveyed_on=DAY,
                                   state="started")
    Step.objects.bulk_create(Step(clearance=row, step=name, done_on=DAY, number="文1") for name in
                             ("start", "valuation", "decision"))
    holder = ClearedHolder.objects.create(clearance=row, number=1, name="甲厂", listed_on=DAY)
    agreements.value(first, holder, amount_fen=100 * WAN, appraiser="评估所", number="评1")
    agreements.draft(first, holder, number="协1", basis="会议纪要1号",
                     payments=[{"amount_fen": 50, "due_on": DAY}, {"amount_fen": 50, "due_on": DAY}],
                     items=[{"kind": "land", "quantity": Decimal(1), "unit_fen": 100}])
    agreements.submit(first, holder)
    return holder


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_money_and_seals_are_pressed_by_two_at_once(cast: Any, together: Any) -> None:
    first, (second, _password) = cast.county, accounts.create_user(
        accounts.SYSTEM, username="county2", name="另一县管", department=cast.county_office, must_change=False)
    accounts.grant_role(accounts.SYSTEM, second, "county_admin")
    holder = _agreed(first)
    told = together(*[partial(agreements.approve, who, holder) for who in (cast.leader, second)], refused=ClearanceError)
    assert told == ["done", "refused"]
    Agreement.objects.update(state=AgreementState.SIGNED, signed_on=DAY)
    ClearedHolder.objects.update(signed_on=DAY)
    for act in (agreements.fund, agreements.pay):
        told = together(*[partial(act, who, holder, 1, on=DAY, voucher="凭证1") for who in (first, second)],
                        refused=ClearanceError)
        assert told == ["done", "refused"]
    assert sum(Payment.objects.filter(paid_on__isnull=False).values_list("amount_fen", flat=True)) == 50
    assert AuditEntry.objects.filter(action="clearance.pay").count() == 1
    row = listings.draft(cast.officer, {
        "number": "虞储1号", "title": "东单元", "division_code": TOWN, "area_cm2": 60 * WAN, "land_use": "工业用地",
        "method": "listing", "start_price_fen": 900 * WAN, "deposit_fen": 0, "plot_id": None})
    Listing.objects.update(state="running")
    offer = {"bidder": "竞买人", "uscc": "91330604MA00000A96", "amount_fen": 950 * WAN, "received_on": timezone.localdate()}
    assert together(*[lambda: bids.receive(cast.officer, row, offer)] * 2, refused=SupplyError) == ["done", "refused"]
    assert Bid.objects.count() == 1 and audit.verify().ok
