"""The cycle of 2025 as it stands: land settled but for a few, one department silent, one asked again, one trial run."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from tenglong.apps.casework import service as casework
from tenglong.apps.casework.demo_past import pretend_earlier
from tenglong.apps.evaluation import queries, service
from tenglong.demo.story import Stage, collect, days_ago, open_with_unit

YEAR = 2025
#: has not sent its table; sent one that had to go back
OUTSTANDING, RETURNED = ("水务集团",), "发改局"
#: the list was put up this many days ago
UP = 26
MU = 6_666_667
FOUND_LATER, OBJECTING = 6, 2


def outstanding(department: str, year: int) -> bool:
    """Its table of this year has not been sent."""
    return year == YEAR and department in OUTSTANDING


def play(stage: Stage) -> Any:
    today = timezone.localdate()
    cycle = open_with_unit(stage, YEAR, procedure=True)
    _land(stage, cycle, today)
    collect(stage, stage.fresh(cycle), days_ago(today, 3), OUTSTANDING)
    for row in queries.deliveries(stage.officer, cycle).filter(department__in=OUTSTANDING):
        service.remind(stage.officer, row)
    for row in queries.deliveries(stage.officer, cycle).filter(department=RETURNED):
        service.return_delivery(stage.officer, row, reason="部分规上企业缺报综合能耗，个别企业数量级不对，请核对后重报。")
    _found_later(stage, cycle)
    service.checks_now(stage.officer, stage.fresh(cycle))
    trial = service.take_snapshot(stage.officer, stage.fresh(cycle))
    service.run_now(stage.officer, stage.fresh(cycle), trial, kind="trial")
    return stage.fresh(cycle)


def _land(stage: Stage, cycle: Any, today: date) -> None:
    """Put up, waited for, settled; the case lies as long in the past as its waits ask."""
    _done(stage, cycle, "review_land", "各镇街已核对")
    notice = stage.paper("2025 年度用地面积公示", "公示各企业核定用地面积。", dated=days_ago(today, UP))
    made = service.publish_areas(
        stage.officer, stage.fresh(cycle), starts_on=days_ago(today, UP), ends_on=days_ago(today, UP - 15), notice=notice
    )
    pretend_earlier(stage.officer, stage.fresh(cycle).case_ulid, UP)
    _done(stage, cycle, "land_notice_wait", "公示期满")
    heard = stage.paper("2025 年度面积异议处理汇总", "公示期内没有收到异议。", dated=days_ago(today, UP - 16))
    service.close_publication(stage.officer, made, objections=heard)
    service.settle_areas(stage.officer, stage.fresh(cycle))


def _done(stage: Stage, cycle: Any, task: str, note: str) -> None:
    """The open task of the cycle's case, closed by the office."""
    case = casework.visible(stage.officer).get(ulid=stage.fresh(cycle).case_ulid)
    found = casework.open_task(stage.officer, case, task)
    if found is not None:
        casework.complete_task(stage.officer, found, note=note)


def _found_later(stage: Stage, cycle: Any) -> None:
    """Land found after the settling: these firms have to be settled again, and some object."""
    areas = queries.areas(stage.officer, cycle).filter(state="settled", total_cm2__gt=12 * MU, carrier=False).order_by("-pk")
    for number, area in enumerate(areas[:FOUND_LATER]):
        paper = stage.paper("巡查记录", "围墙外堆场约半亩由企业使用。", firm=area.enterprise_id)
        service.add_item(
            stage.officer, area, kind="untitled", cm2=MU // 2, document=paper, note="巡查发现的堆场", lock_version=None
        )
        if number < OBJECTING:
            service.object_area(
                stage.officer, queries.area(stage.officer, area.ulid), text="堆场是临时借用，年底已退还，不应计入。",
                claimed_cm2=area.total_cm2,
            )
