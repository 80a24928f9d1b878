"""A clearing of plot 1 of each town: started, one holder with an approved agreement; its amounts are for few."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

DAY = date(2024, 6, 1)
#: 分 for one 亩, inside the range of the policy, and the number of the payee's account
UNIT, BANK = {"330604001": 31_234_561, "330604002": 29_876_572}, "62220202001122{}"
#: 亩, many: neither in yuan nor in 万元 is the sum so short that a time or a coordinate could read like it
LAND = Decimal(9871)


def build(world: Any) -> None:
    from tenglong.apps.clearance.models import ClearedHolder
    from tenglong.apps.clearance.service import agreements, clearances, contacts, corrections, gathering, papers

    county, leader = world.people["county_admin"], world.people["leader"]
    for town in world.towns.values():
        officer = world.people["town_officer" if town.code.endswith("001") else "stranger"]
        head = {"title": town.word("征迁项目"), "kind": "agreed", "division_code": town.code, "surveyed_on": DAY}
        row = clearances.create(officer, head)
        gathering.gather(officer, row, [town.ids["plot1"]])
        clearances.start(county, row, number=town.word("启动文号"), on=DAY)
        row.refresh_from_db()
        for at, step in enumerate(("valuation", "decision")):
            clearances.enter_step(county, row, step, number=town.word("征迁文号"), on=DAY + timedelta(days=at))
        holder = ClearedHolder.objects.filter(clearance=row, role="holder").first()
        town.note("clearance", row.ulid)
        town.note("cleared_holder", holder.ulid)
        scan = SimpleUploadedFile(f"{town.word('意向书扫描件')}.pdf", f"%PDF-1.7 {town.code}".encode())
        town.note("clearance_paper", papers.add_to_step(officer, row, "offer", scan).ulid)
        asked = corrections.correct_step(officer, row, "decision", on=DAY + timedelta(days=2), number=town.word("更正依据"))
        town.note("clearance_correction", asked.ulid)
        _money(town, county, leader, holder, agreements, contacts)
        survey = {"title": town.word("征迁摸底"), "kind": "collective", "division_code": town.code, "surveyed_on": DAY}
        town.note("clearance_survey", clearances.create(officer, survey).ulid)


def _money(town: Any, county: Any, leader: Any, holder: Any, agreements: Any, contacts: Any) -> None:
    price, bank = int(UNIT[town.code] * LAND), BANK.format(town.code[-5:])
    agreements.value(county, holder, amount_fen=price, appraiser=town.word("评估机构"), number=town.word("评估报告"), on=DAY)
    agreements.draft(county, holder, number=town.word("协议"), payments=[{"amount_fen": price, "due_on": DAY}],
                     items=[{"kind": "land", "quantity": LAND, "unit_fen": UNIT[town.code]}])
    agreements.submit(county, holder)
    agreements.approve(leader, holder)
    contacts.put(county, holder, {"person": town.word("被征收人"), "bank_account": bank})
    town.amounts |= {bank, str(price), *_printed(price), town.word("评估机构")}


def _printed(fen: int) -> set[str]:
    """A sum as pages print it, in yuan and in 万元."""
    return {f"{fen / 100:,.2f}", f"{fen / 100_0000:.2f}", f"{fen / 100_0000:,.2f}"}


def may(here: Any) -> None:
    """What the firm of this town reads of its own: its holding, its agreement, the papers that were made public."""
    words = ("征迁项目", "启动文号", "征迁文号", "协议", "意向书扫描件")
    here.firm_may |= {here.ids["cleared_holder"], here.ids["clearance_paper"]} | {here.word(word) for word in words}
    here.firm_may |= _printed(int(UNIT[here.code] * LAND))
