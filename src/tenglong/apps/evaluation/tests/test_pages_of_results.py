"""Runs, results and the explanation through the browser's door: every figure leads down, nobody sees what is not theirs."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tenglong.apps.evaluation import queries

TAXES = ("100", "90", "80", "70", "60", "50", "40", "30", "20", "10")


@pytest.fixture
def run(world):
    return world.ran()


def address(name, run, world, number, *more):
    return reverse(f"evaluation:{name}", args=[run.ulid, world.firms[number].key, *more])


def links(text):
    return [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', text)]


def test_an_officer_with_sensitive_view_reads_why_and_every_figure_leads_to_its_source(world, run, sign_in):
    client = sign_in(world.actor)
    answer = client.get(address("result", run, world, 10))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "为什么是 D" in text and "怎样可以升档" in text
    down = [link for link in links(text) if "/sources/" in link]
    assert {link.rsplit("/", 2)[1] for link in down} == {"tax_paid", "revenue", "land_mu"}
    for link in down:
        page = client.get(link)
        assert page.status_code == 200
        assert "数据编号" in page.content.decode() or "类别" in page.content.decode()


def test_a_source_page_names_fact_department_and_value(world, run, sign_in):
    text = sign_in(world.actor).get(address("source", run, world, 10, "tax_paid")).content.decode()
    assert "税务局" in text and ">10<" in text and "企业档案" in text


def test_a_column_without_a_source_is_absent(world, run, sign_in):
    assert sign_in(world.actor).get(address("source", run, world, 10, "nothing")).status_code == 404


@pytest.mark.parametrize("person", ["officer", "leader"])
def test_without_sensitive_view_no_figure_of_tax_stands_in_page_or_json(world, run, sign_in, person):
    client = sign_in(getattr(world.cast, person))
    page = client.get(address("result", run, world, 9)).content.decode()
    assert "***" in page and "怎样可以升档" not in page
    trace = client.get(address("result-json", run, world, 9)).json()
    assert trace["schema"] == "tenglong.trace-masked/1"
    assert {one["value"] for one in trace["indicators"]} == {"***"}
    source = client.get(address("source", run, world, 9, "tax_paid")).content.decode()
    assert ">20<" not in source and "***" in source
    for name in ("result-book", "result-print"):
        assert client.get(address(name, run, world, 9)).status_code == 403


def test_an_officer_of_another_town_finds_no_such_firm(world, run, sign_in):
    client = sign_in(world.cast.officer)
    for name in ("result", "result-json"):
        assert client.get(address(name, run, world, 10)).status_code == 404
    for name in ("result-book", "result-print"):  # whole files of figures need a right this role lacks, whatever the firm
        assert client.get(address(name, run, world, 10)).status_code == 403
    assert client.get(address("source", run, world, 10, "tax_paid")).status_code == 404


def test_the_owner_reads_its_own_page_after_release_and_nobody_elses(world, sign_in):
    run, _made = world.published()
    client = sign_in(world.cast.firm)
    text = client.get(address("own-result", run, world, 1)).content.decode()
    assert "为什么是 A" in text
    for link in {link for link in links(text) if "/sources/" in link}:
        assert client.get(link).status_code == 200
    assert ">100<" in client.get(address("own-source", run, world, 1, "tax_paid")).content.decode()
    assert client.get(address("own-result-json", run, world, 1)).json()["schema"] == "tenglong.trace/1"
    for name in ("own-result", "own-result-json", "own-result-book", "own-result-print"):
        assert client.get(address(name, run, world, 2)).status_code == 404
    assert client.get(address("own-source", run, world, 2, "tax_paid")).status_code == 404
    for name in ("result", "result-json"):
        assert client.get(address(name, run, world, 1)).status_code == 403


def test_before_the_release_the_firm_sees_nothing(world, run, sign_in):
    assert sign_in(world.cast.firm).get(address("own-result", run, world, 1)).status_code == 404


def test_trace_workbook_and_print_are_files(world, run, sign_in):
    client = sign_in(world.cast.analyst)
    book = client.get(address("result-book", run, world, 5))
    assert book.content[:2] == b"PK" and "attachment" in book["Content-Disposition"]
    assert client.get(address("result-print", run, world, 5)).content[:5] == b"%PDF-"


def test_the_list_holds_the_towns_of_the_reader_and_filters_by_grade(world, run, sign_in):
    text = sign_in(world.cast.officer).get(reverse("evaluation:results")).content.decode()
    assert "企业01" in text and "企业02" not in text
    rows = sign_in(world.actor).get(reverse("evaluation:results-json"), {"grade": "A", "run": run.ulid}).json()["rows"]
    assert {row["name"] for row in rows} == {row.name for row in queries.results(world.actor, run).filter(grade="A")}
    assert sign_in(world.actor).get(reverse("evaluation:results-json"), {"run": "nothing"}).json()["rows"] == []


def test_a_list_without_any_run_says_what_to_do(world, sign_in):
    assert "还没有评价结果" in sign_in(world.actor).get(reverse("evaluation:results")).content.decode()
