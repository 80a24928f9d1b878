"""The appeal and its case say the same, whichever of the two is worked on."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tenglong.apps.casework import queries as casework
from tenglong.apps.casework import service as cases
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Cycle


@pytest.fixture
def appealed(world):
    """Published, appealed against by firm 1; the cycle's own case is left aside (its terms need weeks), the appeal has one."""
    run, _made = world.published()
    governed = service.open_cycle(world.actor, year=2023, title="按流程的评价", division_code="330604", scheme="test-county@1")
    Cycle.objects.filter(pk=run.cycle_id).update(case_ulid=governed.case_ulid)
    run = queries.run(world.actor, run.ulid)
    world.run = run
    world.appeal = service.file_appeal(world.cast.firm, run, 1, text="税收少计", evidence=[("证明.pdf", b"%PDF-1 x")])
    return world


def case_of(world):
    return casework.case(world.actor, world.appeal.case_ulid)


def inbox(world):
    rows = casework.workable(world.actor).filter(case__ulid=world.appeal.case_ulid)
    return {task.task for task in rows}


def propose(world, to="B"):
    return service.propose_adjustment(
        world.cast.analyst, world.run, 1, to_grade=to, reason="证照补齐", document=world.paper, appeal=world.appeal,
        decision_number="纪要〔2025〕3号", decision_dated=timezone.localdate())


def to_reply(world):
    """Worked in the case itself up to the answer."""
    ulid, actor = world.appeal.case_ulid, world.actor
    cases.move(actor, ulid, "accept")
    cases.move(actor, ulid, "verify")
    task = cases.open_task(actor, case_of(world), "verify")
    cases.complete_task(actor, task, documents=[("verification", world.document("核实.pdf").ulid)])
    cases.move(actor, ulid, "report", fields={"finding": "属实"})


def test_no_answer_before_the_verifying_is_on_file(appealed):
    with pytest.raises(service.EvaluationError, match="核实材料"):
        service.reply_appeal(appealed.actor, appealed.appeal, outcome="rejected", reply="维持原等级")
    assert queries.appeal(appealed.actor, appealed.appeal.ulid).outcome == ""
    assert case_of(appealed).state == "filed"


def test_a_rejected_appeal_is_upheld_as_it_was_in_its_case(appealed):
    paper = appealed.document("核实记录.pdf")
    service.reply_appeal(appealed.actor, appealed.appeal, outcome="rejected", reply="按入库数核对无误", verification=paper)
    case = case_of(appealed)
    assert (case.state, case.fields["reply"], inbox(appealed)) == ("upheld", "按入库数核对无误", {"deliver_upheld"})


def test_an_appeal_found_right_moves_its_case_when_the_second_person_approves(appealed):
    paper = appealed.document("核实记录.pdf")
    service.reply_appeal(appealed.actor, appealed.appeal, outcome="upheld", reply="核实属实", verification=paper)
    assert (case_of(appealed).state, inbox(appealed)) == ("reply", set())
    service.approve_adjustment(appealed.cast.leader, propose(appealed))
    case = case_of(appealed)
    assert (case.state, case.fields["new_grade"], case.fields["decision_number"]) == ("adjusted", "B", "纪要〔2025〕3号")
    assert inbox(appealed) == {"deliver"}


def test_a_case_moved_by_hand_answers_its_appeal(appealed):
    to_reply(appealed)
    cases.move(appealed.actor, appealed.appeal.case_ulid, "uphold", fields={"reply": "维持原等级"}, reason="无新证据")
    found = queries.appeal(appealed.cast.firm, appealed.appeal.ulid)
    assert (found.outcome, found.reply, found.replied_by_id) == ("rejected", "维持原等级", appealed.actor.pk)


def test_a_case_is_not_adjusted_by_hand_before_the_grade_is(appealed):
    to_reply(appealed)
    step = {"fields": {"reply": "予以调整", "new_grade": "B", "decision_number": "纪要〔2025〕3号"}, "reason": "集体决定",
            "documents": [("decision", appealed.paper.ulid)]}
    with pytest.raises(cases.CaseError, match="由第二人批准"):
        cases.move(appealed.cast.leader, appealed.appeal.case_ulid, "adjust", **step)
    assert case_of(appealed).state == "reply"
    service.approve_adjustment(appealed.cast.leader, propose(appealed))
    cases.move(appealed.cast.leader, appealed.appeal.case_ulid, "adjust", **step)
    found = queries.appeal(appealed.actor, appealed.appeal.ulid)
    assert (found.outcome, found.reply) == ("upheld", "予以调整")


def test_the_pages_of_the_cases_lead_to_the_appeal_and_the_cycle(appealed):
    from tenglong.apps.casework import hooks

    def told(case, user):
        return [(str(one.label), one.text, bool(one.url)) for one in hooks.about_case(case, user)]

    cycle = casework.cases(appealed.actor).get(definition="evaluation-cycle")
    assert told(cycle, appealed.actor) == [("评价批次", cycle.title, True)]
    named = {label: (text, open_) for label, text, open_ in told(case_of(appealed), appealed.actor)}
    assert named["申诉"] == ("税收少计", True)
    assert named["评价批次"] == (appealed.run.cycle.title, True)
    own = [(label, open_) for label, _text, open_ in told(case_of(appealed), appealed.cast.firm)]
    assert ("申诉", True) in own  # the firm's own page of it
    assert "申诉" not in [label for label, *_rest in told(case_of(appealed), appealed.cast.stranger)]
