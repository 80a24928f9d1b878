"""The long steps run as jobs: what they wrote is committed with the job, what they refuse leaves nothing."""

from __future__ import annotations

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import AssessedArea, Run, Snapshot
from tenglong.apps.jobs import service as jobs


def test_land_checks_sheets_freeze_and_run_as_jobs(world):
    done = jobs.run_now(service.assess_areas(world.actor, world.fresh()))
    assert (done.state, done.committed, done.result["firms"]) == ("done", True, 10)
    world.land()
    world.data()
    assert jobs.run_now(service.run_checks(world.actor, world.fresh())).state == "done"
    service.step(world.actor, world.fresh(), "send_sheets")
    assert jobs.run_now(service.prepare_sheets(world.actor, world.fresh())).result["new"] == 10
    waiting = jobs.enqueue(world.actor, "evaluation.snapshot", {"cycle": world.cycle.ulid, "kind": "frozen"})
    assert jobs.run_now(waiting).result["snapshot"] == Snapshot.objects.get().ulid
    snapshot = queries.latest_snapshot(world.actor, world.fresh())
    ran = jobs.run_now(service.run(world.actor, world.fresh(), snapshot, kind="formal"))
    assert ran.result["run"] == Run.objects.get().ulid and ran.committed


def test_a_refused_job_says_why_and_leaves_nothing(world):
    waiting = jobs.enqueue(world.actor, "evaluation.snapshot", {"cycle": world.cycle.ulid, "kind": "frozen"})
    done = jobs.run_now(waiting)
    assert done.state == "failed" and "用地核定" in done.message and not done.committed
    assert not Snapshot.objects.exists() and not AssessedArea.objects.exists()


def test_a_job_of_somebody_who_lost_sight_of_the_cycle_does_nothing(world):
    waiting = jobs.enqueue(world.cast.nobody, "evaluation.assess", {"cycle": world.cycle.ulid})
    assert "无权处理" in jobs.run_now(waiting).message
    assert not AssessedArea.objects.exists()
