"""Every address × every role: who gets in, what stands in the answer, and that a refused request writes nothing."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from django.db.models import Q
from django.test import TestCase, override_settings
from django.urls import reverse

from tenglong.apps.accounts import scope
from tenglong.settings.home import prepare

ROOT = Path(__file__).parents[2]


def beside(path: Path) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    name = f"tenglong_contract_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


url_world = beside(Path(__file__).with_name("url_world.py"))
url_cases = beside(Path(__file__).with_name("url_cases.py"))
access_table = beside(ROOT / "scripts" / "access_table.py")
ROLES, HERE, THERE = url_world.ROLES, url_world.HERE, url_world.THERE
#: the forms that give an office, or a person, towns and zones
FORMS_OF_OFFICES = {"accounts:departments", "accounts:new-department", "accounts:department", "accounts:grant", "accounts:user"}
#: role in the cast → role in the table
TABLE_ROLE = {"stranger": "town_officer", "anonymous": "", "nobody": "no-role"}


def _addressable(world: Any) -> None:
    """Ids that belong to no town, and the tile that holds each town's land."""
    from tenglong.apps.accounts.models import RoleGrant, UserSession
    from tenglong.apps.audit.models import AuditEntry

    for town in world.towns.values():
        person = world.people["town_officer" if town.name == HERE else "stranger"]
        session = UserSession.objects.filter(user=person).first()
        x0 = town.west + 0.0025
        town.ids |= {
            "code": town.code,
            "person": person.ulid,
            "grant": RoleGrant.objects.get(user=person).pk,
            "office": person.department.ulid,
            "seq": AuditEntry.objects.filter(subject_type="plot").values_list("seq", flat=True)[0],
            "policy": world.people["policy"],
            "session": session.pk if session else 1,
            "cut": f"[[{x0},29.99],[{x0},30.01]]",
        }
        town.ids |= {
            f"{axis}{z}": at
            for z in (9, 14, 16)
            for axis, at in zip("xy", tile_of(town.west + 0.0025, 30.0005, z), strict=True)
        }


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    from math import asinh, pi, radians, tan

    return int((lon + 180) / 360 * 2**z), int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z)


def may(name: str, case: Any, role: str) -> bool:
    """By the table, and by the verbs that the view asks for besides."""
    from tenglong.apps.accounts.roles import ROLE_VERBS

    word = access_table.cell(name, TABLE_ROLE.get(role, role))
    return word != access_table.REFUSED and set(case.also) <= ROLE_VERBS.get(TABLE_ROLE.get(role, role), frozenset())


def requests(name: str, case: Any, town: Any, bound: bool) -> Iterator[tuple[str, str]]:
    """`bound`: the role sees some rows but not all; only then the parameters of a page can leak."""
    address = reverse(name, kwargs=url_cases.filled(case.parts, town.ids))
    methods = (["GET"] if case.get else []) + (["POST"] if case.post is not None else [])
    for method in methods:
        for query in case.queries if bound and (method == "GET" or not case.get) else case.queries[:1]:
            if town.name == THERE or case.of or "{" in query or case.parts:  # else the town makes no difference
                yield method, address + url_cases.filled(query, town.ids)


def ask(client: Any, method: str, address: str, name: str, case: Any, town: Any) -> Any:
    if method == "GET":
        return client.get(address)
    if case.body:
        return client.generic("POST", address, url_cases.filled(case.body, town.ids).encode(), "application/json")
    data = url_cases.filled(case.post, town.ids)
    return client.post(address, {**data, case.upload: url_cases.a_file(name)} if case.upload else data)


def reaches(world: Any, role: str, case: Any, town: str) -> bool:
    """Whether the object of the case is there for the role."""
    if not case.of:
        return True
    if case.owner:
        return role == ("town_officer" if town == HERE else "stranger")
    if case.of == "shared":
        return role in (*url_world.WHOLE_COUNTY, *url_world.TOWN_OF)
    return bool(world.sees(role, {"issue": "batch"}.get(case.of, case.of), town))


def wrong_status(world: Any, role: str, name: str, case: Any, town: str, method: str, answer: Any) -> str:
    """What the status should have been, "" when it is right."""
    status, public = answer.status_code, access_table.cell(name, "") == access_table.OPEN
    if status >= 500:
        return "不应出错"
    if public:
        return "" if status in (200, 302) else "公开"
    if role == "anonymous":
        to_login = status == 302 and str(answer["Location"]).startswith("/login/")
        return "" if status == 401 or to_login else "去登录"
    if not may(name, case, role):
        return "" if status == 403 else "403"
    if not reaches(world, role, case, town) and not case.drops:
        return "" if status == 404 else "404"
    if reaches(world, role, case, town) and method == "GET" and "on=" not in str(answer.request["QUERY_STRING"]):
        return (
            ""
            if status in (200, 204, 302, 304)
            or (status == 400 and "bad" in answer.request["QUERY_STRING"])
            or (status == 400 and "by=" in answer.request["QUERY_STRING"])
            else "打开"
        )
    return "" if status not in (401, 403) else "不应拒绝"


def leaked(world: Any, role: str, name: str, address: str, answer: Any) -> set[str]:
    """Forbidden words in the answer; what the request itself said may be echoed."""
    if role == "system_admin" and name.startswith("jobs:"):
        return set()  # runs the machine: sees every job's file name and log, none of its rows
    text = url_world.spoken(answer)
    told = {word for word in world.forbidden(role) if word in text and word not in address}
    if role in ("system_admin", "security_admin") and name in FORMS_OF_OFFICES:
        told -= {word for word in told if word.endswith("园区")}  # whoever says which zones an office has picks them by name
    return told


def test_every_address_has_a_name_a_verb_and_a_case() -> None:
    from tenglong.web import access

    found = list(url_cases.names())
    assert len(found) > 80
    assert [pattern for name, pattern in found if not name] == []
    assert sorted({name for name, _ in found if access.verb_of(name) is None}) == []
    assert sorted({name for name, _ in found} - set(url_cases.CASES)) == []
    assert sorted(set(url_cases.CASES) - {name for name, _ in found}) == []


def test_registered_verbs_are_known_words() -> None:
    from tenglong.apps.accounts.roles import PUBLIC, SIGNED_IN, VERBS
    from tenglong.web import access

    assert sorted(set(access.registered().values()) - {PUBLIC, SIGNED_IN, *VERBS}) == []


def test_only_the_log_in_page_and_the_language_are_open_to_everybody() -> None:
    from tenglong.apps.accounts.roles import PUBLIC
    from tenglong.web import access

    assert {name for name, verb in access.registered().items() if verb == PUBLIC} == {"accounts:login", "web:language"}


@pytest.mark.slow
class TestEveryAddress(TestCase):
    """One world for all roles; every test, and every request in it, works in a savepoint of its own."""

    world: Any
    home: Path

    @classmethod
    def setUpClass(cls) -> None:  # noqa: N802
        cls.home = prepare(Path(tempfile.mkdtemp(prefix="tenglong-urls-")))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:  # noqa: N802
        with override_settings(TENGLONG_HOME=cls.home), mock.patch.dict(os.environ, TENGLONG_HOME=str(cls.home)):
            cls.world = url_world.build()
            _addressable(cls.world)

    @pytest.fixture(autouse=True)
    def _same_home(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.TENGLONG_HOME = self.home
        monkeypatch.setenv("TENGLONG_HOME", str(self.home))

    def test_an_address_that_only_changes_refuses_get(self) -> None:
        """A link or an image must not press a button."""
        from tenglong.web import access

        people, got = self.world.people, {}
        for name, cases in url_cases.CASES.items():
            role = {"audit": "auditor", "accounts": "security_admin"}.get(name.partition(":")[0], "county_admin")
            role = "enterprise" if str(access.verb_of(name)).endswith(".own") else role
            for case in cases:
                if not case.get:
                    address = reverse(name, kwargs=url_cases.filled(case.parts, self.world.towns[HERE].ids))
                    got[name] = url_world.entered(people[role]).get(address).status_code
        assert {name: status for name, status in got.items() if status != 405} == {}
        assert len(got) > 20

    def test_no_word_that_must_not_be_seen_could_stand_in_a_page_by_chance(self) -> None:
        """A time such as 01:57:29.88 is nobody's secret: what is looked for is long, or marked in Chinese."""
        words = set().union(*(self.world.forbidden(role) for role in ROLES))
        assert {word for word in words if word.isascii() and len(word) < 9} == set()
        assert len(words) > 100

    def test_a_rule_that_forgets_the_town_is_noticed(self) -> None:
        """The watch itself: with the rule of plots gone, page, twin, workbook, GeoPackage, tile and search are all found out."""  # noqa: E501
        client, town = url_world.entered(self.world.people["stranger"]), self.world.towns[HERE]
        with mock.patch.dict(scope._rules, {"registry.plotversion": lambda scope: Q()}):
            for name in (
                "registry:plots",
                "registry:plots-json",
                "registry:plots-export",
                "registry:suggest",
                "registry:plot",
                "tiles:tile",
            ):
                for case in url_cases.CASES[name][:2]:
                    method = "GET" if case.get else "POST"
                    address = reverse(name, kwargs=url_cases.filled(case.parts, town.ids)) + url_cases.filled(
                        case.queries[0], town.ids
                    )
                    assert leaked(self.world, "stranger", name, address, ask(client, method, address, name, case, town)), (
                        address
                    )

    def _every_address_as(self, role: str) -> None:
        self.client = url_world.entered(self.world.user(role), raise_request_exception=False)
        self.cookie = self.client.cookies.output(header="", sep=";")
        before, faults, asked = url_world.fingerprint(), [], 0
        bound = role in ("enterprise", *url_world.TOWN_OF)
        for name, cases in url_cases.CASES.items():
            for case in cases:
                for town in self.world.towns.values():
                    for method, address in requests(name, case, town, bound and may(name, case, role)):
                        asked += 1
                        faults += [
                            f"{method} {address}: {fault}" for fault in self._ask(role, name, case, town, method, address)
                        ]
        assert faults == [], f"{len(faults)} of {asked}\n" + "\n".join(faults)
        assert asked > 150
        assert url_world.fingerprint() == before

    def _ask(self, role: str, name: str, case: Any, town: Any, method: str, address: str) -> Iterator[str]:
        """What is wrong with the answer."""
        with url_world.undone() if method == "POST" else contextlib.nullcontext(), url_world.watched() as written:
            answer = ask(self.client, method, address, name, case, town)
        words = leaked(self.world, role, name, address, answer)
        self.client.cookies = SimpleCookie(self.cookie)  # the session that a log-out ended is back in the database
        if wrong := wrong_status(self.world, role, name, case, town.name, method, answer):
            yield f"{answer.status_code}，应当{wrong}"
        if words:
            yield f"泄露 {sorted(words)[:4]}"
        refused = answer.status_code in (401, 403, 404, 405) or "/login/" in answer.headers.get("Location", "")
        beyond = case.of and method == "POST" and not reaches(self.world, role, case, town.name)
        if written and (refused or beyond) and not name.startswith("accounts:log"):
            yield f"拒绝了却写了 {sorted(set(written))}"


def _as(role: str) -> Any:
    def test(self: TestEveryAddress) -> None:
        self._every_address_as(role)

    test.__doc__ = f"Status by verb and scope, nothing of another town, no private value without the verb, no write: {role}."
    return test


for _role in ROLES:
    setattr(TestEveryAddress, f"test_every_address_answers_{_role}_as_the_table_says", _as(_role))


def test_the_page_for_operators_is_current() -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "access_table.py")], capture_output=True, text=True, check=True
    )
    assert access_table.PAGE.read_text(encoding="utf-8") == made.stdout, "请运行 python scripts/access_table.py --write"
