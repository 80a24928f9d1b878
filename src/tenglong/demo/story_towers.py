"""楼宇: 26 tower projects of one street, 8 done, 15 on schedule, 3 of which nothing was said; a plant for a project.

The counts are entered as such a street tells them of itself. Names, floors and tenants are invented.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.projects.queries.projects import projects
from tenglong.apps.projects.service import matches, towers
from tenglong.apps.registry import bulk
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry import service as register
from tenglong.demo.county import COUNTY_CODE, MARK
from tenglong.demo.story import Stage

TOWN: Final = f"{COUNTY_CODE}002"
M2, WAN = 10_000, 1_000_000
SAID: Final = (*["done"] * 8, *["on_schedule"] * 15, *[""] * 3)
#: 万元; together a little over 10 bn yuan
INVESTED: Final = tuple(22_000 + 1_400 * at for at in range(26))
NAMES: Final = ("舜江", "曹江", "孝德", "滨江", "e 游", "文澜", "青瓷", "东山", "凤鸣", "金鱼湾", "城北", "梁湖", "鸿雁")
FEATURES: Final = (
    ("数字经济", ",63,64,65,"), ("工业设计", ",74,"), ("建筑业总部", ",47,48,49,"), ("智能装备", ",34,35,"),
    ("新材料", ",26,29,"), ("", ""),
)
FLOORS, TENANTS = 6, 26
#: firms that work in the first tower and nowhere else, with their tax of a year in 万元
OFFICES: Final = (
    ("云上曹江软件", "6513", 186), ("舜帆数据服务", "6550", 92), ("江畔数字内容", "6572", 41), ("虞舜物联网科技", "6532", 128),
)
#: m² to let on each floor from the ground up
AREAS: Final = (620, 980, 980, 940, 940, 760)
NEED: Final = {
    "area_cm2": 400 * M2, "most_cm2": None, "height_mm": 4200, "load_n_m2": 7500, "power_va": 315_000, "crane_kg": None,
    "lift_kg": None, "rent_fen": 1800, "fire_class": "", "gas": False, "ground": False, "industry": "", "park_word": "",
    "free_by": None,
}


def play(stage: Stage) -> None:
    today = timezone.localdate()
    firms = list(registry.enterprises(stage.officer).filter(division_code=TOWN).order_by("enterprise__key")
                 .values_list("enterprise_id", "industry")[:TENANTS])
    house = premises.units(stage.officer).filter(division_code=TOWN).order_by("building__code").first()
    offices = _offices(stage.officer, today)
    for at, said in enumerate(SAID):
        row = towers.create(stage.officer, _head(at, said, today, [firm for firm, _trade in firms], house))
        if said == "done":
            _let(stage.officer, row, at, _fitting([*offices, *firms] if at == 0 else firms, row.feature_codes, at), today)
    _seek(stage.officer)


def _offices(actor: Any, today: date) -> list[tuple[int, str]]:
    """Firms that own and rent no land: only their tax can be told of the floors they rent."""
    made = [register.create_enterprise(actor, {"name": f"绍兴{name}有限公司（{MARK}）", "industry": code, "status": "active"},
                                       on=today - timedelta(days=900), town=TOWN, reason=MARK) for name, code, _tax in OFFICES]
    rows = len(made)
    columns: dict[str, list[Any]] = {
        "subject_type": ["enterprise"] * rows, "subject_id": [one.enterprise_id for one in made],
        "measure": ["tax_paid"] * rows, "period": [str(today.year - 1)] * rows,
        "value_e6": [tax * 10**6 for _name, _code, tax in OFFICES], "given": [str(tax) for _name, _code, tax in OFFICES],
        "department": ["税务局"] * rows, "legal_basis": ["shared"] * rows, "legal_document": [MARK] * rows}
    facts = bulk.PreparedRows(actions=["new"] * rows, targets=[None] * rows, columns=columns, towns=[TOWN] * rows)
    bulk.apply("facts", facts, actor=actor, on=today, batch_id=None)
    return [(one.enterprise_id, code) for one, (_name, code, _tax) in zip(made, OFFICES, strict=True)]


def _head(at: int, said: str, today: date, firms: list[int], house: Any) -> dict[str, Any]:
    feature, codes = FEATURES[at % len(FEATURES)]
    name = f"{NAMES[at % len(NAMES)]}{'大厦' if at < len(NAMES) else '中心'}（{MARK}）"
    return {
        "name": name, "division_code": TOWN, "address": f"人民中路 {100 + 8 * at} 号（{MARK}）", "operator": f"{name}运营公司",
        "feature": feature, "feature_codes": codes, "investment_fen": INVESTED[at] * WAN, "progress": said,
        "progress_on": today - timedelta(days=20) if said else None,
        "progress_source": f"楼宇项目推进会纪要（{MARK}）" if said else "", "source": MARK,
        "headquarters_id": firms[at] if at % 3 == 0 and at < len(firms) else None,
        "building_id": house.building_id if at == 0 and house is not None else None,
    }


def _fitting(firms: list[tuple[int, str]], codes: str, at: int) -> list[int]:
    """Firms of the tower's trade first, as far as the street has any."""
    prefixes = tuple(filter(None, codes.split(",")))
    inside = [firm for firm, trade in firms if trade.lstrip("C").startswith(prefixes) and prefixes]
    others = [firm for firm, _trade in firms if firm not in inside]
    turn = at * 5 % max(1, len(others))
    chosen = inside[:4] if at == 0 else inside[at % 2 : 3 + at % 2]
    return [*chosen, *others[turn:], *others[:turn]]


def _let(actor: Any, row: Any, at: int, firms: list[int], today: date) -> None:
    """Upper floors fill last; a few tenants have left again."""
    if row.building_id is not None:
        towers.take_units(actor, row)
    taken = set(row.floors.values_list("floor", flat=True))
    for floor, area in enumerate(AREAS[: FLOORS - at % 2], 1):
        if floor in taken:
            continue
        held = towers.put_floor(actor, row, floor, lettable_cm2=area * M2, use="商务服务" if floor == 1 else "办公")
        for turn, share in enumerate((45, 30) if floor <= 4 else (60,) if at % 3 else ()):
            since = today - timedelta(days=700 - 60 * floor - 15 * turn)
            until = today - timedelta(days=40) if (at + floor + turn) % 7 == 0 else None
            firm = firms[(floor - 1) % len(firms)] if firms and turn == 0 else None
            name = "" if firm else f"入驻企业 {at + 1}-{floor}-{turn + 1}（{MARK}）"
            towers.let_floor(actor, held, enterprise_id=firm, name=name, area_cm2=area * M2 * share // 100,
                             since=since, until=until, source=MARK)


def _seek(actor: Any) -> None:
    """The first project that wants a ready plant says what it needs."""
    wanted = projects(actor).filter(needs="plant", stopped_on=None).order_by("code").first()
    if wanted is not None:
        matches.ask(actor, wanted, NEED, lock_version=None)
