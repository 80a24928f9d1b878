"""Every file and JSON of the evaluation is opened: grades stand in the publication (name, code, grade), in files of the office
for its own firms, and in a firm's own; nowhere else, and to nobody else. There is no file for banks or credit lists."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from datetime import date

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Adjustment, Appeal, Delivery, Sheet
from tenglong.apps.evaluation.urls import urlpatterns
from tenglong.apps.policy.models import PolicyVersion
from tenglong.web import access

#: half a thousand pages: once in `make test`, not in `make check`
pytestmark = pytest.mark.slow
#: names that stand in no other word
GRADES = {"A": "GQA", "B": "GQB", "C": "GQC", "D": "GQD"}
PUBLISHED = {"publication-json", "publication-file", "publication-csv", "publication-docx", "publication-print"}
#: for the office, of the firms in its scope
OFFICE = {
    "results-json", "results-export", "result-json", "result-book", "result-print", "run-json", "run-book", "cycle-json",
    "adjustments-year-json", "compare-json", "whatif-run", "minutes", "appeal-letter", "statements-json",
}
OWN = {"own-result-json", "own-result-book", "own-result-print", "own-answers-json", "own-appeal-letter"}
OFFICE_VERBS = {"evaluation.view", "evaluation.manage", "evaluation.appeal", "evaluation.publish", "evaluation.whatif"}
FILE = re.compile(r"\.(json|xlsx|csv|docx|pdf|jpg|zip)$|export/$|receipt/<")


def routes():
    return {one.name: one for one in urlpatterns if FILE.search(str(one.pattern)) or "export" in one.name}


@pytest.fixture
def county(world, cast):
    """Published, appealed, adjusted."""
    old = PolicyVersion.objects.get(policy_id="test-county")
    text = old.yaml_text.replace('version: "1"', 'version: "2"')
    for line in re.findall(r"^.*(?:order: \[|cuts: \{|effect: \{bars).*$", text, re.M):
        text = text.replace(line, re.sub(r"\b[ABCD]\b", lambda found: GRADES[found[0]], line))
    PolicyVersion.objects.create(kind="evaluation", policy_id="test-county", version="2", sha256="1" * 64, yaml_text=text,
                                 state="approved", valid_from=date(2024, 1, 1), approver=cast.leader)
    service.change_scheme(world.actor, world.fresh(), "test-county@2", reason="等级换名", lock_version=None)
    run, made = world.published()
    appeal = service.file_appeal(cast.firm, run, 1, text="不服", ground="grade")
    service.reply_appeal(world.actor, appeal, outcome="rejected", reply="经核实，维持原等级。", verification=world.paper)
    world.candidates = {
        "ulid": [world.cycle.ulid, run.ulid, made.ulid, run.snapshot.ulid, appeal.ulid,
                 *Sheet.objects.filter(enterprise_id=1).values_list("ulid", flat=True)[:1],
                 *Delivery.objects.values_list("ulid", flat=True)[:1], *Adjustment.objects.values_list("ulid", flat=True)[:1]],
        "key": [world.firms[1].key, world.firms[2].key], "number": [1], "job": [run.ulid], "pk": [1],
    }
    world.run = run
    assert Appeal.objects.count() == 1
    return world


def addresses(world, route):
    names = re.findall(r"<\w+:(\w+)>", str(route.pattern))
    for values in itertools.product(*(world.candidates[name] for name in names)):
        yield reverse(f"evaluation:{route.name}", kwargs=dict(zip(names, values, strict=True)))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def opened(client, address):
    """Text of the answer; empty when it is refused."""
    form = {"form": "csv", "recipient": "档案室", "purpose": "存档"}
    write = "export/" in address or address.endswith("run.json")
    answer = client.post(address, form) if write else client.get(address)
    if answer.status_code != 200:
        return ""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        held = zipfile.ZipFile(io.BytesIO(body))
        return "".join(held.read(name).decode("utf-8", "replace") for name in held.namelist())
    if body[:4] == b"%PDF":
        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))
    return body.decode("utf-8", "replace")


def graded(text):
    return any(grade in text for grade in GRADES.values())


def test_grades_leave_only_in_the_publication_and_to_the_office_and_the_firm_concerned(county, cast):
    office, town, firm = (signed_in(user) for user in (county.actor, cast.officer, cast.firm))
    names = {number: f"企业{number:02d}" for number in county.firms}
    carrying, leaks = set(), []
    for name, route in routes().items():
        for address in addresses(county, route):
            texts = {"office": opened(office, address), "town": opened(town, address), "firm": opened(firm, address)}
            if any(graded(text) for text in texts.values()):
                carrying.add(name)
            if name in PUBLISHED:
                continue
            elsewhere = [names[number] for number in names if number % 2 == 0 and graded(texts["town"])]
            leaks += [(name, "town", one) for one in elsewhere if one in texts["town"]]
            leaks += [(name, "firm", one) for number, one in names.items() if number != 1 and one in texts["firm"]]
            if graded(texts["firm"]) and name not in OWN:
                leaks.append((name, "firm", "grade"))
    assert carrying <= PUBLISHED | OFFICE | OWN, carrying - PUBLISHED - OFFICE - OWN
    assert {"publication-csv", "publication-print", "results-json", "run-book", "own-result-print"} <= carrying
    assert leaks == []


def test_files_with_grades_need_a_verb_of_the_office_and_the_list_has_three_columns(county, client):
    verbs = access.registered()
    for name in OFFICE | PUBLISHED:
        assert verbs[f"evaluation:{name}"] in ("export.make", *OFFICE_VERBS), name
    assert all(verbs[f"evaluation:{name}"] == "evaluation.own" for name in OWN)
    assert not [name for name in routes() if re.search("bank|credit|black|loan", name)]
    office = signed_in(county.actor)
    (address,) = [one for one in addresses(county, routes()["publication-csv"]) if opened(office, one)]
    rows = list(csv.reader(io.StringIO(opened(office, address).lstrip("\ufeff"))))
    table = [row for row in rows if len(row) > 1]
    assert table[0] == ["企业名称", "统一社会信用代码", "评价等级"] and {len(row) for row in table} == {3}
    assert len(table) == 1 + queries.results(county.actor, county.run).exclude(grade="").count()
    assert not any(opened(client, one) for name in OFFICE | PUBLISHED for one in addresses(county, routes()[name]))
