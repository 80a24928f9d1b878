"""What-if: sums and first movers, nothing kept, only for who sees the county; a draft needs the right to edit policies."""

from __future__ import annotations

import threading

import pytest
from django.urls import reverse

from tenglong.apps.evaluation import warming
from tenglong.apps.evaluation.models import Result, Run
from tenglong.apps.policy.models import PolicyVersion
from tenglong.engine import kept


def page(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture
def snapshot(world):
    return world.frozen()


WIDER = {"cuts.all.A": "40", "cuts.all.B": "80"}


def test_wider_cuts_move_firms_up_and_nothing_is_kept(world, snapshot, sign_in):
    answer = sign_in(world.actor).post(page("whatif-run", snapshot.ulid), WIDER)
    found = answer.json()
    assert answer.status_code == 200 and found["watermark"] == "推演"
    assert found["n"]["better"] == 4 and found["n"]["worse"] == 0
    assert found["matrix"]["n"] == 10 and sum(link["value"] for link in found["sankey"]["links"]) == 10
    assert not Run.objects.exists() and not Result.objects.exists()


def test_the_page_works_without_script_and_the_fragment_with_it(world, snapshot, sign_in):
    client = sign_in(world.actor)
    assert "改几个数试试" in client.get(page("whatif", snapshot.ulid)).content.decode()
    whole = client.post(page("whatif", snapshot.ulid), WIDER).content.decode()
    assert "等级流向" in whole and 'value="40"' in whole and "<html" in whole
    part = client.post(page("whatif", snapshot.ulid), WIDER, headers={"HX-Request": "true"}).content.decode()
    assert "等级流向" in part and "<html" not in part


def test_opening_the_page_prepares_the_first_try_once(world, snapshot, sign_in, settings, monkeypatch):
    begun = []
    settings.WHATIF_WARM = True
    monkeypatch.setattr(warming, "work", lambda chosen, years: begun.append((chosen.sha256, list(years))))
    client = sign_in(world.actor)
    for _ in range(2):
        client.get(page("whatif", snapshot.ulid))
    for thread in threading.enumerate():
        if thread.name == "whatif-warm":
            thread.join()
    assert begun == [(snapshot.sha256, [])]


def test_a_try_after_the_preparation_writes_no_sql(world, snapshot, sign_in, monkeypatch):
    warming.work(snapshot, [])
    monkeypatch.setattr(kept, "_written", lambda *_args: pytest.fail("the text was there"))
    answer = sign_in(world.actor).post(page("whatif-run", snapshot.ulid), WIDER)
    assert answer.status_code == 200 and answer.json()["n"]["better"] == 4


def test_weights_that_do_not_sum_are_refused_with_an_offer(world, snapshot, sign_in):
    answer = sign_in(world.actor).post(page("whatif-run", snapshot.ulid), {"weights.all.tax_per_mu": "80"})
    assert answer.status_code == 400 and answer.json()["offer"]["all"]
    again = {"weights.all.tax_per_mu": "80", "rescale": "1"}
    assert sign_in(world.actor).post(page("whatif-run", snapshot.ulid), again).status_code == 200


@pytest.mark.parametrize("text", ["八十", "1e99", "NaN"])
def test_a_text_that_is_no_number_is_refused(world, snapshot, sign_in, text):
    assert sign_in(world.actor).post(page("whatif-run", snapshot.ulid), {"weights.all.tax_per_mu": text}).status_code == 400


def test_one_figure_changed_moves_the_firm_but_only_with_sensitive_view(world, snapshot, sign_in):
    form = {"override-key-0": world.firms[10].key, "override-measure-0": "tax_paid", "override-value-0": "5000"}
    found = sign_in(world.actor).post(page("whatif-run", snapshot.ulid), form).json()
    assert any(one["key"] == world.firms[10].key and one["to"] == "A" for one in found["movers"])
    assert sign_in(world.cast.leader).post(page("whatif-run", snapshot.ulid), form).status_code == 400


def test_reasons_hold_no_points_without_sensitive_view(world, snapshot, sign_in):
    form = {"weights.all.tax_per_mu": "10", "weights.all.revenue_per_mu": "90", **WIDER}
    seen = sign_in(world.cast.leader).post(page("whatif-run", snapshot.ulid), form).json()
    assert all(set(reason) == {"label"} for one in seen["movers"] for reason in one["reasons"])


def test_who_sees_one_town_or_one_firm_tries_nothing(world, snapshot, sign_in):
    for person in ("officer", "firm", "task_force", "auditor"):
        client = sign_in(getattr(world.cast, person))
        assert client.get(page("whatif", snapshot.ulid)).status_code == 403
        assert client.post(page("whatif-run", snapshot.ulid)).status_code == 403
    assert sign_in(world.actor).get(page("whatif", "0" * 26)).status_code == 404


def test_a_draft_is_saved_under_a_new_version_each_time(world, snapshot, sign_in):
    client = sign_in(world.cast.analyst)
    for _turn in range(2):
        assert client.post(page("whatif-save", snapshot.ulid), {**WIDER, "note": "放宽"}).status_code == 302
    kept = PolicyVersion.objects.filter(policy_id="test-county", state="draft")
    assert {row.version for row in kept} == {"1-draft-1", "1-draft-2"}
    assert sign_in(world.cast.leader).post(page("whatif-save", snapshot.ulid), WIDER).status_code == 403
