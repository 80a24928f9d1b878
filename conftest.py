"""The cast of every test: three towns, their offices, and one person of each role."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import absl.logging
import hypothesis
import pytest

if TYPE_CHECKING:
    from tenglong.apps.accounts.models import Department, User

# a busy machine is slow, not wrong: time is measured by benches, never by property tests
hypothesis.settings.register_profile("house", deadline=None)
# where the same tests run once more, on another database or the other way round, the search for examples was made before
hypothesis.settings.register_profile("few", deadline=None, max_examples=10)
hypothesis.settings.load_profile("few" if os.environ.get("TENGLONG_TEST_EXAMPLES") == "few" else "house")

# the solver's log handler closes its stream when logging is set up anew, and that would be pytest's own
absl.logging.get_absl_handler().python_handler.stream = sys.__stderr__

COUNTY = "330604"  # 上虞区
TOWN = "330604001"  # 百官街道
OTHER_TOWN = "330604002"  # 曹娥街道
PASSWORD = "Bamboo-cage-9!"  # noqa: S105


@dataclass(frozen=True)
class Cast:
    """`officer` works in TOWN, `stranger` in OTHER_TOWN; `enterprise_id` 1 belongs to `firm`."""

    county: User  # 县级管理员
    officer: User  # 镇街经办
    stranger: User  # 外镇经办
    firm: User  # 企业用户
    auditor: User  # 审计员
    system_admin: User
    security_admin: User
    leader: User
    analyst: User
    task_force: User
    nobody: User  # no role at all
    county_office: Department
    town_office: Department
    other_office: Department

    def people(self) -> dict[str, User]:
        """Role word → user, for tests that walk all of them."""
        names = ("county", "officer", "stranger", "firm", "auditor", "system_admin", "security_admin", "leader", "analyst",
                 "task_force", "nobody")
        return {name: getattr(self, name) for name in names}


@pytest.fixture
def cast(db: None) -> Cast:
    from tenglong.apps.accounts.models import Department

    county = Department.objects.create(name="经信局", divisions=[COUNTY])
    town = Department.objects.create(name="百官街道办事处", parent=county, divisions=[TOWN])
    other = Department.objects.create(name="曹娥街道办事处", parent=county, divisions=[OTHER_TOWN])
    return Cast(
        county=make_user("county", "县级管理员", county, "county_admin"),
        officer=make_user("officer", "镇街经办", town, "town_officer"),
        stranger=make_user("stranger", "外镇经办", other, "town_officer"),
        firm=make_user("firm", "企业用户", None, "enterprise", enterprise_id=1),
        auditor=make_user("auditor", "审计员", None, "auditor"),
        system_admin=make_user("sysadmin", "系统管理员", county, "system_admin"),
        security_admin=make_user("secadmin", "安全管理员", county, "security_admin"),
        leader=make_user("leader", "领导", county, "leader"),
        analyst=make_user("analyst", "分析人员", county, "analyst"),
        task_force=make_user("force", "专班人员", county, "task_force", divisions=[TOWN]),
        nobody=make_user("nobody", "无角色", None, ""),
        county_office=county, town_office=town, other_office=other,
    )


def make_user(username: str, name: str, department: Department | None, role: str, **grant: Any) -> User:
    """A user with one role, as the program itself would make it."""
    from tenglong.apps.accounts import service

    user, _password = service.create_user(
        service.SYSTEM, username=username, name=name, department=department, password=PASSWORD, must_change=False
    )
    if role:
        service.grant_role(service.SYSTEM, user, role, **grant)
    return user


@pytest.fixture
def sign_in(client: Any) -> Callable[[User], Any]:
    """`sign_in(cast.officer)` → a client that is that person."""

    def enter(user: User) -> Any:
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
        return client

    return enter


@pytest.fixture
def together() -> Callable[..., list[str]]:
    """`together(step, step, refused=CaseError)`: what each step came to, in order of the words; all of them let go at once."""

    def run(*steps: Callable[[], Any], refused: Any, tell: Callable[[Exception], str] = lambda error: "refused") -> list[str]:
        gate, told = threading.Barrier(len(steps)), []

        def one(step: Callable[[], Any]) -> None:
            from django.db import connection

            try:
                gate.wait()
                _patient(step)
                told.append("done")
            except refused as error:
                told.append(tell(error))
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(step,)) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(told)

    return run


def _patient(step: Callable[[], Any]) -> Any:
    """A memory database of SQLite refuses the second writer instead of letting it wait."""
    from django.db import OperationalError, connection

    while True:
        try:
            return step()
        except OperationalError as busy:
            if connection.vendor != "sqlite" or "locked" not in str(busy):
                raise


@pytest.fixture(autouse=True)
def _home_of_this_test(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test has a TENGLONG_HOME of its own: keys, jobs, anchors and files of one never meet another's."""
    from tenglong.settings.home import prepare

    home = prepare(tmp_path / "home")
    monkeypatch.setenv("TENGLONG_HOME", str(home))
    settings.TENGLONG_HOME = home
    yield


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that meets the database is marked `database`, so that it also runs on PostgreSQL.

    `TENGLONG_TEST_ORDER=reverse` runs the suite backwards: a test that leans on another one falls.
    """
    for item in items:
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
    if os.environ.get("TENGLONG_TEST_ORDER") == "reverse":
        items.reverse()
