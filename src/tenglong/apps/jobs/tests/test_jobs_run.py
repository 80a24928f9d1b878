"""Jobs: run, fail, cancel, die. A job leaves all of its effect or none, and says which."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, close_old_connections, connection
from django.db.models import QuerySet

from tenglong.apps.accounts.models import Department
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.jobs import periodic, service
from tenglong.apps.jobs.folder import STALE_SECONDS, JobFolder
from tenglong.apps.jobs.models import Job
from tenglong.apps.jobs.worker import Worker


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    before = dict(service._kinds)

    @service.job("test.count", queue="short", label="数数")
    def count(ctx: service.JobContext, upto: int) -> dict[str, Any]:
        for number in range(upto):
            ctx.progress(number + 1, upto, "正在数")
        ctx.log("数完了")
        return {"counted": upto, "url": "/me/"}

    @service.job("test.write", label="写一个部门")
    def write(ctx: service.JobContext, name: str, fail: bool = False) -> None:
        with ctx.atomic():
            Department.objects.create(name=name)
            if fail:
                raise service.JobError("第 3 行有错，请改正后重来")

    @service.job("test.broken")
    def broken(ctx: service.JobContext) -> None:
        raise ZeroDivisionError("boom")

    yield
    service._kinds.clear()
    service._kinds.update(before)


def test_a_job_runs_and_leaves_progress_log_and_result(cast: Any) -> None:
    made = service.run_now(service.enqueue(cast.officer, "test.count", {"upto": 3}, "三个"))
    files = JobFolder.of(made.ulid)
    assert (made.state, made.result["counted"]) == ("done", 3)
    assert files.progress()["done"] == 3
    assert "数完了" in files.log_tail()


def test_a_refusal_is_shown_as_it_is_and_nothing_stays(cast: Any) -> None:
    made = service.run_now(service.enqueue(cast.officer, "test.write", {"name": "幽灵", "fail": True}))
    assert (made.state, made.message, made.committed) == ("failed", "第 3 行有错，请改正后重来", False)
    assert not Department.objects.filter(name="幽灵").exists()


def test_a_crash_gives_a_trace_number_and_keeps_the_traceback_in_the_log(cast: Any) -> None:
    made = service.run_now(service.enqueue(cast.officer, "test.broken", {}))
    assert made.state == "failed"
    assert made.ulid in made.message
    assert "ZeroDivisionError" in JobFolder.of(made.ulid).log_tail()


def test_cancel_is_noticed_at_the_next_report(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.count", {"upto": 3})
    JobFolder.of(made.ulid).ask_cancel()
    assert service.run_now(made).state == "cancelled"


def test_a_queued_job_is_cancelled_at_once(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.count", {"upto": 3})
    service.cancel(cast.officer, made)
    assert service.run_now(made).state == "cancelled"
    assert not Worker(("short", "long")).step()


def test_a_job_whose_worker_is_gone_is_interrupted_and_says_nothing_stayed(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "甲"})
    Job.objects.filter(pk=made.pk).update(state="running")
    assert [row.ulid for row in service.sweep()] == [made.ulid]
    made.refresh_from_db()
    assert made.state == "interrupted"
    assert "没有留下任何改动" in made.message
    assert AuditEntry.objects.filter(action="job.interrupted", subject_id=made.ulid).exists()


def test_an_interrupted_job_that_had_committed_says_so(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "甲"})
    Job.objects.filter(pk=made.pk).update(state="running", committed=True)
    service.sweep()
    made.refresh_from_db()
    assert "已全部生效" in made.message


def test_a_living_worker_is_left_alone(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.count", {"upto": 1})
    Job.objects.filter(pk=made.pk).update(state="running")
    with JobFolder.of(made.ulid).make().alive():
        assert service.sweep() == []
    assert len(service.sweep()) == 1


def test_a_sweep_between_claiming_and_running_finds_the_worker_alive(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "甲"})
    claimed = service.claim_next(("long",))
    assert claimed is not None and claimed.state == "running"
    assert service.sweep() == []
    assert service.run_claimed(claimed).state == "done"
    assert JobFolder.of(made.ulid).dead()


def test_a_sweep_while_the_end_is_being_written_finds_the_worker_alive(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "乙"})
    written, swept = service._finish, []

    def slow(*end: Any) -> None:
        swept.append(service.sweep())
        written(*end)

    monkeypatch.setattr(service, "_finish", slow)
    assert service.run_now(made).state == "done"
    assert swept == [[]]


def test_a_claim_that_fails_lets_go_of_the_lock(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "甲"})
    Job.objects.filter(pk=made.pk).update(state="cancelled")
    assert service.run_now(made).state == "cancelled"
    assert JobFolder.of(made.ulid).dead()


def test_the_end_of_a_job_is_written_again_when_the_database_is_busy(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "丁"})
    waits: list[float] = []
    busy, update = iter([True, True, False]), QuerySet.update

    def refusing(rows: Any, **values: Any) -> int:
        if values.get("state") == "done" and next(busy):
            raise OperationalError("database is locked")
        return int(update(rows, **values))

    monkeypatch.setattr(QuerySet, "update", refusing)
    monkeypatch.setattr(service, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(service, "pause", waits.append)
    assert service.run_now(made).state == "done"
    assert waits == [service.BEAT_SECONDS] * 2


def test_a_silent_worker_that_lives_is_named_and_not_swept(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.count", {"upto": 1})
    Job.objects.filter(pk=made.pk).update(state="running")
    files = JobFolder.of(made.ulid).make()
    with files.alive():
        beaten = (files.path / "heartbeat").stat().st_mtime
        assert service.silent(beaten + STALE_SECONDS) == []
        assert [row.pk for row in service.silent(beaten + STALE_SECONDS + 1)] == [made.pk]
        os.utime(files.path / "heartbeat", (0, 0))
        assert service.sweep() == []
    assert service.silent(beaten + STALE_SECONDS + 1) == []
    assert [row.pk for row in service.sweep()] == [made.pk]


def test_looking_whether_a_worker_lives_does_not_stand_in_its_way(cast: Any) -> None:
    files = JobFolder.of(service.enqueue(cast.officer, "test.count", {"upto": 1}).ulid).make()
    with files.alive():
        assert not files.dead() and not files.dead()
        assert files.seize() is None
    assert files.dead()
    lock = files.seize()
    assert lock is not None
    lock.close()


def test_a_worker_declared_dead_cannot_commit_afterwards(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "迟到"})
    Job.objects.filter(pk=made.pk).update(state="interrupted")
    context = service.JobContext(made, JobFolder.of(made.ulid))
    with pytest.raises(service.LostJob), context.atomic():
        Department.objects.create(name="迟到")
    assert not Department.objects.filter(name="迟到").exists()


def test_an_interrupted_job_runs_again_as_a_new_one(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.write", {"name": "乙"})
    Job.objects.filter(pk=made.pk).update(state="interrupted")
    second = service.run_now(service.again(cast.officer, made))
    assert (second.state, second.committed) == ("done", True)
    assert Department.objects.filter(name="乙").count() == 1


def test_the_short_queue_does_not_take_long_work(cast: Any) -> None:
    service.enqueue(cast.officer, "test.write", {"name": "丙"})
    quick = service.enqueue(cast.officer, "test.count", {"upto": 1})
    assert Worker(("short",)).drain() == 1
    quick.refresh_from_db()
    assert quick.state == "done"
    assert Worker(("long",)).drain() == 1


def test_an_unknown_kind_is_refused_when_enqueued(cast: Any) -> None:
    with pytest.raises(service.JobError, match="没有"):
        service.enqueue(cast.officer, "no.such", {})


def test_jobs_are_seen_by_their_owner_office_and_the_county(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.count", {"upto": 1})
    sees = {name for name, user in cast.people().items() if service.jobs(user).filter(pk=made.pk).exists()}
    assert sees == {"officer", "county", "leader", "analyst", "system_admin"}


def test_pages_card_and_json_follow_the_job(cast: Any, sign_in: Any) -> None:
    made = service.enqueue(cast.officer, "test.count", {"upto": 2}, "两个")
    client = sign_in(cast.officer)
    assert "hx-trigger" in client.get(f"/jobs/{made.ulid}/card/").content.decode()
    service.run_now(made)
    card = client.get(f"/jobs/{made.ulid}/card/").content.decode()
    assert "hx-trigger" not in card
    assert "查看结果" in card
    assert client.get(f"/jobs/{made.ulid}.json").json()["progress"]["done"] == 2
    assert client.get("/jobs/").status_code == client.get(f"/jobs/{made.ulid}/").status_code == 200
    assert client.get("/jobs.json").json()["total"] == 1
    client.force_login(cast.stranger)
    assert client.get(f"/jobs/{made.ulid}.json").status_code == 404
    assert client.post(f"/jobs/{made.ulid}/cancel/").status_code == 404


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_many_workers_never_take_the_same_job() -> None:
    made = [service.enqueue(None, "test.count", {"upto": 1}).pk for _index in range(24)]
    taken: list[int] = []

    def work() -> None:
        try:
            while (row := service.claim_next(("short",))) is not None:
                taken.append(row.pk)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work) for _index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == made


CHILD = """
import os, sys, django
django.setup()
from django.conf import settings
from tenglong.apps.jobs.folder import JobFolder
with JobFolder.of(sys.argv[1]).make().alive():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_kernel_tells_of_a_worker_killed_with_minus_nine(cast: Any) -> None:
    made = service.enqueue(cast.officer, "test.count", {"upto": 1})
    Job.objects.filter(pk=made.pk).update(state="running")
    home = str(django_settings.TENGLONG_HOME)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, made.ulid], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tenglong.settings.base", "TENGLONG_HOME": home})
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    assert service.missing() == []
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert [row.pk for row in service.missing()] == [made.pk]


def test_chores_run_when_due_and_one_that_fails_stops_no_other(caplog: Any, monkeypatch: Any) -> None:
    now, ran = [100.0], []

    def fails() -> None:
        ran.append("fails")
        raise ValueError("broken")

    monkeypatch.setattr(periodic, "_chores", {})
    periodic.every(60, "test.fails", fails)
    periodic.every(600, "test.rare", lambda: ran.append("rare"))
    turn = periodic.Round(lambda: now[0])
    for now[0] in (100.0, 130.0, 160.0, 700.0):
        turn.run_due()
    assert ran == ["fails", "rare", "fails", "fails", "rare"]
    assert "test.fails" in caplog.text
