"""The doors around the pages: tokens, hosts, redirects, frames, caches, names of files, scripts and formulas in names."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

PASSWORD = "Bamboo-cage-9!"
EVIL = ("https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:alert(1)", "http:///evil.example")
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
DAY = date(2024, 1, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(cast: Any, sign_in: Any) -> Client:
    entered: Client = sign_in(cast.officer)
    return entered


@pytest.fixture
def plot(cast: Any) -> Any:
    """A plot whose every text would run, or be computed, where it is not escaped."""
    from tenglong.apps.registry import service
    from tenglong.apps.registry.models import Division

    Division.objects.create(code="330604001", name="百官街道", level="town", parent_code="330604", valid_from="2014-01-01")
    return service.create_plot(
        cast.officer,
        {"name": SCRIPT, "address": '=HYPERLINK("http://evil.example","x")', "survey_number": "@SUM(1)"},
        on=DAY,
        town="330604001",
    )


def log_in(client: Client, query: str = "") -> Any:
    return client.post(f"/login/{query}", {"username": "officer", "password": PASSWORD})


@pytest.mark.parametrize(
    "address", ["/list/filters/", "/plots/export/", "/logout/", "/language/", "/plots/new/", "/survey/upload/", "/login/"]
)
def test_a_post_without_its_token_is_refused(cast: Any, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer, backend="tenglong.apps.accounts.backend.AccountBackend")
    assert client.post(address, {"name": "x", "page": "plots", "query": "?a=1"}).status_code == 403


def test_no_view_is_exempt_from_the_token() -> None:
    from django.urls import get_resolver

    def views(patterns: Any) -> Any:
        for one in patterns:
            yield from views(one.url_patterns) if hasattr(one, "url_patterns") else [one.callback]

    found = list(views(get_resolver().url_patterns))
    assert len(found) > 80
    assert [view for view in found if getattr(view, "csrf_exempt", False)] == []


@pytest.mark.parametrize("target", EVIL)
def test_nobody_is_sent_off_this_host(cast: Any, officer: Client, target: str) -> None:
    for address in ("/language/", "/list/filters/", "/list/columns/"):
        answer = officer.post(address, {"next": target, "language": "en", "page": "plots", "name": "x", "query": "?a=1"})
        assert (answer.status_code, answer["Location"]) == (302, "/")
    answer = Client().post("/login/", {"username": "officer", "password": PASSWORD, "next": target})
    assert answer.status_code == 302 and "evil" not in answer["Location"] and "script" not in answer["Location"]


def test_a_forged_host_is_refused(cast: Any) -> None:
    assert Client().get("/login/", headers={"host": "evil.example"}).status_code == 400
    answer = Client().get("/plots/", headers={"x-forwarded-host": "evil.example"})
    assert answer.status_code == 302 and "evil" not in answer["Location"]


@pytest.mark.parametrize("address", ["/", "/plots/", "/map/", "/login/", "/nowhere/", "/users/"])
def test_no_page_may_be_framed_or_guessed_at(officer: Client, address: str) -> None:
    head = officer.get(address).headers
    assert head["X-Frame-Options"] == "DENY"
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Referrer-Policy"] == "same-origin"
    policy = head["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "default-src 'self'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    "address", ["/", "/plots/", "/plots.json", "/map/", "/me/", "/search.json?q=1", "/tiles/plots/10/855/421.pbf"]
)
def test_a_private_answer_is_kept_by_no_shared_cache(officer: Client, address: str) -> None:
    answer = officer.get(address)
    assert answer.status_code == 200
    assert {"private", "no-store"} & set(re.split(r",\s*", answer.headers.get("Cache-Control", "")))


def test_the_back_button_shows_nothing_after_logging_out(officer: Client) -> None:
    """What a browser may not store, it cannot show again to the next person at the counter."""
    assert "no-store" in officer.get("/plots/")["Cache-Control"]


def test_logging_in_changes_the_session_key_and_logging_out_ends_it(cast: Any) -> None:
    client = Client()
    session = client.session
    session["planted"] = "1"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    log_in(client)
    assert client.cookies["sessionid"].value != planted
    assert client.cookies["sessionid"]["httponly"] and client.cookies["sessionid"]["samesite"] == "Lax"
    old = Client()
    old.cookies["sessionid"] = planted
    assert old.get("/plots/").status_code == 302
    kept = client.cookies["sessionid"].value
    assert client.get("/plots/").status_code == 200
    client.post("/logout/")
    old.cookies["sessionid"] = kept
    assert old.get("/plots/").status_code == 302


def test_names_are_text_wherever_they_are_shown(cast: Any, officer: Client, plot: Any) -> None:
    ulid = plot.plot.ulid
    pages = [
        "/plots/",
        f"/plots/{ulid}/",
        f"/plots/{ulid}/?print=1",
        f"/plots/{ulid}/edit/",
        "/search/?q=script",
        "/",
        "/map/?plain=1",
        f"/map/side/{ulid}/",
        f"/plots/merge/?pick={ulid}",
        f"/map/?plot={ulid}",
        "/plots/?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/plots/?town=%22%3E%3Cscript%3Ealert(1)",
        "/search/?q=%22%3E%3Cscript%3Ealert(1)",
    ]
    for page in pages:
        answer = officer.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text, page


def test_data_is_sent_as_data(officer: Client, plot: Any) -> None:
    """A browser must not read a twin as a page."""
    for address in ("/plots.json", f"/plots/{plot.plot.ulid}.json", "/search.json?q=script"):
        assert officer.get(address)["Content-Type"].startswith("application/json")


def test_an_export_holds_no_live_formula(officer: Client, cast: Any, plot: Any) -> None:
    officer.post("/list/columns/", {"page": "plots", "column": ["code", "name", "survey_number", "address"]})
    answer = officer.post("/plots/export/", {"form": "xlsx", "recipient": "=1+1", "purpose": "+cmd|' /C calc'!A0"})
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {'=HYPERLINK("http://evil.example","x")', "@SUM(1)", "=1+1"} <= {cell.value for cell in cells}
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "..\\..\\windows\\x.pdf", '坏"; filename="x.html\r\nX-Evil: 1.pdf', "a\x00b.pdf"]
)
def test_the_name_of_a_file_is_only_a_name(cast: Any, officer: Client, plot: Any, name: str, settings: Any) -> None:
    from tenglong.apps.registry import service

    document = service.add_document(
        cast.officer, name, b"%PDF-1.4 x", kind="agreement", subject_type="plot", subject_id=plot.plot_id
    )
    assert "/" not in document.name and "\\" not in document.name and "\x00" not in document.name
    assert service.document_path(document).resolve().is_relative_to(settings.TENGLONG_HOME / "files")
    answer = officer.get(reverse("registry:document", args=[document.ulid]))
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert "X-Evil" not in answer.headers and "\n" not in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/octet-stream"


def test_a_page_disguised_as_a_document_is_not_taken(officer: Client, plot: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tenglong.apps.registry.models import SourceDocument

    for name, content in (("x.html", b"<script>"), ("x.pdf", b"<html><script>"), ("x.svg", b"<svg onload=alert(1)>")):
        officer.post(f"/documents/add/plot/{plot.plot.ulid}/", {"kind": "agreement", "file": SimpleUploadedFile(name, content)})
    assert not SourceDocument.objects.exists()


@pytest.mark.parametrize("name", ["../../x.csv", "..\\x.csv", 'a"; x=".csv'])
def test_an_uploaded_survey_stays_below_the_home(cast: Any, name: str, settings: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tenglong.apps.survey import intake, service

    file = SimpleUploadedFile("x.csv", "摸排编号\n1\n".encode())
    file._name = name  # as a client sends it, past the cleaning of the upload class
    batch = service.upload(cast.officer, "plots", file)
    assert intake.file_of(batch).resolve().is_relative_to(settings.TENGLONG_HOME / "files")
    assert "/" not in batch.file_name and "\\" not in batch.file_name


@pytest.mark.parametrize(
    "address",
    [
        "/plots/%00/",
        "/plots/' or 1=1--/",
        "/c/' union select 1",
        "/plots.json?after=999999999999999999999",
        "/plots/?page=9999999999&size=-1",
        "/map/pick.json?box=nan,nan,nan,nan",
        "/map/pick.json?box=1e999,0,1,1",
        "/tiles/plots/99/1/1.pbf",
        "/tiles/plots/3/99/99.pbf",
        "/tiles/secrets/3/1/1.pbf",
        "/tiles/plots/99999999999999999999/1/1.pbf",
        "/plots/?area_min=NaN",
        "/plots/?area_min=1e999",
        "/plots/?area_min=999999999999999999999",
        "/audit/99999999999999999999/",
        "/search/?q=%00",
        "/search.json?q=%25%25%25",
        "/plots/?q=%00",
        "/plots/?town=%00",
        "/survey/?state=%00",
        "/plots/?registered_on_min=0000-00-00",
        "/plots/?on=9999-99-99",
        "/plots/?on=0001-01-01",
    ],
)
def test_a_broken_address_gets_an_answer_not_a_fault(officer: Client, address: str) -> None:
    officer.raise_request_exception = False
    assert officer.get(address).status_code < 500
