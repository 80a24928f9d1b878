"""Areas in parts: own, untitled, leased in and out, deducted; chains of leases; what does not add up is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.area_parts import Land, Title, Use, parts
from tenglong.apps.evaluation.models import AssessedArea
from tenglong.apps.evaluation.rows.assemble import mu_e6
from tenglong.apps.registry import service as registry
from tenglong.domain.units import to_cm2


def totals(land):
    signs = {"titled": 1, "untitled": 1, "leased_in": 1, "leased_out": -1}
    found = {}
    for part in parts(land):
        found[part.enterprise_id] = found.get(part.enterprise_id, 0) + signs[part.kind] * part.cm2
    return found


def test_landlord_tenant_and_subtenant_each_answer_for_what_they_use():
    uses = [
        Use(1, 7, 100, "owner", 300), Use(2, 7, 200, "lessee", 400, landlord_id=1),
        Use(3, 7, 300, "sublessee", 250, landlord_id=2),
    ]
    land = Land(uses, [Title(7, 70, 100, 950)], {7: 1000})
    assert totals(land) == {100: 300, 200: 400, 300: 250}
    kinds = {(part.enterprise_id, part.kind): part.cm2 for part in parts(land)}
    assert kinds[(100, "titled")] == 950 and kinds[(100, "leased_out")] == 650
    assert kinds[(200, "leased_in")] == 650 and kinds[(200, "leased_out")] == 250


def test_land_without_a_title_is_counted_as_untitled_and_a_title_counts_whole():
    land = Land([Use(1, 7, 100, "owner", 300)], [], {7: 300})
    assert [(part.kind, part.cm2) for part in parts(land)] == [("untitled", 300)]
    bigger = Land([Use(1, 7, 100, "owner", 300)], [Title(7, 70, 100, 500)], {7: 500})
    assert totals(bigger) == {100: 500}


def test_a_shared_plant_is_split_by_floor_area_and_an_unknown_one_is_named():
    land = Land([Use(1, 7, 100, "lessee", None, 25), Use(2, 7, 200, "lessee", None)], [], {7: 1000}, {7: 100})
    first, second = parts(land)
    assert (first.kind, first.cm2, first.note) == ("leased_in", 250, "按建筑面积分摊")
    assert (second.cm2, second.open) == (0, "no-area")


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 8)), min_size=1, max_size=9))
def test_whatever_the_chain_of_leases_the_land_of_a_plot_is_counted_once(rows):
    uses = [
        Use(at + 1, 7, at + 1, "owner" if not at else "lessee", cm2, landlord_id=None if not at else 1 + up % at)
        for at, (cm2, up) in enumerate(rows)
    ]
    found = totals(Land(uses, [], {7: 10_000}))
    assert all(found.get(use.enterprise_id, 0) == use.cm2 for use in uses)


def test_a_ring_of_landlords_does_not_hang():
    land = Land([Use(1, 7, 100, "lessee", 10, landlord_id=2), Use(2, 7, 200, "lessee", 20, landlord_id=1)], [], {7: 30})
    assert set(totals(land)) == {100, 200}


@given(st.integers(0, 10**13))
def test_cm2_to_mu_is_right_to_the_last_millionth(cm2):
    exact = to_cm2(Decimal(mu_e6(cm2)).scaleb(-6), "mu")
    assert abs(exact - cm2) <= 4  # half of a millionth of a mu is 3⅓ cm²
    assert mu_e6(20_000_000) == 3_000_000


def test_a_deduction_needs_type_paper_and_expiry_and_ends_with_it(world):
    service.assess_now(world.actor, world.fresh())
    area = queries.areas(world.actor, world.cycle).get(enterprise_id=1)
    more = {"kind": "deduction", "cm2": 1000, "lock_version": None}
    for lacking, word in (({"deduction_type": "绿地", "expires_on": date(2030, 1, 1)}, "依据材料"),
                          ({"document": world.paper, "expires_on": date(2030, 1, 1)}, "扣除类型"),
                          ({"document": world.paper, "deduction_type": "绿地"}, "到期日")):
        with pytest.raises(service.EvaluationError, match=word):
            service.add_item(world.actor, area, **more, **lacking)
    service.add_item(world.actor, area, **more, document=world.paper, deduction_type="绿地", expires_on=date(2030, 1, 1))
    service.add_item(world.actor, area, **more, document=world.paper, deduction_type="规划", expires_on=date(2024, 6, 1))
    fresh = queries.area(world.actor, area.ulid)
    assert fresh.deducted_cm2 == 1000 and fresh.total_cm2 == fresh.titled_cm2 - 1000 and fresh.version == area.version + 1
    assert sorted(item.counted for item in queries.area_items(world.actor, fresh).filter(kind="deduction")) == [False, True]
    with pytest.raises(service.Stale):
        service.add_item(world.actor, area, **{**more, "lock_version": area.lock_version}, document=world.paper,
                         deduction_type="绿地", expires_on=date(2030, 1, 1))


def test_a_difference_on_a_plot_is_listed_until_it_is_explained_and_again_when_it_changes(world):
    registry.correct_plot(world.actor, world.plots[1].ulid, {"surveyed_cm2": 80_000_000}, lock_version=None, reason="重测")
    service.assess_now(world.actor, world.fresh())
    gaps = {gap.plot_id: gap for gap in queries.area_gaps(world.actor, world.cycle)}
    assert [pk for pk, gap in gaps.items() if gap.gap_cm2] == [world.plots[1].pk]
    service.explain_gap(world.actor, world.cycle, world.plots[1].pk, note="围墙外绿化带")
    service.checks_now(world.actor, world.fresh())
    assert not queries.findings(world.actor, world.cycle).filter(rule="area-gap").exists()
    registry.correct_plot(world.actor, world.plots[1].ulid, {"surveyed_cm2": 90_000_000}, lock_version=None, reason="再测")
    service.checks_now(world.actor, world.fresh())
    assert queries.findings(world.actor, world.cycle).filter(rule="area-gap").count() == 1


def test_a_difference_of_rounding_is_no_finding_and_the_terms_say_how_much_that_is(world):
    service.assess_now(world.actor, world.fresh())
    whole = next(gap.plot_cm2 for gap in queries.area_gaps(world.actor, world.fresh(), plot_id=world.plots[1].pk))
    registry.correct_plot(world.actor, world.plots[1].ulid, {"surveyed_cm2": whole + 9_000}, lock_version=None, reason="重测")
    (gap,) = queries.area_gaps(world.actor, world.fresh(), plot_id=world.plots[1].pk)
    assert (gap.tolerance_cm2, gap.gap_cm2, gap.within) == (10_000, 9_000, True)
    service.checks_now(world.actor, world.fresh())
    assert not queries.findings(world.actor, world.cycle).filter(rule="area-gap").exists()


def test_an_objection_is_answered_by_another_person_before_the_areas_are_settled(world):
    service.assess_now(world.actor, world.fresh())
    today = timezone.localdate()
    area = AssessedArea.objects.get(enterprise_id=1)
    with pytest.raises(service.EvaluationError, match="管辖范围"):
        service.object_area(world.cast.firm, area, text="少算了")
    notice = service.publish_areas(
        world.actor, world.fresh(), starts_on=today - timedelta(days=30), ends_on=today - timedelta(days=2)
    )
    assert set(notice.rows[0]) == {"name", "uscc", "total_cm2"}
    with pytest.raises(service.EvaluationError, match="不再受理面积异议"):
        service.object_area(world.cast.firm, area, text="后山一块没有证，也算进来了", claimed_cm2=5)
    made = service.object_area(world.actor, area, text="企业在公示期内电话提出：后山一块没有证，也算进来了", claimed_cm2=5)
    service.close_publication(world.actor, notice)
    with pytest.raises(service.EvaluationError, match="1 家企业的面积异议"):
        service.settle_areas(world.actor, world.fresh())
    service.decide_objection(world.cast.officer, made, outcome="rejected", reply="现场测量无误")
    with pytest.raises(service.EvaluationError, match="不能再改"):
        service.decide_objection(world.cast.officer, made, outcome="upheld", reply="改主意")
    assert service.settle_areas(world.actor, world.fresh()) == 10
    assert world.fresh().areas.filter(state="settled").count() == 10


def test_the_published_area_counts_and_not_the_reported_one(world):
    world.fact(1, "land_mu", 3)
    assert service.take_snapshot(world.actor, world.fresh()).rows == 10
    from tenglong.apps.evaluation.service.frozen import store

    def land():
        kept = service.take_snapshot(world.actor, world.fresh())
        return {line["key"]: line["land_mu"] for line in store().get(kept.sha256).select(["key", "land_mu"]).to_pylist()}

    assert land()[world.firms[1].key] == 3_000_000 and land()[world.firms[2].key] is None
    world.land()
    assert land()[world.firms[1].key] == mu_e6(queries.areas(world.actor, world.cycle).get(enterprise_id=1).total_cm2)
