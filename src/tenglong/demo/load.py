"""Writes the demo county into an empty register, in one transaction, and marks it 示范数据."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import shapely
from django.conf import settings
from django.db import transaction

from tenglong.apps.audit.service import record
from tenglong.apps.registry import bulk, foundation
from tenglong.apps.registry.foundation import DivisionRow, ZoneRow, occupied
from tenglong.apps.survey.confirm import quiet_memory
from tenglong.demo import (
    cast,
    deliver,
    load_rows,
    story,
    story_clearance,
    story_covenant,
    story_done,
    story_land,
    story_now,
    story_permits,
    story_premises,
    story_projects,
    story_renewal,
    story_ties,
    story_towers,
    story_treated,
)
from tenglong.demo.build import build_county
from tenglong.demo.county import COUNTY_CODE, COUNTY_NAME, MARK, PLOTS, County
from tenglong.demo.ledger import Sheet, build_ledger
from tenglong.demo.slips import Slip, seed_slips
from tenglong.demo.streams import DEFAULT_SEED

ACTOR = "system"
#: long before the first survey: 上虞区 exists since 2013 (国函〔2013〕112号)
COUNTY_SINCE = date(2013, 10, 18)
ZONES_SINCE = date(2021, 1, 1)
SHAPE_FILE = "demo.json"
#: the mistakes that were put into the figures on purpose
KEY_FILE = "demo-slips.json"
#: tables of the departments that have not sent theirs yet
WAITING_FOLDER = "demo"
Progress = Callable[[int], None]
__all__ = ["Loaded", "load", "occupied"]


@dataclass
class Loaded:
    """What was written, and the accounts with their passwords (shown once, kept nowhere)."""

    counts: dict[str, int] = field(default_factory=dict)
    people: list[cast.Account] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)

    def lines(self) -> list[str]:
        words = {
            "plots": "地块",
            "parcels": "宗地",
            "buildings": "厂房",
            "enterprises": "企业",
            "occupancies": "用地关系",
            "accounts": "户号",
            "facts": "数据",
            "deals": "成交",
            "links": "地块宗地对应",
            "lineage": "沿革",
        }
        told = "、".join(f"{words[kind]} {count}" for kind, count in self.counts.items())
        heads = [f"{MARK}已装入：{told}", "", "示范账号（密码只显示这一次）："]
        return [
            *heads, *(f"  {person.username:<12} {person.password}   {person.title}" for person in self.people),
            *(f"尚未报送、可手工导入的部门数据：{path}" for path in self.waiting),
        ]


def load(
    seed: int = DEFAULT_SEED, plots: int = PLOTS, progress: Progress = lambda percent: None, *, evaluation: bool = True
) -> Loaded:
    """Build and write; all or nothing. `progress` is told percents. `evaluation` False: no cycles."""
    with quiet_memory():
        return _loaded(seed, plots, progress, evaluation)


def _loaded(seed: int, plots: int, progress: Progress, evaluation: bool) -> Loaded:
    county = build_county(seed, plots)
    progress(15)
    ledger = build_ledger(county)
    slips = seed_slips(county, ledger)
    progress(18)
    done = Loaded()
    with transaction.atomic():
        _divisions(county)
        _zones(county)
        waiting = [one for one in ledger.sheets if evaluation and story_now.outstanding(one.department, one.year)]
        sent = [one for one in ledger.sheets if one not in waiting]
        firm_ids = _things(county, sent, done, progress)
        firm = next(row for row in county.enterprises if row.scale == "above_scale")
        done.people = cast.make(county, firm)
        if evaluation:
            _evaluate(story.prepare(county, ledger, firm_ids), done, progress)
        record(ACTOR, "demo.load", "county", COUNTY_CODE, count=sum(done.counts.values()), reason=f"{MARK}，种子 {seed}")
    _mark(seed, slips)
    done.waiting = deliver.lay_out(waiting, county, Path(settings.TENGLONG_HOME) / WAITING_FOLDER) if waiting else []
    progress(100)
    return done


def _evaluate(stage: story.Stage, done: Loaded, progress: Progress) -> None:
    """Honours and decisions, a finished cycle and one under way."""
    story.write_honours(stage)
    progress(72)
    story_done.play(stage)
    progress(88)
    story_now.play(stage)
    progress(94)
    story_renewal.play(stage)
    story_treated.play(stage)
    story_premises.play(stage)
    story_clearance.play(stage)
    story_land.play(stage)
    story_covenant.play(stage)
    story_projects.play(stage)
    story_ties.play(stage)
    story_permits.play(stage)
    story_towers.play(stage)
    done.people += stage.people


def _things(county: County, sent: list[Sheet], done: Loaded, progress: Progress) -> dict[str, int]:
    """Every kind in import order; ids are remembered by natural key. Returns credit code → enterprise."""

    def write(kind: str, rows: bulk.PreparedRows, percent: int) -> list[int]:
        applied = bulk.apply(kind, rows, actor=ACTOR, on=date(2021, 6, 1), batch_id=None)
        done.counts[kind] = len(applied.ids)
        progress(percent)
        return applied.ids

    every = [*county.plots, *county.retired]
    plot_ids = dict(zip([plot.key for plot in every], write("plots", load_rows.plots(county), 24), strict=True))
    done.counts["plots"] = len(county.plots)
    done.counts["lineage"] = _lineage(county, plot_ids)
    parcel_ids = dict(zip([row.code for row in county.parcels], write("parcels", load_rows.parcels(county), 28), strict=True))
    write("links", load_rows.links(county, plot_ids, parcel_ids), 30)
    houses = write("buildings", load_rows.buildings(county, plot_ids, parcel_ids), 36)
    building_ids = dict(zip([row.code for row in county.buildings], houses, strict=True))
    firms = write("enterprises", load_rows.enterprises(county), 40)
    firm_ids = dict(zip([row.uscc for row in county.enterprises], firms, strict=True))
    write("occupancies", load_rows.occupancies(county, plot_ids, building_ids, firm_ids), 44)
    write("accounts", load_rows.accounts(county, plot_ids, firm_ids), 48)
    told = deliver.deliver(sent, county, firm_ids, ACTOR, lambda part: progress(48 + int(20 * part)))
    done.counts["facts"] = told
    write("deals", load_rows.deals(county), 70)
    return firm_ids


def _divisions(county: County) -> None:
    """Province, city, county and its towns; only the outlines are invented."""
    outline = shapely.union_all([town.outline for town in county.towns])
    rows = [
        DivisionRow("330000", "浙江省", "province", COUNTY_SINCE),
        DivisionRow("330600", "绍兴市", "city", COUNTY_SINCE, "330000"),
        DivisionRow(COUNTY_CODE, COUNTY_NAME, "county", COUNTY_SINCE, "330600", outline=outline, invented=True),
    ]
    rows += [
        DivisionRow(
            town.code, town.name, "town", COUNTY_SINCE, COUNTY_CODE, "statistical", outline=town.outline, invented=True
        )
        for town in county.towns
    ]
    foundation.put_divisions(rows)


def _zones(county: County) -> None:
    foundation.put_zones(
        [
            ZoneRow(
                zone.code, zone.name, zone.kind, zone.town, ZONES_SINCE, zone.parent, (*zone.tags, MARK), outline=zone.outline
            )
            for zone in county.zones
        ]
    )


def _lineage(county: County, plot_ids: dict[tuple[str, str], int]) -> int:
    """Parent → child rows; the codes of retired plots end with them and are never given again."""
    written = foundation.put_lineage(
        (plot_ids[row.parent], plot_ids[row.child], row.event, row.date, row.area_cm2) for row in county.lineage
    )
    foundation.retire_codes({plot_ids[plot.key]: plot.valid_to for plot in county.retired if plot.valid_to})
    return written


def _mark(seed: int, slips: list[Slip]) -> None:
    """The pages show 示范 as long as the first file stands; the second is the key to the seeded mistakes."""
    home = Path(settings.TENGLONG_HOME)
    (home / SHAPE_FILE).write_text(json.dumps({"seed": seed, "mark": MARK}, ensure_ascii=False), encoding="utf-8")
    key = {"seed": seed, "mark": MARK, "slips": [slip.as_json() for slip in slips]}
    (home / KEY_FILE).write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")
