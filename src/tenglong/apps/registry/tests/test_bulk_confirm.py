"""Bulk writers: all kinds, stale rows, refusals that write nothing, withdrawal, idempotent keys."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from django.db import transaction

from tenglong.apps.registry import bulk, locate, queries, queries_sensitive
from tenglong.apps.registry import models as m
from tenglong.apps.registry.errors import RegistryError, Stale
from tenglong.domain.codes.plot import is_plot_code, make_plot_code
from tenglong.store.spatial import store

DAY, LATER = date(2024, 1, 1), date(2024, 6, 1)
TOWN = "330604001"


def rows(actions, targets=None, columns=None, **more):
    size = len(actions)
    return bulk.PreparedRows(actions, targets or [None] * size, columns or {}, more.pop("towns", [TOWN] * size), **more)


def write(kind, prepared, *, on=DAY, batch_id=1, actor=None):
    with transaction.atomic():
        return bulk.apply(kind, prepared, actor=actor, on=on, batch_id=batch_id)


def drawn(count, x=120.8):
    shapes = [shapely.box(x + i / 1000, 30, x + (i + 1) / 1000, 30.001) for i in range(count)]
    return {"wkb": [shapely.to_wkb(s) for s in shapes], "boxes": [s.bounds for s in shapes]}


@pytest.fixture
def plots(cast):
    return write("plots", rows(["new"] * 3, columns={"name": ["甲", "乙", None], "survey_number": ["S1", "S2", "S3"],
                                                     "surveyed_cm2": [1, None, 3]}, **drawn(3)), actor=cast.county)


def test_new_plots_get_codes_shapes_and_dates(plots, cast):
    found = list(queries.plots(cast.officer).order_by("plot_id"))
    assert [(v.plot_id, v.name, v.surveyed_cm2, v.valid_from, v.batch_id) for v in found] == [
        (plots.ids[0], "甲", 1, DAY, 1), (plots.ids[1], "乙", None, DAY, 1), (plots.ids[2], "", 3, DAY, 1)]
    assert all(is_plot_code(v.code) and v.shape_id and v.cell for v in found)
    assert locate.plots_by_code(v.code for v in found) == {v.code: v.plot_id for v in found}
    assert locate.plots_by_survey_number([(TOWN, "S2"), (TOWN, "S9")]) == {(TOWN, "S2"): plots.ids[1]}
    assert plots.counts == {"new": 3, "change": 0, "correct": 0, "unchanged": 0} and len(plots.digest) == 64


def test_a_change_adds_a_version_a_correction_does_not_and_keep_keeps(plots, cast):
    prepared = rows(
        ["change", "correct", "unchanged"],
        plots.ids,
        {"name": ["甲二", bulk.KEEP, "x"], "land_use": ["0601", "0602", "x"]},
        locks=[1, 1, 1],
    )
    assert write("plots", prepared, on=LATER, batch_id=2).counts["change"] == 1
    history = list(queries.plot_history(cast.county, m.Plot.objects.get(pk=plots.ids[0]).ulid))
    assert [(v.name, v.land_use, v.valid_from, v.valid_to, v.lock_version) for v in history] == [
        ("甲二", "0601", LATER, None, 2), ("甲", "", DAY, LATER, 1)]
    corrected = m.PlotVersion.objects.get(plot_id=plots.ids[1])
    assert (corrected.name, corrected.land_use, corrected.lock_version) == ("乙", "0602", 2)
    assert m.PlotVersion.objects.get(plot_id=plots.ids[2]).name == ""


def test_a_new_shape_replaces_the_old_one_and_the_index_agrees(plots):
    old = m.PlotVersion.objects.get(plot_id=plots.ids[0]).shape_id
    write("plots", rows(["correct"], plots.ids[:1], {}, **drawn(1, x=121.5)))
    new = m.PlotVersion.objects.get(plot_id=plots.ids[0]).shape_id
    assert store().box_ids("plots", (121.4, 29, 122, 31)) == [new]
    assert old not in store().box_ids("plots", (120, 29, 122, 31)) and store().check().ok


@pytest.mark.parametrize(("prepared", "error"), [
    (lambda ids: rows(["correct"], ids[:1], {"name": ["x"]}, locks=[9]), Stale),
    (lambda ids: rows(["change"], ids[:1], {"name": ["x"]}, starts=[DAY]), RegistryError),
    (lambda ids: rows(["change", "change"], [ids[0]] * 2, {"name": ["x", "y"]}), RegistryError),
    (lambda ids: rows(["correct"], [10**6], {"name": ["x"]}), RegistryError),
    (lambda ids: rows(["new"], None, {"name": ["x"]}, starts=[date(2999, 1, 1)]), RegistryError),
    (lambda ids: rows(["new"], None, {}, towns=["上虞"]), RegistryError),
])
def test_a_refused_batch_writes_nothing(plots, prepared, error):
    before = list(m.PlotVersion.objects.order_by("pk").values())
    with pytest.raises(error):
        write("plots", prepared(plots.ids), on=LATER)
    assert list(m.PlotVersion.objects.order_by("pk").values()) == before and m.Plot.objects.count() == 3


def test_given_codes_are_kept_and_later_serials_start_behind_them(cast):
    given = make_plot_code(TOWN, 41)
    first = write("plots", rows(["new", "new"], codes=[given, ""]))
    codes = list(m.PlotCode.objects.filter(plot_id__in=first.ids).order_by("plot_id").values_list("code", flat=True))
    assert codes == [given, make_plot_code(TOWN, 42)]


def test_every_other_kind_is_written_found_again_and_withdrawn(plots, cast):
    firms = write(
        "enterprises",
        rows(
            ["new", "new"],
            columns={
                "name": ["一厂", "二厂"],
                "uscc": ["91330604MA00000001", ""],
                "contact": ["赵", bulk.KEEP],
                "phone": ["13712345678", None],
                "former_name": ["老一厂、更老厂", None],
                "production_town": [None, "330604002"],
                "production_address": ["某路", None],
            },
            codes=["91330604MA00000001", ""],
        ),
        batch_id=5,
    )
    assert locate.enterprises_by_uscc(["91330604MA00000001"]) == {"91330604MA00000001": firms.ids[0]}
    assert locate.enterprises_by_name(["二厂"]) == {"二厂": [firms.ids[1]]}
    version = queries.enterprises(cast.county).get(name="一厂")
    assert queries_sensitive.contacts(cast.county, version) == {"contact": "赵", "phone": "13712345678"}
    assert version.former_names == ["老一厂", "更老厂"] and version.attributes == {"production_address": "某路"}
    assert m.Attribution.objects.get().division_code == "330604002"
    pair = {"plot_id": plots.ids[:1] * 2, "enterprise_id": list(firms.ids)}
    links = write(
        "occupancies",
        rows(["new", "new"], columns={**pair, "role": ["owner", "lessee"], "landlord_index": [None, 0]}),
        batch_id=6,
    )
    assert m.Occupancy.objects.get(pk=links.ids[1]).landlord_link_id == links.ids[0]
    key = (plots.ids[0], None, firms.ids[0], "owner", DAY)
    assert locate.occupancies_by_key([key]) == {key: links.ids[0]}
    fact = {
        "subject_type": ["enterprise"],
        "subject_id": firms.ids[:1],
        "measure": ["tax_paid"],
        "period": ["2023"],
        "department": ["税务"],
        "legal_basis": ["shared"],
    }
    old = write("facts", rows(["new"], columns={**fact, "value_e6": [5]}), batch_id=7)
    new = write("facts", rows(["change"], old.ids, {**fact, "value_e6": [9]}), batch_id=8)
    assert m.Fact.objects.get(superseded_by=None).value_e6 == 9 and m.Fact.objects.count() == 2
    assert locate.facts_by_key([("enterprise", firms.ids[0], "tax_paid", "2023", "税务")]) == {
        ("enterprise", firms.ids[0], "tax_paid", "2023", "税务"): new.ids[0]}
    with pytest.raises(RegistryError, match="引用"), transaction.atomic():
        bulk.withdraw("enterprises", 5, cast.county)
    with transaction.atomic():
        assert bulk.withdraw("facts", 8, cast.county) == 1
        assert m.Fact.objects.get(superseded_by=None).value_e6 == 5
        assert bulk.withdraw("occupancies", 6, cast.county) == 2
        assert bulk.withdraw("enterprises", 5, cast.county) == 2
    assert not m.Enterprise.objects.exists() and not m.Occupancy.objects.exists()


def test_a_withdrawn_change_opens_the_version_before_it(plots, cast):
    write("plots", rows(["change", "new"], [plots.ids[0], None], {"name": ["甲二", "丁"]}), on=LATER, batch_id=2)
    with transaction.atomic():
        assert bulk.withdraw("plots", 2, cast.county) == 2
    assert sorted(v.name for v in queries.plots(cast.county)) == ["", "乙", "甲"]
    with pytest.raises(RegistryError, match="没有"):
        write("nosuch", rows([]))


def test_columns_of_unequal_length_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="name"):
        bulk.PreparedRows(["new"], [None], {"name": []})


def test_deals_enter_by_the_same_door(cast):
    from tenglong.apps.supply.bulk import natural_key
    from tenglong.apps.supply.locate import deals_by_key
    from tenglong.apps.supply.queries import deals

    values = {"signed_on": DAY, "location": "某路", "holder": "某厂", "area_cm2": 5}
    key = natural_key(values)
    done = write("deals", rows(["new"], columns={"key": [key], **{name: [value] for name, value in values.items()}}))
    assert deals_by_key([key]) == {key: done.ids[0]}
    write("deals", rows(["correct"], done.ids, {"price_fen": [100]}))
    assert deals(cast.stranger).get().price_fen == 100 and not deals(cast.firm).exists()
