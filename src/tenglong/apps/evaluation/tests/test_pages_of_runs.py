"""Runs, comparison, leaders, schemes: by role, with denominators, and the trial marked as one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenglong.apps.evaluation import queries, service
from tenglong.apps.jobs import service as jobs
from tenglong.apps.jobs.models import Job


def page(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def test_the_run_page_prints_grades_with_denominators_borders_and_bases(world, sign_in):
    run = world.ran()
    text = sign_in(world.actor).get(page("run", run.ulid)).content.decode()
    assert "2/10（20.0 %）" in text and "临界名单" in text and "亩均税收" in text
    for by in ("town", "zone", "industry"):
        assert sign_in(world.actor).get(page("run", run.ulid), {"by": by}).status_code == 200
    twin = sign_in(world.actor).get(page("run-json", run.ulid)).json()
    assert sum(row["n"] for row in twin["by"]["town"]) == 10


def test_a_town_officer_counts_only_the_firms_of_the_town(world, sign_in):
    run = world.ran()
    twin = sign_in(world.cast.officer).get(page("run-json", run.ulid)).json()
    assert sum(row["n"] for row in twin["by"]["town"]) == 5
    text = sign_in(world.cast.officer).get(page("run", run.ulid)).content.decode()
    assert "企业02" not in text and "企业01" in text


def test_every_page_of_a_run_opens_for_offices_and_not_for_the_firm(world, sign_in):
    run, _made = world.published()
    names = [("runs", world.cycle.ulid), ("run", run.ulid), ("run-json", run.ulid), ("run-plots", run.ulid),
             ("leaders", run.ulid), ("notices", run.ulid), ("publications", world.cycle.ulid), ("appeals", world.cycle.ulid),
             ("adjustments", world.cycle.ulid), ("closing", world.cycle.ulid), ("minutes", world.cycle.ulid), ("compare",),
             ("compare-json",), ("schemes",), ("schemes-json",), ("scheme", "demo", "1"), ("adjustments-year",),
             ("adjustments-year-json",), ("results",)]
    for person in ("county", "officer", "leader", "analyst", "task_force"):
        client = sign_in(getattr(world.cast, person))
        for name, *args in names:
            assert client.get(page(name, *args)).status_code == 200, (person, name)
    for person in ("firm", "auditor", "nobody", "system_admin"):
        client = sign_in(getattr(world.cast, person))
        for name, *args in names:
            assert client.get(page(name, *args)).status_code == 403, (person, name)


def test_plots_show_sums_only_to_who_may_see_them(world, sign_in):
    run = world.ran()
    assert "税收" in sign_in(world.actor).get(page("run-plots", run.ulid)).content.decode()
    assert "税收" not in sign_in(world.cast.officer).get(page("run-plots", run.ulid)).content.decode()


def test_the_result_book_is_for_the_whole_county_with_figures(world, sign_in):
    run = world.ran()
    assert sign_in(world.cast.analyst).get(page("run-book", run.ulid)).content[:2] == b"PK"
    for person in ("officer", "leader"):
        assert sign_in(getattr(world.cast, person)).get(page("run-book", run.ulid)).status_code == 403


def test_a_trial_is_started_as_a_job_and_marked(world, sign_in):
    world.land()
    world.data()
    client = sign_in(world.actor)
    assert client.post(page("run-start", world.cycle.ulid), {"kind": "trial"}).status_code == 302
    job = Job.objects.get(kind="evaluation.run")
    assert jobs.run_now(job).state == "done"
    (run,) = queries.runs(world.actor, world.cycle)
    assert "试算" in client.get(page("run", run.ulid)).content.decode()
    assert client.post(page("run-start", world.cycle.ulid), {"kind": "formal"}).status_code == 302
    assert Job.objects.filter(kind="evaluation.run").count() == 1


def test_two_runs_are_compared_with_their_movers(world, sign_in):
    first = world.ran()
    second = service.run_now(world.actor, world.fresh(), first.snapshot, kind="trial")
    found = sign_in(world.actor).get(page("compare-json"), {"before": first.ulid, "after": second.ulid}).json()
    assert found["n"]["both"] == 10 and found["movers"] == []
    seen = sign_in(world.cast.officer).get(page("compare-json"), {"before": first.ulid, "after": second.ulid}).json()
    assert seen["n"]["both"] == 5


@pytest.mark.parametrize("name", ["run", "notices", "leaders", "run-plots"])
def test_a_run_that_never_was_is_absent(world, sign_in, name):
    assert sign_in(world.actor).get(page(name, "0" * 26)).status_code == 404


def test_a_partial_scheme_shows_what_it_does_not_know(world, sign_in):
    client = sign_in(world.actor)
    rows = {row["id"]: row for row in client.get(page("schemes-json")).json()["rows"]}
    partial = next(row for row in rows.values() if row["unknown"])
    text = client.get(page("scheme", partial["id"], partial["version"])).content.decode()
    assert partial["unknown"][0] in text and "不掌握的条文" in text
    assert client.get(page("scheme", "nothing", "1")).status_code == 404
