"""Changes and corrections against a calendar kept day by day; locks; audit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.audit.service import verify
from tenglong.apps.registry import queries, service
from tenglong.apps.registry.models import Plot, PlotVersion, Revision

DAY = date(2024, 1, 1)
TOWN = "330604001"
SPAN = 30

steps = st.lists(st.tuples(st.sampled_from(["change", "correct"]), st.integers(-5, SPAN - 1)), max_size=12)


@given(steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_of_every_day_equals_a_calendar_and_versions_never_overlap(cast, operations):
    first = service.create_plot(cast.county, {"name": "0"}, on=DAY, town=TOWN)
    calendar = {DAY + timedelta(days=day): "0" for day in range(SPAN)}
    starts = {DAY}
    for number, (word, offset) in enumerate(operations, 1):
        on = DAY + timedelta(days=offset)
        values = {"name": str(number)}
        if word == "change" and on not in starts:
            service.change_plot(cast.county, first.plot.ulid, values, on=on, lock_version=None)
            later = [start for start in starts if start > on]
            end = min(later) if later else DAY + timedelta(days=SPAN)
            starts.add(on)
        elif word == "correct" and on in calendar:
            service.correct_plot(cast.county, first.plot.ulid, values, on=on, lock_version=None, reason="更正")
            on = max(start for start in starts if start <= on)
            later = [start for start in starts if start > on]
            end = min(later) if later else DAY + timedelta(days=SPAN)
        else:
            with pytest.raises(service.RegistryError):
                if word == "change":
                    service.change_plot(cast.county, first.plot.ulid, values, on=on, lock_version=None)
                else:
                    service.correct_plot(cast.county, first.plot.ulid, values, on=on, lock_version=None, reason="更正")
            continue
        while on < end:
            calendar[on] = str(number)
            on += timedelta(days=1)
    for day, name in calendar.items():
        assert [row.name for row in queries.plots(cast.county, day).filter(plot=first.plot)] == [name]
    rows = list(PlotVersion.objects.filter(plot=first.plot).order_by("valid_from"))
    assert all(a.valid_to == b.valid_from for a, b in zip(rows, rows[1:], strict=False)) and rows[-1].valid_to is None


def test_the_second_editor_is_told_what_the_first_one_did_and_nothing_is_lost(cast):
    plot = service.create_plot(cast.officer, {"name": "原名", "address": "一路1号"}, on=DAY, town=TOWN)
    base = {"name": "原名", "address": "一路1号"}
    service.correct_plot(cast.officer, plot.plot.ulid, {"name": "甲改"}, lock_version=1, reason="笔误", base=base)
    with pytest.raises(service.Conflict) as told:
        service.change_plot(
            cast.county, plot.plot.ulid, {"name": "乙改", "address": "一路2号"}, on=date(2024, 3, 1), lock_version=1, base=base
        )
    assert [(d.field, d.old, d.new) for d in told.value.theirs] == [("name", "原名", "甲改")]
    assert [(d.field, d.new) for d in told.value.mine] == [("name", "乙改"), ("address", "一路2号")]
    assert told.value.lock_version == 2
    assert queries.plot(cast.county, plot.plot.ulid).name == "甲改"


def test_a_lock_seen_before_a_change_does_not_fit_the_new_version(cast):
    plot = service.create_plot(cast.officer, {}, on=DAY, town=TOWN)
    service.change_plot(cast.officer, plot.plot.ulid, {"name": "新"}, on=date(2024, 3, 1), lock_version=1)
    with pytest.raises(service.Conflict):
        service.change_plot(cast.officer, plot.plot.ulid, {"name": "旧页"}, on=date(2024, 4, 1), lock_version=1)


def test_each_write_leaves_one_audit_entry_and_a_higher_revision(cast):
    plot = service.create_plot(cast.officer, {"name": "甲"}, on=DAY, town=TOWN)
    before = Revision.objects.get(layer="plots").number
    service.change_plot(cast.officer, plot.plot.ulid, {"name": "乙"}, on=date(2024, 3, 1), lock_version=1, reason="更名")
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.action, entry.subject_id, entry.reason) == ("plot.change", plot.plot.ulid, "更名")
    assert entry.deltas == [{"field": "name", "old": "甲", "new": "乙"}]
    assert Revision.objects.get(layer="plots").number == before + 1
    assert verify().ok


def test_a_refused_write_leaves_nothing_behind(cast):
    plots, entries = Plot.objects.count(), AuditEntry.objects.count()
    for values, on, sentence in (({"nosuch": 1}, DAY, "没有这些字段"), ({"name": "长" * 201}, DAY, "最多 200 个字"),
                                 ({}, date(2999, 1, 1), "晚于今天")):
        with pytest.raises(service.RegistryError, match=sentence):
            service.create_plot(cast.officer, values, on=on, town=TOWN)
    with pytest.raises(service.RegistryError, match="原因"):
        service.correct_plot(cast.officer, "x", {}, lock_version=1, reason=" ")
    assert (Plot.objects.count(), AuditEntry.objects.count()) == (plots, entries)


def test_contacts_are_hashed_in_the_audit(cast):
    firm = service.create_enterprise(
        cast.officer, {"name": "新企业", "contact": "李雷", "phone": "13900001111"}, on=DAY, town=TOWN
    )
    text = str(AuditEntry.objects.order_by("-seq").first().deltas)
    assert "李雷" not in text and "13900001111" not in text and "hmac:" in text
    assert firm.enterprise.key.startswith("E" + TOWN)


def test_a_bad_drawing_is_refused_with_its_place(cast):
    import shapely

    bow = shapely.Polygon([(120, 30), (120.01, 30.01), (120.01, 30), (120, 30.01)])
    with pytest.raises(service.RegistryError, match="Self-intersection"):
        service.create_plot(cast.officer, {}, on=DAY, town=TOWN, geometry=bow)
    with pytest.raises(service.RegistryError, match="不是经纬度"):
        service.create_plot(cast.officer, {}, on=DAY, town=TOWN, geometry=shapely.box(500000, 3300000, 500100, 3300100))
