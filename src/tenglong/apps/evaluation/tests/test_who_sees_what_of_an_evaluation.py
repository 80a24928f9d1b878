"""Every model: the town, another town, the firm, nobody; and figures are masked in the row behind a grade."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tenglong.apps.accounts.scope import Refused, scoped
from tenglong.apps.evaluation import models as m
from tenglong.apps.evaluation import queries, service

#: rows of the whole cycle: every office of the county sees them
SHARED = {"Cycle", "Delivery", "DeliveryVersion", "Reminder", "Snapshot", "Run", "Publication"}


@pytest.fixture
def full(world):
    """One row of every model about firm 1 (in TOWN)."""
    cycle, cast, paper = world.cycle, world.cast, world.paper
    day = timezone.localdate()
    service.record_attribute(world.actor, 1, "carrier", "true", valid_from=date(2024, 1, 1), document=paper)
    service.record_decision(world.actor, 1, veto="accident", number="1号", dated=date(2024, 2, 1), state="effective",
                            document=paper)
    unit = m.JointUnit.objects.create(cycle=cycle, name="甲集团", valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1))
    m.JointMember.objects.create(unit=unit, cycle=cycle, enterprise_id=1)
    run, _made = world.published()
    area = m.AssessedArea.objects.get(enterprise_id=1)
    m.AreaObjection.objects.create(area=area, text="少算", created_by_id=cast.firm.pk)
    m.AreaGapNote.objects.create(cycle=cycle, plot=world.plots[1], gap_cm2=1, note="道路")
    delivery = m.Delivery.objects.get(department="税务局")
    m.Reminder.objects.create(delivery=delivery, number=1, sent_on=day)
    m.Finding.objects.create(cycle=cycle, rule="jump", severity="warning", enterprise_id=1, division_code="330604001", key="1",
                             message="变化过大", value="5", sensitive=True)
    m.Sheet.objects.filter(enterprise_id=1).update(state="delivered")
    m.GradeNotice.objects.get_or_create(run=run, enterprise_id=1, defaults={
        "division_code": "330604001", "grade": "C", "served_on": day, "window_ends_on": day})
    m.StatementEvidence.objects.create(notice=m.GradeNotice.objects.get(run=run, enterprise_id=1), document=paper)
    m.UnreadScan.objects.create(cycle=cycle, job_ulid="0" * 26, place=1, file="扫描.pdf", page=1, trouble="no_code",
                                sheet=m.Sheet.objects.get(enterprise_id=1))
    service.file_appeal(cast.firm, run, 1, text="不服", evidence=[("证.pdf", b"%PDF-1")])
    made = service.propose_adjustment(cast.analyst, run, 1, to_grade="B", reason="调整", document=paper,
                                      decision_number="纪要1号", decision_dated=day)
    service.approve_adjustment(cast.leader, made)
    world.run = run
    return world


def names(user):
    found = {}
    for model in apps.get_app_config("evaluation").get_models():
        found[model.__name__] = scoped(user, model._default_manager.all()).count()
    return found


def test_the_town_sees_its_firm_and_another_town_only_what_is_of_the_whole_cycle(full):
    mine, theirs = names(full.cast.officer), names(full.cast.stranger)
    assert [name for name, number in mine.items() if not number] == ["UnreadScan"]  # nobody knows yet whose page it is
    for name in ("UnreadScan", "StatementEvidence", "AreaObjection", "Finding", "AttributeRecord", "Decision", "JointUnit",
                 "JointMember", "Appeal", "AppealEvidence", "Adjustment", "AreaGapNote"):
        assert theirs[name] == 0, name
    assert {name for name in SHARED if not theirs[name]} == set()
    assert theirs["Result"] == mine["Result"] == 5 and theirs["Sheet"] == mine["Sheet"] == 5


def test_nobody_and_the_three_admins_see_no_row(full):
    cast = full.cast
    for person in (cast.auditor, cast.system_admin, cast.security_admin, cast.nobody, AnonymousUser(), None):
        assert set(names(person).values()) == {0}


def test_a_firm_sees_itself_alone_and_only_what_it_was_told(full):
    firm, cycle, run = full.cast.firm, full.cycle, full.run
    assert {row.enterprise_id for row in queries.results(firm, run)} == {1}
    assert {row.enterprise_id for row in queries.areas(firm, cycle)} == {1}
    assert {row.enterprise_id for row in queries.sheets(firm, cycle)} == {1}
    for name in ("Finding", "Delivery", "Snapshot", "PlotResult", "AreaGapNote"):
        assert names(firm)[name] == 0, name
    assert [one.pk for one in queries.cycles(firm)] == [cycle.pk]
    assert queries.board(firm, cycle) == [] and queries.area_gaps(firm, cycle) == []
    m.Run.objects.filter(pk=run.pk).update(released_on=None)
    assert not queries.results(firm, run).exists()


def test_the_owner_reads_every_number_and_a_town_officer_no_sensitive_one(full):
    key = full.firms[1].key
    own = queries.full_row(full.cast.firm, full.run, key)
    assert own.complete and own.inputs["tax_paid"] == 100 * 10**6
    assert own.sources["tax_paid"]["department"] == "税务局" and own.sources["tax_paid"]["source_id"]
    assert own.sources["land_mu"]["kind"] == "area"
    clerk = queries.full_row(full.cast.officer, full.run, key)
    assert clerk.inputs["tax_paid"] is None and clerk.row["x_tax_per_mu"] is None and clerk.row["s_tax_per_mu"] is None
    assert clerk.row["grade"] == "C" and not clerk.complete
    for stranger in (full.cast.stranger, full.cast.firm):
        with pytest.raises(m.Result.DoesNotExist):
            queries.full_row(stranger, full.run, full.firms[3].key)


def test_figures_of_findings_are_masked(full):
    assert queries.findings(full.cast.officer, full.cycle).get(rule="jump").shown_value == "***"
    assert queries.findings(full.cast.county, full.cycle).get(rule="jump").shown_value == "5"


def test_steps_over_all_firms_are_refused_to_a_town_and_other_peoples_rows_are_not_found(full):
    with pytest.raises(service.EvaluationError, match="全部企业"):
        service.assess_now(full.cast.officer, full.cycle)
    with pytest.raises(Refused):
        service.freeze(full.cast.officer, full.cycle)
    with pytest.raises(Refused):
        service.open_cycle(full.cast.leader, year=2025, title="x", division_code="330604", scheme="test-county")
    with pytest.raises(Refused):
        service.run_now(full.cast.firm, full.cycle, full.run.snapshot, kind="trial")
    sheet = m.Sheet.objects.get(enterprise_id=2)
    with pytest.raises(service.EvaluationError, match="管辖范围"):
        service.mark_delivered(full.cast.officer, sheet, on=timezone.localdate() - timedelta(days=1), how="送达")


def test_whatif_is_for_those_who_see_the_whole_county_and_writes_nothing(full):
    text = m.Cycle.objects.get(pk=full.cycle.pk).scheme_text
    draft = json.loads(text)[0][1].replace("weight: 60", "weight: 80").replace("weight: 40", "weight: 20")
    before = m.Run.objects.count()
    found = service.whatif(full.cast.leader, full.run.snapshot, draft)
    assert found.table.num_rows == 10 and found.watermark == "推演" and m.Run.objects.count() == before
    with pytest.raises(Refused):
        service.whatif(full.cast.officer, full.run.snapshot, draft)
    with pytest.raises(service.EvaluationError):
        service.whatif(full.cast.leader, full.run.snapshot, draft.replace("tax_paid / land_mu", "__import__('os')"))
