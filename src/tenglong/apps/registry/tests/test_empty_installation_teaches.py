"""Nothing but migrations: every page opens and says how to begin; with divisions, forms offer names instead of codes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tenglong.apps.accounts.models import Department
from tenglong.apps.registry.foundation import DivisionRow, put_divisions

pytestmark = pytest.mark.django_db
TOWN = DivisionRow("330604001", "百官街道", "town", date(2013, 10, 18), "330604", "statistical")


@pytest.mark.parametrize("address,said", [
    ("/", "县级代码"), ("/divisions/", "tenglong county init"), ("/zones/", "tenglong county init"),
    ("/plots/", "从摸排导入镇街交来"),
    ("/enterprises/", "从摸排导入企业名单"), ("/map/", "图上还没有地块"),
])
def test_an_empty_register_says_how_to_begin(cast: Any, sign_in: Any, address: str, said: str) -> None:
    page = sign_in(cast.county).get(address)
    assert page.status_code == 200
    assert said in page.content.decode()


def test_the_hint_goes_when_the_county_is_there(cast: Any, sign_in: Any) -> None:
    put_divisions([TOWN])
    assert "tenglong county init" not in sign_in(cast.county).get("/").content.decode()


def test_departments_pick_towns_by_name_and_keep_codes_of_elsewhere(cast: Any, sign_in: Any) -> None:
    office = Department.objects.create(name="某办", divisions=["330604001", "330699"])
    client = sign_in(cast.system_admin)
    address = f"/departments/{office.ulid}/"
    typed = client.get(address).content.decode()
    assert "<textarea" in typed and "330604001 330699" in typed
    put_divisions([TOWN])
    picked = client.get(address).content.decode()
    assert '<option value="330604001" selected>百官街道（330604001）</option>' in picked
    assert '<option value="330699" selected>330699</option>' in picked
