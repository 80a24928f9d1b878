"""Definition v1 → v2 with 1,000 running cases: every one listed, what can moves in one transaction, nothing is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils.translation import override

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import migrating, pinning, service
from tenglong.apps.casework.models import Case, CaseEvent, PinnedDefinition, Task
from tenglong.apps.casework.renaming import part_words, read_renames
from tenglong.apps.policy import service as policy
from tenglong.domain.casework.migration import Renames

pytestmark = pytest.mark.django_db
RENAMES = Renames(states={"verification": "checking"}, tasks={"verify": "check"})
MAPPING = "状态 verification = checking\n任务 verify = check"
NUMBER = 1_000


def second_version() -> str:
    """The appeal with 核实中 renamed, a longer term, a field gone, and no place for 退回补正."""
    text = policy.current("cases", "evaluation-appeal").text
    text = text.replace('version: "1"', 'version: "2"').replace("verification, label: 核实中", "checking, label: 核查中")
    text = text.replace("to: verification", "to: checking").replace("from: verification", "from: checking")
    text = text.replace("accepted, verification]", "accepted, checking]")
    text = text.replace("id: verify, label: 现场", "id: check, label: 现场")
    text = text.replace("state: verification", "state: checking").replace("tasks_done: [verify]", "tasks_done: [check]")
    text = text.replace("  - {id: cycle, label: 评价批次, type: text}\n", "")
    text = text.replace("kind: max_deadline, deadline: {working_days: 3}", "kind: max_deadline, deadline: {working_days: 5}")
    text = re.sub(r"\n  - \{id: (returned|mend|return|resubmit),[^\n]*(\n     [^\n]*)?", "", text)
    return text.replace("[filed, returned, accepted", "[filed, accepted")


def put_in_force(cast: Any, text: str) -> None:
    draft = policy.submit(cast.analyst, policy.load_text(cast.analyst, "cases", "evaluation-appeal", text))
    policy.approve(cast.leader, draft)


@pytest.fixture
def old(cast: Any, open_appeal: Any) -> PinnedDefinition:
    """Four kinds of cases, one of each made by the service, the rest copies of their rows."""
    made = []
    for number, moves in enumerate(((), ("accept", "verify"), ("return",), ()), 1):
        case = open_appeal(subject_id=number, fields={"cycle": "2025 年度"})
        for move in moves:
            service.move(cast.county, case.ulid, move, reason="按程序办理")
        made.append(case.pk)
    service.pause(cast.county, Case.objects.get(pk=made[3]).ulid, "等待法院裁定")
    share = NUMBER // 4
    for pk in made:
        copied(pk, share - 1)
    return PinnedDefinition.objects.get()


def copied(pk: int, times: int) -> None:
    case = Case.objects.get(pk=pk)
    tasks, events = list(case.tasks.all()), list(case.events.all())
    fresh = [Case(**values_of(case, subject_id=10_000 * pk + at)) for at in range(times)]
    fresh = Case.objects.bulk_create(fresh)
    Task.objects.bulk_create([Task(**values_of(row, case_id=one.pk)) for one in fresh for row in tasks])
    CaseEvent.objects.bulk_create([CaseEvent(**values_of(row, case_id=one.pk)) for one in fresh for row in events])


def values_of(row: Any, **other: Any) -> dict[str, Any]:
    skipped = {"id", "ulid", "opened_at", "at"}
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.name not in skipped} | other


def held() -> dict[str, int]:
    return {"cases": Case.objects.count(), "tasks": Task.objects.count(), "events": CaseEvent.objects.count()}


def test_a_thousand_running_cases_change_version_and_nothing_is_lost(cast: Any, old: PinnedDefinition) -> None:
    put_in_force(cast, second_version())
    before, fields = held(), dict(Case.objects.values_list("pk", "fields"))
    labels = list(CaseEvent.objects.order_by("pk").values_list("pk", "label", "transition", "to_state"))
    shown = migrating.preview(cast.county, old, RENAMES)
    assert held() == before
    assert (len(shown.preview.moves), len(shown.preview.ready), len(shown.preview.stuck)) == (NUMBER, 500, 500)
    assert list(shown.preview.reasons.values()) == [250, 250]
    assert any("已暂停" in reason for reason in shown.preview.reasons)
    assert any("退回补正" in reason for reason in shown.preview.reasons)
    done = migrating.migrate(cast.county, old, RENAMES, seen=shown.seen)
    assert len(done.preview.ready) == 500
    moved, left = Case.objects.filter(version="2"), Case.objects.filter(version="1")
    assert (moved.count(), left.count()) == (500, 500)
    assert dict(Case.objects.values_list("pk", "fields")) == fields
    assert set(moved.values_list("state", flat=True)) == {"filed", "checking"}
    after = held()
    assert (after["cases"], after["events"]) == (NUMBER, before["events"] + 500)
    assert after["tasks"] == before["tasks"]
    kept = list(CaseEvent.objects.exclude(kind="migrate").order_by("pk").values_list("pk", "label", "transition", "to_state"))
    assert kept == labels
    assert AuditEntry.objects.get(action="case.migrate").count == 500
    assert Task.objects.filter(task="check", label="现场或资料核实", done_on=None).count() == 250


def test_a_moved_case_is_worked_to_its_end_under_the_new_text(cast: Any, open_appeal: Any, paper: Any, on_day: Any) -> None:
    with on_day(date(2025, 11, 3)):
        case = open_appeal(fields={"cycle": "2025 年度"})
        for move in ("accept", "verify"):
            service.move(cast.county, case.ulid, move)
    pinned = PinnedDefinition.objects.get()
    put_in_force(cast, second_version())
    with on_day(date(2025, 11, 4)):
        migrating.migrate(cast.county, pinned, RENAMES, seen=migrating.preview(cast.county, pinned, RENAMES).seen)
        task = Task.objects.get(case=case, done_on=None)
        service.complete_task(cast.officer, task, documents=[("verification", paper())])
        service.move(cast.officer, case.ulid, "report", fields={"finding": "面积确实多算"})
        moved = service.move(cast.county, case.ulid, "uphold", reason="维持", fields={"reply": "维持原结果"})
    assert (moved.state, moved.version) == ("upheld", "2")
    assert "checking" in pinning.definition_of(moved).state_by_id
    client = Client()
    client.force_login(cast.county, backend="tenglong.apps.accounts.backend.AccountBackend")
    page = client.get(f"/cases/{case.ulid}/").content.decode()
    assert "评价批次（原流程）" in page  # a field the new text does not know stays in sight
    assert "换用新版流程" in page


def test_what_changed_after_the_preview_stops_the_migration(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    pinned = PinnedDefinition.objects.get()
    put_in_force(cast, second_version())
    seen = migrating.preview(cast.county, pinned, RENAMES).seen
    service.move(cast.county, case.ulid, "accept")
    with pytest.raises(service.CaseConflict, match="重新预览"), transaction.atomic():
        migrating.migrate(cast.county, pinned, RENAMES, seen=seen)
    assert Case.objects.get().version == "1"


def test_the_page_previews_names_a_broken_mapping_and_moves(cast: Any, open_appeal: Any) -> None:
    open_appeal()
    pinned = PinnedDefinition.objects.get()
    put_in_force(cast, second_version())
    client = Client()
    client.force_login(cast.county, backend="tenglong.apps.accounts.backend.AccountBackend")
    broken = client.get("/cases/migrate/", {"from": pinned.pk, "renames": "状态 verification -> checking"}).content.decode()
    assert "对照表第 1 行" in broken
    page = client.get("/cases/migrate/", {"from": pinned.pk, "renames": MAPPING}).content.decode()
    assert "能换 1/1 件" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    assert client.post("/cases/migrate/apply/", {"from": pinned.pk, "renames": MAPPING, "seen": seen[1]}).status_code == 302
    assert Case.objects.get().version == "2"


def test_the_mapping_reads_the_same_in_every_language(cast: Any, open_appeal: Any) -> None:
    english = "State verification = checking\n task：verify＝check\nfields a = b\ntransition: x = y"
    assert read_renames(english) == read_renames("状态 verification = checking\n任务 verify = check\n字段 a = b\n流转 x = y")
    with override("en"):
        assert read_renames(MAPPING) == RENAMES
        for word in part_words():
            assert read_renames(f"{word} x = y") != Renames()
        with pytest.raises(service.CaseError, match="2"):
            read_renames("state a = b\nZustand a = b")


def test_what_lost_its_name_is_picked_from_lists(cast: Any, open_appeal: Any) -> None:
    open_appeal()
    pinned = PinnedDefinition.objects.get()
    client = Client()
    client.force_login(cast.county, backend="tenglong.apps.accounts.backend.AccountBackend")
    assert "在办 1 件案件都按现行流程办理" in client.get("/cases/migrate/").content.decode()
    put_in_force(cast, second_version())
    page = client.get("/cases/migrate/", {"from": pinned.pk}).content.decode()
    assert 'name="pick-state-verification"' in page
    assert '<option value="checking">核查中（checking）</option>' in page
    picked = {"pick-state-verification": "checking", "pick-task-verify": "check", "pick-state-returned": ""}
    page = client.get("/cases/migrate/", {"from": pinned.pk, **picked}).content.decode()
    assert 'name="pick-state-verification"' not in page
    assert "state verification = checking\ntask verify = check" in page
