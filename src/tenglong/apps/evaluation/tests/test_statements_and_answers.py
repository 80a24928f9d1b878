"""What a firm says before a list may name it, what it objects to, what it appeals: its own page, its days, the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.deadlines import until
from tenglong.apps.evaluation.models import AssessedArea, GradeNotice, Publication, Result


def page(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def paper(name):
    return SimpleUploadedFile(name, b"%PDF-1 " + name.encode())


@pytest.fixture
def served(world):
    """Firm 1, which the user `cast.firm` reads for, was given a C today; a neighbour too."""
    run = world.ran()
    Result.objects.filter(run=run, enterprise_id__in=(1, 2)).update(grade="C")
    for firm in (1, 2):
        service.serve_grade(world.actor, run, firm, served_on=timezone.localdate(), how="直接送达", proof=world.paper)
    world.run = run
    return world


def notice(number=1):
    return GradeNotice.objects.get(enterprise_id=number)


@pytest.mark.django_db
def test_days_left_are_working_days_and_the_last_day_still_counts():
    today = timezone.localdate()
    assert until(None) is None
    assert until(today).left == 0 and not until(today).passed
    assert until(today - timedelta(days=1)).passed
    assert until(calendar().add_working_days(today, 4)).left == 4


def test_a_firm_states_its_case_with_files_and_reads_the_answer_of_another_person(served, sign_in):
    client, own = sign_in(served.cast.firm), page("own-statement", notice().ulid)
    assert "还剩 5 个工作日" in client.get(own).content.decode()
    assert page("own-statement", notice().ulid) in client.get(page("own-answers")).content.decode()
    answer = client.post(own, {"text": "搬迁停产三个月", "evidence": [paper("停产证明.pdf"), paper("搬迁协议.pdf")]})
    assert answer.status_code == 302 and notice().evidence.count() == 2
    officer = sign_in(served.actor)
    listed = officer.get(page("statements-json", served.cycle.ulid)).json()["rows"]
    assert [(row["name"], row["state"]) for row in listed] == [("企业01", "waiting"), ("企业02", "open")]
    assert "停产证明.pdf" in officer.get(page("statement", notice().ulid)).content.decode()
    officer.post(page("statement-reply", notice().ulid), {"reply": "停产属实，按规定不影响等级"})
    told = sign_in(served.cast.firm).get(page("own-answers-json")).json()
    assert told["rows"][0] | {"kind": "statement", "state": "已答复", "reply": "停产属实，按规定不影响等级"} == told["rows"][0]
    assert told["rows"][0]["documents"] == ["停产证明.pdf", "搬迁协议.pdf"]
    actions = AuditEntry.objects.filter(action__startswith="evaluation.statement").order_by("pk")
    assert [entry.action for entry in actions] == ["evaluation.statement", "evaluation.statement_reply"]


def test_another_firms_statement_is_not_there(served, sign_in):
    client = sign_in(served.cast.firm)
    assert client.get(page("own-statement", notice(2).ulid)).status_code == 404
    assert client.post(page("own-statement", notice(2).ulid), {"text": "替别人说"}).status_code == 404
    assert "企业02" not in client.get(page("own-answers")).content.decode()
    assert sign_in(served.cast.officer).get(page("statement", notice(2).ulid)).status_code == 404


def test_after_the_days_nothing_is_taken_and_the_page_says_what_remains(served, sign_in):
    GradeNotice.objects.update(window_ends_on=timezone.localdate() - timedelta(days=1))
    client, own = sign_in(served.cast.firm), page("own-statement", notice().ulid)
    text = client.get(own).content.decode()
    assert "届满" in text and "<textarea" not in text
    assert client.post(own, {"text": "晚了一天"}).status_code == 400
    assert not notice().statement


def test_who_wrote_a_statement_down_does_not_answer_it_and_none_is_answered_twice(served):
    service.record_statement(served.actor, notice(), text="电话陈述")
    with pytest.raises(service.EvaluationError, match="不能自己答复"):
        service.reply_statement(served.actor, notice(), reply="知道了")
    service.reply_statement(served.cast.officer, notice(), reply="已复核")
    with pytest.raises(service.EvaluationError, match="已经答复"):
        service.reply_statement(served.cast.officer, notice(), reply="再说一次")
    with pytest.raises(service.EvaluationError, match="已经答复"):
        service.record_statement(served.cast.firm, notice(), text="还有话说")


def test_no_list_goes_out_over_a_statement_without_an_answer(world):
    run = world.ran()
    world.serve(run)
    today = timezone.localdate()
    GradeNotice.objects.filter(run=run, enterprise_id=10).update(statement="不服")
    days = {"starts_on": today, "ends_on": today + timedelta(days=20)}
    with pytest.raises(service.EvaluationError, match="1 户的陈述申辩没有答复"):
        service.publish(world.actor, world.fresh(), run, kind="grades", **days)


@pytest.fixture
def put_up(world):
    """Areas are up for ten more days."""
    service.assess_now(world.actor, world.fresh())
    today = timezone.localdate()
    world.list = service.publish_areas(world.actor, world.fresh(), starts_on=today, ends_on=today + timedelta(days=10))
    world.area = queries.areas(world.actor, world.fresh()).get(enterprise_id=1)
    return world


def test_the_page_of_the_land_says_until_when_and_afterwards_what_remains(put_up, sign_in):
    client, own = sign_in(put_up.cast.firm), page("own-area", put_up.area.ulid)
    text = client.get(own).content.decode()
    assert put_up.list.ends_on.isoformat() in text and "个工作日" in text and "提交异议" in text
    Publication.objects.filter(pk=put_up.list.pk).update(
        starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate() - timedelta(days=1))
    text = client.get(own).content.decode()
    assert "期满，不再受理面积异议" in text and "可以就用地面积提出申诉" in text and "<textarea" not in text
    answer = client.post(own, {"text": "多算了两亩"})
    assert answer.status_code == 400 and not put_up.area.objections.exists()
    filed = service.object_area(put_up.actor, put_up.area, text="期内来信，今日登记")
    assert filed.outcome == ""


def test_a_figure_changed_after_the_publication_may_be_objected_to_until_it_is_settled(put_up, sign_in):
    day = timezone.localdate() - timedelta(days=1)
    Publication.objects.filter(pk=put_up.list.pk).update(starts_on=day, ends_on=day)
    AssessedArea.objects.filter(pk=put_up.area.pk).update(total_cm2=put_up.area.total_cm2 + 100)
    client, own = sign_in(put_up.cast.firm), page("own-area", put_up.area.ulid)
    assert "定稿之前都可以提出异议" in client.get(own).content.decode()
    assert client.post(own, {"text": "新增部分不是我们的"}).status_code == 302
    told = client.get(page("own-answers-json")).json()
    assert [(row["kind"], row["state"]) for row in told["rows"]] == [("objection", "待处理")]


def test_appeals_stand_beside_the_rest_with_reply_and_letter(world, sign_in):
    run, _made = world.published()
    client = sign_in(world.cast.firm)
    (right,) = client.get(page("own-answers-json")).json()["rights"]
    assert (right["kind"], right["url"]) == ("appeal", page("own-appeal-new", run.ulid, world.firms[1].key))
    filed = service.file_appeal(world.cast.firm, run, 1, text="税收少计", evidence=[("完税证明.pdf", b"%PDF-1 x")])
    assert client.get(page("own-appeal-letter", filed.ulid)).status_code == 404
    service.reply_appeal(world.actor, filed, outcome="rejected", reply="已按入库数核对")
    (row,) = client.get(page("own-answers-json")).json()["rows"]
    assert [row[name] for name in ("kind", "state", "reply")] == ["appeal", "不成立", "已按入库数核对"]
    assert row["documents"] == ["完税证明.pdf"]
    assert client.get(page("own-appeal-letter", filed.ulid)).content[:2] == b"PK"
    assert page("own-appeal-letter", filed.ulid) in client.get(page("own-answers")).content.decode()
