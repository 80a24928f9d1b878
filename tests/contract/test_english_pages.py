"""Every page speaks English when asked to: what is left of Chinese in it are the data of the register."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db.models import CharField, JSONField, TextField
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils import translation

from tenglong.settings.home import prepare

HERE = Path(__file__).parent
HAN = re.compile(r"[㐀-鿿豈-﫿]+")
#: what the address asks for comes back in the page
ASKED = {"机密", "公司"}
#: words that stay Chinese in an English page: the name of the other language
ALLOWED = {"中文", "简体中文"}
#: document numbers are written as in the documents themselves
NUMBER = re.compile(r"督〔\d{4}〕\d+号")
#: marking one of these as Chinese hides nothing: the rest of the page is to be read
WHOLE = {"html", "head", "body", "main", "meta", "input", "img", "br"}
SILENT = {"value", "href", "src", "class", "id", "name", "action", "data-href", "data-draft", "content"}
ROLES = ("county_admin", "town_officer", "system_admin", "security_admin", "auditor", "enterprise", "nobody", "anonymous")


def beside(name: str) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, HERE / f"{name}.py")
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


class Words(HTMLParser):
    """Texts of a page: between the tags, and in the attributes that people see or hear; none of what is marked as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []
        self.marked, self.depth = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth or (tag not in WHOLE and ("lang", "zh-Hans") in attrs):
            self.marked = self.marked if self.depth else tag
            self.depth += tag == self.marked
            return
        self.inside.append(tag)
        shown = [text for name, text in attrs if text and (name not in SILENT or (tag == "button" and name == "value"))]
        self.found += shown

    def handle_endtag(self, tag: str) -> None:
        if self.depth:
            self.depth -= tag == self.marked

    def handle_data(self, data: str) -> None:
        if not self.depth and self.inside[-1:] != ["style"]:
            self.found.append(data.strip())


def chinese(page: str, data: Iterable[str] = ()) -> list[str]:
    """Chinese texts of a page that are neither data nor the name of the language."""
    reader = Words()
    reader.feed(page)
    known = frozenset(data)
    return [text for text in dict.fromkeys(reader.found) if HAN.search(text) and _left(text, known)]


@lru_cache(maxsize=100_000)
def _left(text: str, known: frozenset[str]) -> bool:
    """Most texts stand on hundreds of pages."""
    text = NUMBER.sub("", "" if text in known else text)
    for one in _longest_first(known):
        text = text.replace(one, "")
    return any(word not in ALLOWED for word in HAN.findall(text))


@lru_cache(maxsize=4)
def _longest_first(known: frozenset[str]) -> list[str]:
    return sorted(known, key=len, reverse=True)


def texts_of_the_database() -> set[str]:
    """Every Chinese text that a row holds, those inside JSON too."""
    found: set[str] = set()
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, CharField | TextField | JSONField)]
        for row in model._default_manager.values_list(*names) if names else ():
            found |= {text.strip() for value in row for whole in _leaves(value) for text in (whole, *whole.splitlines())}
    return {text for text in found if HAN.search(text)}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)


def in_english(client: Client) -> Client:
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture(autouse=True)
def _language_of_the_others() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test is not to find it."""
    with translation.override(None):
        yield


@pytest.mark.slow
class TestPagesInEnglish(TestCase):
    """The towns of the URL contract, read in English by every kind of role."""

    world: Any
    home: Path

    @classmethod
    def setUpClass(cls) -> None:  # noqa: N802
        cls.home = prepare(Path(tempfile.mkdtemp(prefix="tenglong-english-")))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:  # noqa: N802
        with override_settings(TENGLONG_HOME=cls.home), mock.patch.dict(os.environ, TENGLONG_HOME=str(cls.home)):
            cls.world = beside("url_world").build()
            beside("test_urls_by_role")._addressable(cls.world)

    @pytest.fixture(autouse=True)
    def _same_home(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.TENGLONG_HOME = self.home
        monkeypatch.setenv("TENGLONG_HOME", str(self.home))

    def test_no_page_of_any_role_holds_chinese_words_of_the_program(self) -> None:
        data, faults, asked = frozenset(texts_of_the_database() | ASKED), [], 0
        for role in ROLES:
            client = in_english(beside("url_world").entered(self.world.user(role), raise_request_exception=False))
            for address in self._addresses(role):
                answer = client.get(address)
                if answer.headers.get("Content-Type", "").startswith("text/html"):
                    asked += 1
                    faults += [f"{role} {address}: {text}" for text in chinese(answer.content.decode(), data)]
        assert faults == [], "\n".join(faults)
        assert asked > 200

    def _addresses(self, role: str) -> Iterator[str]:
        """Pages that open for the role, and one that does not: a refusal is the same page everywhere."""
        cases, town, may = beside("url_cases"), self.world.towns["百官"], beside("test_urls_by_role").may
        refused = False
        for name, several in cases.CASES.items():
            for case in several:
                opens = may(name, case, role)
                if opens or not refused:
                    refused = refused or not opens
                    for query in case.queries if case.get else ():
                        yield reverse(name, kwargs=cases.filled(case.parts, town.ids)) + cases.filled(query, town.ids)


#: pages of a register that is still empty, by who opens them
EMPTY = {
    "county": (
        "web:workbench", "registry:plots", "registry:enterprises", "registry:parcels", "registry:buildings",
        "registry:occupancies", "registry:map", "survey:batches", "survey:upload", "survey:issues", "web:figures",
        "policy:list", "jobs:list",
    ),
    "system_admin": ("accounts:users", "accounts:departments", "accounts:roles", "accounts:new-user"),
    "auditor": ("audit:list",),
}


@pytest.mark.parametrize(("person", "name"), [(who, name) for who, names in EMPTY.items() for name in names])
def test_pages_of_an_empty_register_are_english(cast: Any, person: str, name: str) -> None:
    client = in_english(Client())
    client.force_login(getattr(cast, person), backend="tenglong.apps.accounts.backend.AccountBackend")
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert chinese(answer.content.decode(), texts_of_the_database()) == []


def test_what_is_refused_or_missing_is_told_in_english(cast: Any) -> None:
    client = in_english(Client())
    client.force_login(cast.firm, backend="tenglong.apps.accounts.backend.AccountBackend")
    told = {403: client.get("/survey/upload/"), 404: client.get("/plots/01J00000000000000000000000/")}
    assert {status: answer.status_code for status, answer in told.items()} == {403: 403, 404: 404}
    assert [chinese(answer.content.decode(), texts_of_the_database()) for answer in told.values()] == [[], []]


def test_the_log_in_page_and_its_refusal_are_english(db: None) -> None:
    client = in_english(Client())
    pages = [client.get("/login/"), client.post("/login/", {"username": "nobody", "password": "wrong"})]
    assert [chinese(page.content.decode()) for page in pages] == [[], []]


def test_the_watch_notices_a_chinese_word() -> None:
    page = '<p title="提示">Plots</p><button value="x">保存</button><p>百官街道</p><a>中文</a>'
    assert chinese(page, {"百官街道"}) == ["提示", "保存"]


def test_the_watch_passes_over_what_is_marked_as_chinese_and_nothing_more() -> None:
    marked = '<div lang="zh-Hans" title="二"><div>三<br></div>四</div>'
    page = f'<html lang="zh-Hans"><p>一</p>{marked}<td><span lang="zh-Hans">五</span>六</td>'
    assert chinese(page) == ["一", "六"]
