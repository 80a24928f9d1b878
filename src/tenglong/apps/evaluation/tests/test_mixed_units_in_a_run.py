"""A cycle whose scheme evaluates a group beside its members: one result per firm, both of them told on its page."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.urls import reverse

from tenglong.apps.evaluation import queries, service
from tenglong.apps.policy.models import PolicyVersion


def test_each_member_has_one_line_of_results_and_a_page_with_both(world, cast):
    old = PolicyVersion.objects.get(policy_id="test-county")
    mixed = "joint: {allowed: true, mixed: both, takes: joint, counts: own, vetoes: any}"
    text = old.yaml_text.replace("joint: {allowed: true, mixed: none, vetoes: any}", mixed)
    text = text.replace('version: "1"', 'version: "2"')
    PolicyVersion.objects.create(kind="evaluation", policy_id="test-county", version="2", sha256="1" * 64, yaml_text=text,
                                 state="approved", valid_from=date(2024, 1, 1), approver=cast.leader)
    service.change_scheme(world.actor, world.fresh(), "test-county@2", reason="改为混合评价", lock_version=None)
    service.make_joint_unit(world.actor, world.fresh(), name="甲集团", enterprise_ids=[1, 10], valid_from=date(2024, 1, 1),
                            valid_to=date(2025, 1, 1), document=world.paper)
    run = world.ran()
    results = {row.enterprise_id: row for row in queries.results(world.actor, run)}
    assert sorted(results) == list(range(1, 11)) and results[1].rank == 1
    full = queries.full_row(world.actor, run, results[1].key)
    assert full.row["own_grade"] == "A" and abs(full.unit["x_tax_per_mu"] - (100 + 10) / 20) < 1e-5
    assert results[1].grade == results[10].grade == full.row["joint_grade"]
    client = Client()
    client.force_login(cast.county)
    told = client.get(reverse("evaluation:joint", args=[world.cycle.ulid])).content.decode()
    assert "单元另有一个合并结果；等级以合并评价的等级为准，成员各算一家计入排名总数" in told
    page = client.get(reverse("evaluation:result", args=[run.ulid, results[1].key])).content.decode()
    assert "单独和合并两个结果" in page and "以合并评价的等级为准" in page
