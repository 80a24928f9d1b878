"""Rows without a rule are nobody's; and 32 people of two towns at once neither see each other nor lose a change."""

from __future__ import annotations

import importlib.util
import random
import sys
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, models

from tenglong.apps.accounts import scope
from tenglong.apps.accounts.scope import scoped

#: tables without a row scope, and why nobody needs one; everything else of ours has a rule
UNSCOPED = {
    "accounts.Department": "user.manage：部门树不分镇街",
    "accounts.User": "user.manage",
    "accounts.RoleGrant": "role.grant",
    "accounts.PasswordHistory": "从不显示",
    "accounts.UserSession": "只按本人查询",
    "audit.AuditEntry": "audit.view：审计员看全部",
    "audit.AuditHead": "从不显示",
    "policy.PolicyVersion": "policy.view：参数全县一份",
    "registry.PlotEvent": "从不显示：分割合并的撤回用",
    "registry.CodeSerial": "从不显示：只发号",
    "store.Shape": "从不直接显示：经有规则的行取图形",
    "web.SavedFilter": "只按本人查询",
    "web.ColumnChoice": "只按本人查询",
}
#: SECONDS: by then a thread hangs; how fast it goes is for a bench
THREADS, ROUNDS, SECONDS = 32, 6, 300


def beside(name: str) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


url_world = beside("url_world")
HERE, THERE = url_world.HERE, url_world.THERE


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("tenglong.")]


def test_every_table_has_a_rule_or_a_reason() -> None:
    without = {model._meta.label for model in ours() if model._meta.label_lower not in scope._rules}
    assert without == set(UNSCOPED)


def test_a_table_with_an_owner_column_always_has_a_rule() -> None:
    owned = {
        model._meta.label
        for model in ours()
        if {field.attname for field in model._meta.concrete_fields}
        & {"division_code", "created_by_id", "enterprise_id", "batch_id"}
    }
    kept = {"accounts.RoleGrant", "audit.AuditEntry"}  # who holds a role for which firm; which batch an entry tells of
    assert sorted(owned & set(UNSCOPED) - kept) == []
    assert len(owned) > 10


@pytest.mark.parametrize("label", sorted(UNSCOPED))
def test_a_model_without_a_rule_gives_no_row_to_anybody(cast: Any, label: str) -> None:
    from tenglong.apps.registry.models import CodeSerial

    CodeSerial.objects.create(prefix="T330604001", last=5)
    rows = apps.get_model(label)._default_manager.all()
    assert [name for name, user in cast.people().items() if scoped(user, rows).exists()] == []


def test_a_rule_taken_away_leaves_nothing(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenglong.apps.registry.models import Division

    Division.objects.create(code="330604001", name="百官街道", level="town", valid_from="2014-01-01")
    assert scoped(cast.county, Division.objects.all()).count() == 1
    monkeypatch.delitem(scope._rules, "registry.division")
    assert scoped(cast.county, Division.objects.all()).count() == 0


@pytest.mark.database
def test_rules_give_no_row_to_people_without_business(cast: Any) -> None:
    """Every rule, asked for those whose scope is none, and for nobody at all."""
    idle = {"jobs.job", "web.figureledger", "registry.sourcedocument"}  # what one made oneself
    for label in sorted(set(scope._rules) - idle):
        rows = apps.get_model(label)._default_manager.all()
        for user in (cast.nobody, cast.system_admin, cast.security_admin, cast.auditor, None):
            assert scoped(user, rows).query.is_empty(), label


@pytest.fixture
def waiting(cast: Any) -> Any:
    """A plot file of the officer, checked and waiting for confirmation."""
    from tenglong.apps.registry.models import Division
    from tenglong.apps.survey import service

    Division.objects.create(code="330604001", name="百官街道", level="town", parent_code="330604", valid_from="2014-01-01")
    town = url_world.Town(HERE, "330604001", 120.80)
    batch = url_world.run_job(
        service.upload(
            cast.officer,
            "plots",
            url_world.survey_file(town, f'{town.code}-7,百官街道,甲厂,在用,16,"{url_world.square(town.west, 7).wkt}"'),
        )
    )
    batch.crs = batch.crs or "EPSG:4490"
    batch.save(update_fields=["crs"])
    service.stage(cast.officer, batch)
    return url_world.run_job(batch)


def test_running_a_job_again_gives_no_right_that_one_does_not_hold(cast: Any, waiting: Any) -> None:
    """An analyst sees every job of the county and may press “again”; what enters the record still needs survey.confirm."""
    from tenglong.apps.jobs import service as jobs
    from tenglong.apps.registry.models import PlotVersion
    from tenglong.apps.survey import service

    asked = service.confirm(cast.officer, waiting, "change", url_world.DAY)
    jobs.cancel(cast.officer, asked)
    asked.refresh_from_db()
    done = jobs.run_now(jobs.again(cast.analyst, asked))
    assert done.state == "failed" and "权限" in done.message
    assert not PlotVersion.objects.exists()


def test_a_job_that_did_its_work_is_not_run_again(cast: Any, waiting: Any) -> None:
    """Checking once more would bring a batch that is in the record back to its preview."""
    from tenglong.apps.jobs import service as jobs
    from tenglong.apps.survey import service

    staged = jobs.by_ulid(waiting.job_ulid)
    service.confirm(cast.officer, waiting, "change", url_world.DAY)
    url_world.run_job(waiting)
    with pytest.raises(jobs.JobError, match="重新运行"):
        jobs.again(cast.officer, staged)
    client = url_world.entered(cast.officer)
    assert client.post(f"/jobs/{staged.ulid}/again/").status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "done"


class Crowd:
    """What 32 people do at once: read lists, twins, tiles and files, and append their token to a plot's address."""

    def __init__(self, world: Any, tile: dict[str, str]) -> None:
        self.world, self.tile = world, tile
        self.faults: list[str] = []
        self.saved: dict[str, list[str]] = {HERE: [], THERE: []}
        self.refused, self.answers = 0, 0
        self.lock, self.start = threading.Lock(), threading.Barrier(THREADS)

    def run(self) -> None:
        threads = [threading.Thread(target=self._person, args=(number,), daemon=True) for number in range(THREADS)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.1, SECONDS - (time.monotonic() - began)))
        assert not any(thread.is_alive() for thread in threads), f"threads still at work on {connection.vendor}"

    def _person(self, number: int) -> None:
        role = ("town_officer", "stranger", "county_admin", "enterprise")[number % 4]
        try:
            client = url_world.entered(self.world.people[role], raise_request_exception=False)
            self.start.wait(30)
            moves = random.Random(number)  # noqa: S311 - the same crowd every time
            for turn in range(ROUNDS):
                self._turn(client, role, number, turn, moves)
        except Exception as error:  # noqa: BLE001 - a fault of the crowd is told by the test, not lost with its thread
            self._fault(f"{role}: {error!r}")
        finally:
            connections.close_all()

    def _turn(self, client: Any, role: str, number: int, turn: int, moves: random.Random) -> None:
        town = url_world.TOWN_OF.get(role)
        if town and turn % 2:
            return self._edit(client, role, town, f"记{number}次{turn}。")
        other = self.world.towns[THERE if town == HERE else HERE]
        address = moves.choice(
            [
                "/plots/",
                "/plots.json",
                "/enterprises.json",
                "/occupancies/",
                "/",
                "/parcels.json",
                self.tile[other.name],
                f"/plots/{other.ids['plot0']}/",
                f"/documents/{other.ids['document']}/",
            ]
        )
        if role in ("town_officer", "stranger") and moves.random() < 0.3:
            answer = client.post("/plots/export/", {"form": moves.choice(["xlsx", "gpkg"]), "recipient": "甲", "purpose": "乙"})
        else:
            answer = client.get(address)
        return self._judge(role, address, answer)

    def _edit(self, client: Any, role: str, town: str, token: str) -> None:
        """Read, append, save with the lock that was read; a conflict is not a loss."""
        ulid = self.world.towns[town].ids["plot0"]
        held = client.get(f"/plots/{ulid}.json")
        self._judge(role, "twin", held)
        seen = held.json()
        form = {
            name: seen[name] or ""
            for name in (
                "name",
                "survey_number",
                "division_code",
                "zone_code",
                "land_use",
                "status",
                "stage",
                "control_line",
                "acquisition",
                "title_status",
            )
        }
        form |= {
            "address": seen["address"] + token,
            "surveyed_cm2": "15",
            "stated_cm2": "",
            "how": "correct",
            "reason": "并发",
            "effective": "2024-01-01",
            "lock_version": seen["lock_version"],
            "base": "",
        }
        answer = client.post(f"/plots/{ulid}/edit/", form)
        self._judge(role, "edit", answer)
        with self.lock:
            if answer.status_code == 302:
                self.saved[town].append(token)
            elif answer.status_code == 409:
                self.refused += 1
            else:
                self.faults.append(f"edit: {answer.status_code}")

    def _judge(self, role: str, address: str, answer: Any) -> None:
        text = url_world.spoken(answer)
        words = sorted(word for word in self.world.forbidden(role) if word in text and word not in address)
        with self.lock:
            self.answers += 1
        if words or answer.status_code >= 500:
            self._fault(f"{role} {address}: {answer.status_code} {words[:3]}")

    def _fault(self, text: str) -> None:
        with self.lock:
            self.faults.append(text)


def tile_address(town: Any) -> str:
    from math import asinh, pi, radians, tan

    x = int((town.west + 0.0025 + 180) / 360 * 2**14)
    return f"/tiles/plots/14/{x}/{int((1 - asinh(tan(radians(30.0005))) / pi) / 2 * 2**14)}.pbf"


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_thirty_two_people_of_two_towns_at_once() -> None:
    """No other town's word, no 500, no lost update: every saved token stands in the address, once per raised lock."""
    from tenglong.apps.audit import service as audit
    from tenglong.apps.registry.models import PlotVersion

    world = url_world.build()
    crowd = Crowd(world, {name: tile_address(town) for name, town in world.towns.items()})
    crowd.run()
    assert crowd.faults == []
    for name, tokens in crowd.saved.items():
        version = PlotVersion.objects.get(plot__ulid=world.towns[name].ids["plot0"], valid_to=None)
        assert tokens and version.lock_version == 1 + len(tokens)
        assert [version.address.count(token) for token in tokens] == [1] * len(tokens)
    assert crowd.answers >= THREADS * ROUNDS
    assert audit.verify().ok
