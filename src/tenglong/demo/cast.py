"""The people of the demo county: one of every role, with random passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenglong.apps.accounts import service
from tenglong.apps.registry import locate
from tenglong.demo.county import COUNTY_CODE, County, Enterprise

#: username, title, role, town code ("" county-wide)
PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("xian-admin", "县级管理员", "county_admin", ""),
    ("analyst", "经信局分析人员", "analyst", ""),
    ("leader", "领导", "leader", ""),
    ("baiguan", "百官街道经办", "town_officer", "001"),
    ("songxia", "崧厦街道经办", "town_officer", "007"),
    ("sysadmin", "系统管理员", "system_admin", ""),
    ("secadmin", "安全管理员", "security_admin", ""),
    ("auditor", "审计员", "auditor", ""),
    ("mujunban", "亩均办经办", "county_admin", ""),
    ("approver", "分管领导（批准调档、定稿）", "leader", ""),
)
#: sends the data of its department
TAX_DESK = ("shuiwu", "税务局报送员", "task_force")


@dataclass(frozen=True)
class Account:
    username: str
    password: str
    title: str


def make(county: County, firm: Enterprise) -> list[Account]:
    """Departments, users and their roles; passwords are random and need not be changed at the first log-in."""
    bureau = service.department_named("上虞区经济和信息化局（示范）", [COUNTY_CODE])
    made = []
    for username, title, role, town in PEOPLE:
        department = bureau if not town else _town_office(county, town, bureau)
        made.append(_person(username, title, role, department))
    made.append(_tax_desk())
    made.append(desk(firm, "enterprise"))
    return made


def _tax_desk() -> Account:
    username, title, role = TAX_DESK
    office = service.department_named("国家税务总局绍兴市上虞区税务局（示范）", [COUNTY_CODE])
    user, password = service.create_user(
        service.SYSTEM, username=username, name=f"示范·{title}", department=office, is_demo=True, must_change=False
    )
    service.grant_role(service.SYSTEM, user, role, department=office, divisions=[COUNTY_CODE])
    return Account(username, password, title)


def _town_office(county: County, short: str, bureau: Any) -> Any:
    code = COUNTY_CODE + short
    return service.department_named(f"{county.town_name(code)}经济发展办公室（示范）", [code], bureau)


def _person(username: str, title: str, role: str, department: Any) -> Account:
    user, password = service.create_user(
        service.SYSTEM, username=username, name=f"示范·{title}", department=department, is_demo=True, must_change=False
    )
    service.grant_role(service.SYSTEM, user, role, department=department)
    return Account(username, password, title)


def desk(firm: Enterprise, username: str, told: str = "") -> Account:
    """The desk of one firm: sees that firm alone. `told` is said of it in the list of accounts."""
    user, password = service.create_user(
        service.SYSTEM, username=username, name="示范·企业用户", is_demo=True, must_change=False
    )
    key = locate.enterprises_by_uscc([firm.uscc])[firm.uscc]
    service.grant_role(service.SYSTEM, user, "enterprise", enterprise_id=key)
    return Account(username, password, f"企业用户（{firm.name}{told}）")
