"""A whole cycle, and what each step refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Publication, Run, Sheet, Snapshot
from tenglong.apps.evaluation.service.frozen import store


def test_a_cycle_runs_from_the_land_to_the_final_list(world):
    run, made = world.published()
    grades = "".join(one.grade for one in queries.grades(world.actor, world.fresh()))
    assert sorted(grades) == list("AABBBBCCCD")
    assert list(made.rows[0]) == ["name", "uscc", "grade"] and len(made.rows) == 10
    Publication.objects.filter(pk=made.pk).update(starts_on=timezone.localdate() - timedelta(days=30),
                                                  ends_on=timezone.localdate() - timedelta(days=1))
    service.close_publication(world.actor, made)
    for step in ("hear", "submit"):
        service.step(world.actor, world.fresh(), step)
    done = service.finalise(world.cast.county, world.fresh(), run, minutes=world.paper, minutes_number="会议〔2025〕1号")
    assert (done.stage, done.final_run_id) == ("final", run.pk)
    assert service.archive(world.actor, done).stage == "archived"
    told = set(AuditEntry.objects.filter(action__startswith="evaluation.").values_list("action", flat=True))
    assert {"evaluation.open", "evaluation.assess", "evaluation.snapshot_frozen", "evaluation.run_formal",
            "evaluation.publish_grades", "evaluation.finalise", "evaluation.archive"} <= told


def test_running_the_same_again_gives_the_same_hash(world):
    snapshot = world.frozen()
    first = service.run_now(world.actor, world.fresh(), snapshot, kind="formal")
    second = service.run_now(world.actor, world.fresh(), snapshot, kind="formal")
    assert first.pk != second.pk and first.result_sha256 == second.result_sha256
    assert service.again(world.actor, first) == first.result_sha256


def test_frozen_data_and_results_cannot_be_changed(world):
    run = world.ran()
    before = store().get(run.snapshot.sha256)
    world.fact(1, "profit", 5)
    world.firms[1].versions.update(name="改了名")
    assert store().get(run.snapshot.sha256) == before
    for row in (Snapshot.objects.get(pk=run.snapshot_id), Run.objects.get(pk=run.pk), run.results.first()):
        with pytest.raises(TypeError, match="不能修改"):
            row.save()
        with pytest.raises(TypeError, match="不能删除"):
            row.delete()


def test_what_feeds_the_freeze_is_closed_after_it(world):
    world.frozen()
    area = queries.areas(world.actor, world.fresh()).first()
    with pytest.raises(service.EvaluationError, match="数据冻结"):
        service.add_item(world.actor, area, kind="untitled", cm2=5, document=world.paper, note="漏登", lock_version=None)
    with pytest.raises(service.EvaluationError, match="数据冻结"):
        service.ask_departments(world.actor, world.fresh(), [])
    with pytest.raises(service.EvaluationError, match="已经冻结"):
        service.freeze(world.actor, world.fresh())


def test_partial_delivery_may_be_tried_with_a_watermark_and_never_published(world):
    world.land()
    due = timezone.localdate() + timedelta(days=3)
    service.ask_departments(world.actor, world.fresh(), [service.Ask("税务局", ("tax_paid",), due)])
    snapshot = service.take_snapshot(world.actor, world.fresh())
    assert not snapshot.complete
    run = service.run_now(world.actor, world.fresh(), snapshot, kind="trial")
    assert run.watermark == "试算"
    with pytest.raises(service.EvaluationError):
        service.run_now(world.actor, world.fresh(), snapshot, kind="formal")
    world.cycle.__class__.objects.filter(pk=world.cycle.pk).update(stage="trial")
    with pytest.raises(service.EvaluationError, match="不能公示"):
        service.publish(world.actor, world.fresh(), run, kind="grades", starts_on=due, ends_on=due + timedelta(days=30))
    world.cycle.__class__.objects.filter(pk=world.cycle.pk).update(stage="sheets")
    with pytest.raises(service.EvaluationError, match="税务局"):
        service.freeze(world.actor, world.fresh())


def test_statistics_never_score_a_firm(world):
    world.firms[3]
    from tenglong.apps.registry.models import Fact

    Fact.objects.filter(subject_id=3, measure="revenue").update(legal_basis="statistics")
    world.land()
    world.data()
    service.checks_now(world.actor, world.fresh())
    finding = queries.findings(world.actor, world.cycle).get(rule="statistics")
    with pytest.raises(service.EvaluationError, match="不能豁免"):
        service.waive_check(world.actor, finding, "领导同意使用")
    world.sheets()
    with pytest.raises(service.EvaluationError, match="统计法"):
        service.freeze(world.actor, world.fresh())
    trial = service.take_snapshot(world.actor, world.fresh())
    with pytest.raises(service.EvaluationError, match="营业收入"):
        service.run_now(world.actor, world.fresh(), trial, kind="trial")
    assert not Run.objects.exists()


def test_a_seal_is_void_when_the_data_changed_after_it(world):
    world.land()
    world.data()
    world.sheets()
    sheet = queries.sheets(world.actor, world.cycle).get(enterprise_id=1)
    scans = [service.Scan(sheet.code, "甲.pdf", b"%PDF-1 a"), service.Scan("none", "乙.pdf", b"%PDF-1 b")]
    filed = service.file_scans(world.actor, world.fresh(), scans)
    assert [one.state for one in filed.sealed] == ["sealed"] and len(filed.unknown) == 1
    from tenglong.apps.registry.models import Fact

    Fact.objects.filter(subject_id=1, measure="tax_paid").update(value_e6=1)
    with pytest.raises(service.EvaluationError, match="企业01"):
        service.freeze(world.actor, world.fresh())
    assert service.sheets_now(world.actor, world.fresh()) == {"new": 1, "kept": 9, "voided": 1}
    old = Sheet.objects.get(pk=sheet.pk)
    new = queries.sheets(world.actor, world.cycle).get(enterprise_id=1, voided_at__isnull=True)
    assert old.voided_at and (new.number, new.state) == (2, "undelivered") and new.code != old.code
    again = service.file_scans(world.actor, world.fresh(), scans[:1])
    assert [one.pk for _scan, one in again.void] == [old.pk] and not again.sealed


def test_overdue_counts_only_with_proof_and_clause(world):
    world.land()
    world.data()
    world.sheets()
    sheet = queries.sheets(world.actor, world.cycle).first()
    day = timezone.localdate() - timedelta(days=60)
    bare = service.mark_delivered(world.actor, sheet, on=day, how="短信")
    with pytest.raises(service.EvaluationError, match="送达凭证"):
        service.mark_overdue(world.actor, bare, clause="第五条")
    other = queries.sheets(world.actor, world.cycle).last()
    proved = service.mark_delivered(world.actor, other, on=day, how="直接送达", proof=world.paper)
    with pytest.raises(service.EvaluationError, match="条款"):
        service.mark_overdue(world.actor, proved, clause=" ")
    assert service.mark_overdue(world.actor, proved, clause="通知第五条：逾期视为无异议").state == "overdue"


def test_one_measure_has_one_department_and_conflicts_stop_only_that_firm(world):
    world.fact(2, "tax_paid", 999, department="财政局")
    due = timezone.localdate()
    with pytest.raises(service.EvaluationError, match="同时列给了两个部门"):
        service.ask_departments(world.actor, world.cycle, [
            service.Ask("税务局", ("tax_paid",), due), service.Ask("财政局", ("tax_paid",), due)])
    world.land()
    service.checks_now(world.actor, world.fresh())
    found = queries.findings(world.actor, world.cycle).filter(rule="conflict")
    assert [(one.enterprise_id, one.severity) for one in found] == [(2, "error")]
    snapshot = service.take_snapshot(world.actor, world.fresh())
    assert snapshot.rows == 9 and "2" in snapshot.notes["blocked"]
    service.ask_departments(world.actor, world.fresh(), [service.Ask("税务局", ("tax_paid",), due)])
    service.checks_now(world.actor, world.fresh())
    assert service.take_snapshot(world.actor, world.fresh()).rows == 10


def test_only_an_effective_decision_of_the_day_vetoes(world):
    today = timezone.localdate()
    for number, state, expires in ((1, "effective", None), (2, "under_review", None), (3, "effective", today)):
        service.record_decision(world.actor, number, veto="accident", number=f"罚〔2024〕{number}号", dated=DAY_2024,
                                state=state, expires_on=expires, document=world.paper)
    run = world.ran()
    grades = dict(queries.results(world.actor, run).values_list("enterprise_id", "grade"))
    assert (grades[1], grades[2], grades[3]) == ("C", "A", "B")
    assert run.snapshot.notes["under_review"] == [[2, "accident", "罚〔2024〕2号"]]
    told = queries.full_row(world.actor, run, world.firms[1].key).sources["accident"]
    assert told["kind"] == "decision" and "罚〔2024〕1号" in told["label"]


DAY_2024 = timezone.datetime(2024, 5, 1).date()
