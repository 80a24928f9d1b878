"""What leaves the house, and how a grade changes: served first, three columns, two persons, a document."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tenglong.apps.accounts.scope import Refused
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Adjustment, Appeal, Result
from tenglong.apps.evaluation.published_file import published_file
from tenglong.apps.evaluation.service.publications import masked


def publish(world, run, **more):
    today = timezone.localdate()
    last = today + timedelta(days=20)
    return service.publish(world.actor, world.fresh(), run, kind="grades", starts_on=today, ends_on=last, **more)


def propose(world, run, firm=10, to="C", **more):
    day = timezone.localdate()
    return service.propose_adjustment(world.cast.analyst, run, firm, to_grade=to, reason="证照补齐", document=world.paper,
                                      decision_number="纪要〔2025〕3号", decision_dated=day, **more)


def test_a_publication_holds_name_code_and_grade_alone(world):
    run, made = world.published()
    text = json.dumps(made.rows, ensure_ascii=False)
    assert {tuple(row) for row in made.rows} == {("name", "uscc", "grade")}
    for secret in ("tax", "total", "rank", "revenue", "1000", "330604001"):
        assert secret not in text
    assert [row["uscc"] for row in made.rows][:5] == [world.firms[number].key for number in (1, 3, 5, 7, 9)]


def test_no_column_is_added_whoever_asks_and_the_sentence_says_why(world):
    run = world.ran()
    world.serve(run)
    for name, word in (("rank", "名次"), ("tax_paid", "税收"), ("phone", "phone")):
        with pytest.raises(service.EvaluationError, match=f"不能加“{word}”.*公示信息最小化"):
            publish(world, run, columns=("name", "uscc", "grade", name))
    made = publish(world, run)
    made.columns = [*made.columns, "total"]
    with pytest.raises(service.EvaluationError, match="不能加“总分”"):
        published_file(made)


def test_no_list_with_low_grades_before_each_firm_was_served_and_had_its_days(world):
    run = world.ran()
    assert service.low_grades(run) == ("C", "D")
    with pytest.raises(service.EvaluationError, match="4 户未送达"):
        publish(world, run)
    world.serve(run, days=0)
    with pytest.raises(service.EvaluationError, match="4 户期限未满"):
        publish(world, run)
    assert not queries.publications(world.actor, world.cycle).filter(kind="grades").exists()


def test_a_publication_shorter_than_the_terms_is_refused(world):
    run = world.ran()
    world.serve(run)
    today = timezone.localdate()
    with pytest.raises(service.EvaluationError, match="公示期至少到"):
        service.publish(world.actor, world.fresh(), run, kind="grades", starts_on=today, ends_on=today + timedelta(days=2))


def test_the_name_of_a_person_is_masked():
    assert masked("张三丰", "92330604MA0000001X") == "张＊＊"
    assert masked("绍兴某某有限公司", "91330604MA0000001X") == "绍兴某某有限公司"


def test_an_appeal_with_evidence_and_a_document_changes_the_grade_and_the_audit_tells_it(world):
    run, _made = world.published()
    filed = service.file_appeal(world.cast.firm, run, 1, text="税收少计", evidence=[("完税证明.pdf", b"%PDF-1 x")])
    assert queries.evidence(world.cast.firm, filed).count() == 1
    answered = service.reply_appeal(world.actor, filed, outcome="upheld", reply="核实无误，予以调整")
    proposed = propose(world, run, 1, "B", appeal=answered)
    assert {one.result.key: one.grade for one in queries.grades(world.actor, world.cycle)}[world.firms[1].key] == "A"
    service.approve_adjustment(world.cast.leader, proposed)
    now = {one.result.enterprise_id: one.grade for one in queries.grades(world.cast.firm, world.cycle)}
    assert now == {1: "B"}
    assert Result.objects.get(run=run, enterprise_id=1).grade == "A"
    (line,) = queries.adjustments_of_year(world.actor, world.cycle.year)
    assert (line.proposed_by, line.approved_by, line.decision_number) == ("分析人员", "领导", "纪要〔2025〕3号")
    entry = AuditEntry.objects.get(action="adjustment.approved")
    assert {"field": "grade", "old": "A", "new": "B"} in entry.deltas


def test_who_proposes_never_approves_not_even_in_the_database(world):
    run = world.ran()
    made = service.propose_adjustment(
        world.actor, run, 10, to_grade="C", reason="材料补齐", document=world.paper, decision_number="纪要1号",
        decision_dated=timezone.localdate(),
    )
    with pytest.raises(service.EvaluationError, match="不能自己批准"):
        service.approve_adjustment(world.actor, made)
    with pytest.raises(Refused):
        service.approve_adjustment(world.cast.analyst, made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(approved_by_id=made.created_by_id)
    with pytest.raises(service.EvaluationError, match="集体决定"):
        service.propose_adjustment(world.actor, run, 9, to_grade="A", reason="关照", document=None, decision_number="1",
                                   decision_dated=timezone.localdate())


def test_an_adjustment_is_approved_once(world):
    run = world.ran()
    made = propose(world, run)
    service.approve_adjustment(world.cast.leader, made)
    for again in (service.approve_adjustment, lambda actor, row: service.reject_adjustment(actor, row, note="不同意")):
        with pytest.raises(service.EvaluationError, match="已批准"):
            again(world.cast.leader, made)
    with pytest.raises(service.EvaluationError, match="已有一件调档"):
        propose(world, run, to="B")


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_leave_one_approval(world):
    run = world.ran()
    made = propose(world, run)
    told: list[str] = []

    def approve(actor):
        try:
            service.approve_adjustment(actor, made)
            told.append("ok")
        except service.EvaluationError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(person,)) for person in (world.cast.leader, world.actor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(word == "ok" for word in told) == [False, True]
    assert AuditEntry.objects.filter(action="adjustment.approved").count() == 1


def test_an_appeal_waits_for_the_publication_and_one_is_open_at_a_time(world):
    run = world.ran()
    with pytest.raises(service.EvaluationError):
        service.file_appeal(world.cast.firm, run, 1, text="不服")
    world.serve(run)
    publish(world, run)
    service.file_appeal(world.cast.firm, run, 1, text="不服")
    with pytest.raises(service.EvaluationError, match="已有一件申诉"):
        service.file_appeal(world.cast.firm, run, 1, text="还是不服")
    with pytest.raises(service.EvaluationError, match="没有这家企业"):
        service.file_appeal(world.cast.firm, run, 2, text="替别人")
    assert Appeal.objects.count() == 1


def test_borders_are_listed_with_who_stands_around_them(world):
    run = world.ran()
    near = queries.borderline(world.actor, run, width=2)
    ab = [(one.result.enterprise_id, one.distance) for one in near if (one.better, one.worse) == ("A", "B")]
    assert ab == [(1, -1), (2, 0), (3, 1), (4, 2)]
    seen = queries.borderline(world.cast.officer, run, width=2)
    assert {one.result.enterprise_id % 2 for one in seen} == {1}


def test_summaries_print_their_denominators_and_leaders_their_field(world):
    run = world.ran()
    lines = {line.key: line for line in queries.summary(world.actor, run, "town")}
    assert {key: (line.n, line.ranked, sum(line.by_grade.values())) for key, line in lines.items()} == {
        "330604001": (5, 5, 5), "330604002": (5, 5, 5)}
    (best,) = queries.leaders(world.actor, run)
    assert (best.industry, best.result.enterprise_id, best.among) == ("34", 1, 10)
