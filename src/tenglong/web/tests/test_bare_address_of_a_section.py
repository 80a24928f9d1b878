"""`/supply/` and the like: the part of an address above its pages leads somewhere for everybody."""

from typing import Any

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "section", "page"), [
    ("officer", "supply", "/supply/changes/"),
    ("officer", "renewal", "/renewal/findings/"),
    ("firm", "renewal", "/renewal/mine/"),
    ("firm", "supply", "/supply/mine/covenants/"),
])
def test_it_leads_to_the_first_page_one_may_open(cast: Any, sign_in: Any, role: str, section: str, page: str) -> None:
    client = sign_in(getattr(cast, role))
    assert client.get(f"/{section}/")["Location"] == page
    assert client.get(page).status_code == 200


def test_where_nothing_is_open_the_workbench_says_so(cast: Any, sign_in: Any) -> None:
    answer = sign_in(cast.firm).get("/system/", follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "“系统”一栏没有您能打开的页面" in answer.content.decode()


def test_a_word_that_is_no_section_is_not_found(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.officer)
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/projects/").status_code == 200  # its own page, not the section's


def test_a_stranger_logs_in_first(client: Any) -> None:
    assert client.get("/supply/")["Location"].startswith("/login/")
