"""Two cycles of 亩均评价: 2024 finished and archived, 2025 in the middle. Written through the evaluation's own services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tenglong.apps.accounts.service import user_named
from tenglong.apps.evaluation import queries, service
from tenglong.apps.registry import service as registry
from tenglong.apps.survey import queries as survey
from tenglong.demo import cast
from tenglong.demo.county import COUNTY_CODE, MARK, County
from tenglong.demo.deliver import file_name
from tenglong.demo.honours import attributes, decisions, joint_group
from tenglong.demo.ledger import Ledger

SCHEME = "demo@1"
#: department → measures of the 示范 scheme that it answers for
ASKED: dict[str, tuple[str, ...]] = {
    "税务局": ("tax_paid",), "经信局": ("revenue", "value_added", "rd_expense"), "人社局": ("employees",),
    "供电公司": ("electricity_kwh",), "水务集团": ("water_t",), "发改局": ("energy_tce",),
    "生态环境分局": ("cod_t", "nh3n_t", "so2_t", "nox_t"),
}


@dataclass
class Stage:
    """Who acts, on what. `firm_ids`: credit code → enterprise."""

    county: County
    ledger: Ledger
    firm_ids: Mapping[str, int]
    officer: Any = None
    approver: Any = None
    admin: Any = None
    people: list[cast.Account] = field(default_factory=list)

    def paper(
        self, name: str, told: str, *, kind: str = "basis", number: str = "", dated: date | None = None, firm: int = 0
    ) -> Any:
        """A document of one sentence, marked as invented."""
        text = f"{name}\n{number}\n{dated or ''}\n\n{told}\n\n（{MARK}，内容虚构）\n"
        place: dict[str, Any] = {"subject_type": "enterprise", "subject_id": firm} if firm else {"division_code": COUNTY_CODE}
        return registry.add_document(
            self.officer, f"{name}.txt", text.encode(), kind=kind, number=number, dated=dated, **place
        )

    def fresh(self, cycle: Any) -> Any:
        return queries.cycle(self.officer, cycle.ulid)


def prepare(county: County, ledger: Ledger, firm_ids: Mapping[str, int]) -> Stage:
    """The people who act must be there already (`cast.make`)."""
    stage = Stage(county, ledger, firm_ids)
    stage.officer, stage.approver, stage.admin = (user_named(name) for name in ("mujunban", "approver", "xian-admin"))
    return stage


def write_honours(stage: Stage) -> int:
    """Dated attributes at once, decisions one by one, each with its paper. Returns how many."""
    told = attributes(stage.county, stage.ledger)
    listed = [
        service.Listed(stage.firm_ids[row.uscc], row.name, row.value, row.since, row.until, row.note) for row in told
    ]
    service.enter_attributes(stage.officer, COUNTY_CODE, listed, reason=f"{MARK}：荣誉、规模、载体名单")
    rulings = decisions(stage.county, stage.ledger)
    for one in rulings:
        firm = stage.firm_ids[one.uscc]
        told_of = f"对企业 {one.uscc} 的决定。"
        paper = stage.paper("决定书", told_of, kind="decision", number=one.number, dated=one.dated, firm=firm)
        service.record_decision(
            stage.officer, firm, veto=one.veto, number=one.number, dated=one.dated, state=one.state,
            authority=one.authority, expires_on=one.expires, document=paper,
        )
    return len(told) + len(rulings)


def open_with_unit(stage: Stage, year: int, *, procedure: bool) -> Any:
    """A cycle with its joint unit and, area by area, what the register says of the land."""
    cycle = service.open_cycle(
        stage.officer, year=year, title=f"上虞区 {year} 年度亩均效益综合评价（示范）", division_code=COUNTY_CODE, scheme=SCHEME,
        procedure=procedure,
    )
    members = joint_group(stage.county, year)
    if members:
        asked = "三家成员企业盖章申请合并评价，期限为整个数据年度。"
        seal = stage.paper(f"{year} 年度集团合并评价申请", asked, dated=date(year, 1, 1))
        service.make_joint_unit(
            stage.officer, cycle, name="示范集团", enterprise_ids=[stage.firm_ids[uscc] for uscc in members],
            valid_from=date(year, 1, 1), valid_to=date(year + 1, 1, 1), document=seal,
        )
    service.assess_now(stage.officer, stage.fresh(cycle))
    return stage.fresh(cycle)


def collect(stage: Stage, cycle: Any, due_on: date, outstanding: tuple[str, ...] = ()) -> None:
    """Ask every department; those not outstanding have sent their table and it was accepted."""
    asks = [service.Ask(name, measures, due_on, f"{name}联系人（示范）") for name, measures in ASKED.items()]
    batches = {
        batch.file_name: batch for batch in survey.batches(stage.officer).filter(file_name__startswith=f"{cycle.year}年")
    }
    for row in service.ask_departments(stage.officer, cycle, asks):
        batch = batches.get(file_name(row.department, cycle.year))
        if row.department not in outstanding and batch is not None:
            service.receive_delivery(stage.officer, row, batch)
            service.accept_delivery(stage.officer, row)


def days_ago(today: date, days: int) -> date:
    return today - timedelta(days=days)
