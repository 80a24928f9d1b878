"""Two towns that must not see each other: each with land, firms, files, imports, jobs and exports, every text of it marked.

Everything is written through the services, by the town's own officer. `Town.secrets` are the marked words, ulids and
codes of a town; `PRIVATE` are values that a role without `sensitive.view` never sees, whatever its town.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def _beside(name: str) -> Any:
    """A file beside this one, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


_town, _answers, _land = _beside("url_world_town"), _beside("url_world_answers"), _beside("url_world_land")
DAY, TAX, Town = _town.DAY, _town.TAX, _town.Town
entered, run_job, square, survey_file, uscc = _town.entered, _town.run_job, _town.square, _town.survey_file, _town.uscc
fingerprint, spoken, undone, watched = _answers.fingerprint, _answers.spoken, _answers.undone, _answers.watched

COUNTY = "330604"
PASSWORD = "Bamboo-cage-9!"
HERE, THERE = "百官", "曹娥"
CODES = {HERE: "330604001", THERE: "330604002"}
#: town of each bound role; the others see the whole county or no row at all
TOWN_OF = {"town_officer": HERE, "task_force": HERE, "stranger": THERE}
WHOLE_COUNTY = ("county_admin", "analyst", "leader")
ROLES = (
    "anonymous",
    "enterprise",
    "town_officer",
    "stranger",
    "task_force",
    "county_admin",
    "analyst",
    "leader",
    "auditor",
    "system_admin",
    "security_admin",
    "nobody",
)


@dataclass
class World:
    towns: dict[str, Town]
    people: dict[str, Any]
    shared: str  # name of a firm registered in HERE that also occupies in THERE

    def user(self, role: str) -> Any:
        return self.people.get(role)

    def forbidden(self, role: str) -> set[str]:
        """What must not stand in any answer to `role`."""
        here, there = self.towns[HERE], self.towns[THERE]
        hidden = set() if role in (*WHOLE_COUNTY, "auditor") else here.secrets | there.secrets
        if role in TOWN_OF:
            hidden -= self.towns[TOWN_OF[role]].secrets
        if role == "enterprise":
            hidden -= here.firm_may
        hidden = hidden | {word for town in (here, there) if not self.sees(role, "plan", town.name) for word in named(town)}
        hidden |= {word for town in (here, there) if not self.sees(role, "sealed", town.name) for word in _land.sealed(town)}
        hidden |= _land.SUMS  # of offers under seal: nobody's
        if role not in ("county_admin", "leader"):
            hidden = hidden | (here.amounts - (here.firm_may if role == "enterprise" else set())) | there.amounts
        clear = role in ("county_admin", "analyst")
        private = here.private | there.private
        if role == "enterprise":
            private = private - here.firm_may
        return hidden if clear else hidden | private

    def sees(self, role: str, kind: str, town: str) -> bool:
        """Whether the row scope of `role` reaches the object `kind` of `town`: the rule as people say it."""
        if kind in ("job", "figure") and role == "system_admin":
            return kind == "job"
        if kind == "sealed":
            return role == {HERE: "town_officer", THERE: "stranger"}[town]
        if kind in ("plan", "site"):
            return role == "analyst" or (role == "town_officer" and town == HERE)
        if role in WHOLE_COUNTY:
            return True
        if role == "task_force" and kind in ("job", "figure"):
            return False  # their own only, and these are the officer's
        if role == "enterprise":
            return town == HERE and kind in ("plot", "enterprise", "parcel", "building", "case", "unit", "park")
        return TOWN_OF.get(role) == town


def named(town: Town) -> set[str]:
    """What only the persons named for the plan and the site search of a town may read."""
    words = {f"机密{town.name}{word}" for word in ("整治方案", "方案镇街", "方案的界", "选址")}
    return words | {str(town.ids[key]) for key in ("plan", "site")}


def build() -> World:
    """The whole world; call inside a transaction that is rolled back, or in a database that is flushed."""
    from tenglong.apps.registry.models import Division

    Division.objects.create(code=COUNTY, name="上虞区", level="county", parent_code="3306", valid_from="2014-01-01")
    towns = {HERE: Town(HERE, CODES[HERE], 120.80), THERE: Town(THERE, CODES[THERE], 120.95)}
    for town in towns.values():
        Division.objects.create(
            code=town.code, name=f"{town.name}街道", level="town", parent_code=COUNTY, valid_from="2014-01-01"
        )
    people = _offices(towns)
    for town in towns.values():
        officer = people["town_officer" if town.name == HERE else "stranger"]
        _town.furnish(town, officer, *((3, 100) if town.name == HERE else (4, 200)))
    world = World(towns, people, "跨镇联营公司")
    _shared(world)
    _cases(world)
    _beside("url_world_evaluation").build(world)
    _beside("url_world_before").build(world)
    _beside("url_world_renewal").build(world)
    _beside("url_world_plans").build(world)
    _beside("url_world_treated").build(world)
    _beside("url_world_premises").build(world)
    _beside("url_world_towers").build(world)
    _beside("url_world_permits").build(world)
    _beside("url_world_projects").build(world)
    _beside("url_world_covenant").build(world)
    _beside("url_world_clearance").build(world)
    _land.build(world)
    _enterprise_desk(world)
    _policy(people)
    _deal(world)
    return world


def _deal(world: World) -> None:
    """A published deal of no town: whoever may see deals sees it."""
    from tenglong.apps.supply.models import Deal

    deal = Deal.objects.create(key="GK-0001", contract_number="GK-0001", location="公开地块", holder="公开受让人")
    for town in world.towns.values():
        town.ids["deal"] = deal.ulid


def _offices(towns: dict[str, Town]) -> dict[str, Any]:
    from tenglong.apps.accounts.models import Department

    county = Department.objects.create(name="经信局", divisions=[COUNTY])
    offices = {
        name: Department.objects.create(name=f"{name}办事处", parent=county, divisions=[town.code], zones=[f"Z-{town.code}"])
        for name, town in towns.items()
    }
    people = {
        role: _person(role, county if role not in TOWN_OF else offices[TOWN_OF[role]])
        for role in ROLES
        if role not in ("anonymous", "enterprise", "stranger", "nobody", "task_force")
    }
    people["stranger"] = _person("town_officer", offices[THERE], "stranger")
    people["task_force"] = _person("task_force", county, divisions=[towns[HERE].code])
    people["nobody"] = _person("", None, "nobody")
    return people


def _person(role: str, department: Any, name: str = "", **grant: Any) -> Any:
    from tenglong.apps.accounts import service

    user, _ = service.create_user(
        service.SYSTEM,
        username=name or role,
        name=f"{name or role}某",
        department=department,
        password=PASSWORD,
        must_change=False,
    )
    if role:
        service.grant_role(service.SYSTEM, user, role, **grant)
    return user


def _shared(world: World) -> None:
    """Registered in HERE, occupying in THERE: both towns see the firm, neither sees the other's land through it."""
    from tenglong.apps.registry import service

    here, there, people = world.towns[HERE], world.towns[THERE], world.people
    firm = service.create_enterprise(people["town_officer"], {"name": world.shared}, on=DAY, town=here.code, uscc=uscc(900))
    for town, officer in ((here, people["town_officer"]), (there, people["stranger"])):
        service.create_occupancy(
            officer,
            {
                "plot_id": town.ids["plot_pk1"],
                "enterprise_id": firm.enterprise_id,
                "role": "lessee",
                "contract": town.word("联营合同"),
            },
            on=DAY,
        )
    here.ids["shared"] = there.ids["shared"] = firm.enterprise.ulid


def _cases(world: World) -> None:
    """An appeal of firm 1 of each town, opened by the town's officer: offices and the firm itself see it."""
    from tenglong.apps.casework import service

    for town in world.towns.values():
        officer = world.people["town_officer" if town.name == HERE else "stranger"]
        case = service.open_case(
            officer,
            "evaluation-appeal",
            "enterprise",
            town.ids["firm_pk1"],
            town.word("申诉"),
            division_code=town.code,
            fields={"ground": "land", "statement": town.word("申诉内容")},
        )
        town.note("case", case.ulid)
        town.note("task", case.tasks.get().ulid)
        _desk(world, town, officer, case)


def _desk(world: World, town: Town, officer: Any, case: Any) -> None:
    """An order with an answer, a comment, a task before the leader, and the town's own bulletin."""
    from datetime import date

    from tenglong.apps.casework import bulletins, service, supervisions

    service.comment(officer, case.ulid, town.word("评论"))
    service.escalate(officer, case.tasks.get(), town.word("提请理由"))
    order = supervisions.supervise(
        world.people["leader"], case.ulid, office=town.word("督办单位"), text=town.word("督办事项"), due_on=date(2099, 1, 1))
    supervisions.reply(officer, order.ulid, town.word("督办回复"))
    town.note("supervision", order.ulid)
    town.note("bulletin", bulletins.make(officer, "week", date.today()).ulid)


def _enterprise_desk(world: World) -> None:
    """The user of an enterprise: firm 1 of HERE, which owns plot 1 and holds title 1."""
    here = world.towns[HERE]
    world.people["enterprise"] = _person("enterprise", None, enterprise_id=here.ids["firm_pk1"])
    mine = ("plot1", "plot_code1", "enterprise1", "uscc1", "parcel1", "parcel_code1", "building", "case", "task")
    words = ("地块1", "路1号", "企业1", "企业地址1", "合同1", "证1", "厂房", "凭证", "批文", "园区", "理由", "申诉", "申诉内容")
    here.firm_may = {here.ids[key] for key in mine} | {f"机密{HERE}{word}" for word in words}
    here.firm_may.add(f"JZ-{here.code}-0001")
    here.firm_may |= {here.ids[key] for key in ("unit", "park")}
    here.firm_may |= {f"机密{HERE}{word}" for word in ("租赁载体", "运营方", "房源", "房源说明", "房源来源")}
    here.firm_may |= {here.ids["appeal"], TAX.format(100)}  # a firm reads its own figures in its own result
    here.firm_may |= {f"机密{HERE}{word}" for word in ("评价申诉", "申诉答复", "调档理由", "纪要号")}
    here.firm_may |= {here.ids[key] for key in ("area", "sheet", "notice", "low_finding", "low_objection")}
    here.firm_may |= {here.ids["treated"], f"机密{HERE}整治台账"}
    here.firm_may |= _beside("url_world_permits").firm_may(here)
    here.firm_may |= _beside("url_world_projects").firm_may(here)
    here.firm_may |= {f"机密{HERE}{word}" for word in ("识别条件", "税务出处", "识别异议")}
    here.firm_may |= {f"机密{HERE}{word}" for word in ("核定企业", "面积依据", "单上企业", "陈述申辩内容")}
    _beside("url_world_covenant").may(here)
    _beside("url_world_clearance").may(here)


def _policy(people: dict[str, Any]) -> None:
    from tenglong.apps.policy import service

    text = "\n".join(
        [
            'version: "2026"',
            "valid_from: 2026-01-01",
            "name: 上虞区",
            f'division: "{COUNTY}"',
            "extent: {west: 120.6, south: 29.7, east: 121.1, north: 30.3}",
            "central_meridian: 120",
            "towns:",
            '  - {code: "330604001", name: 百官街道}',
            "",
        ]
    )
    people["policy"] = service.submit(people["analyst"], service.load_text(people["analyst"], "county", "home", text)).ulid
