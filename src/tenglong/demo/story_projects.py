"""重大项目: one of 781 mu in three phases from its lead on, a park of 26, and live ones with visits and blockers. All invented.

The figures of the press stand as what they are: land, planned investment and expectations. 26 projects of 15 bn yuan; in their
cluster 8 produce, 9 are about to, 8.5 bn invested; output expected at 10 bn a year now and 40 bn when all are in full output.
"""

from __future__ import annotations

import struct
import zlib
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.projects.service import blockers, figures, meetings, projects, visits
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import service as register
from tenglong.demo.county import COUNTY_CODE, MARK
from tenglong.demo.story import Stage
from tenglong.domain.landing.projects.days import after
from tenglong.domain.units import to_cm2

YI: Final = 10_000_000_000  # 分
WAN: Final = 1_000_000
TOWN: Final = f"{COUNTY_CODE}002"
#: the town of an account of the demo, so that its officer has projects to look after
OFFICERS_TOWN: Final = f"{COUNTY_CODE}001"
THEIRS: Final = frozenset({"航空紧固件基地", "高端涂层材料"})
SAID: Final = f"媒体报道的预期（{MARK}）"
BIG: Final = f"新能源装备项目（{MARK}）"
PARK: Final = f"数智港（{MARK}）"
#: mu of the phases: the first two together 554, all three 781
MU, FIRST, BOTH = 781, 300, 554
#: days before today on which the large project was signed; the other days are counted from there
SIGNED_AGO: Final = 1325
#: event of phase 1 → days after signing; the waits of the law fit in with holidays to spare
COURSE: Final = {
    "approved": 6, "notice": 41, "listing": 70, "deal": 89, "land": 90, "permits": 92, "started": 95, "topped_out": 330,
    "completed": 425, "producing": 455, "full_output": 1205,
}
SECOND: Final = {"approved": 500, "notice": 520, "listing": 549, "deal": 568, "land": 570, "permits": 580, "started": 590,
                 "topped_out": 800, "completed": 930, "producing": 995}
#: event of phase 3 → days before today
THIRD: Final = {"approved": 90, "notice": 75, "listing": 46, "deal": 27, "land": 25}
#: projects of the park: producing and about to in the cluster, the rest in the centre
PRODUCING, SOON, CENTRE = 8, 9, 9
NAMES: Final = (
    "智能传感", "精密减速器", "工业视觉", "特种芯片封测", "伺服驱动", "减震构件", "传动系统", "智能纺机", "机器人关节",
    "车规电源", "激光装备", "数控系统", "光学模组", "轻量化底盘", "智慧仓储", "热管理部件", "高端轴承", "算法平台",
    "中试基地", "设计云", "检测实验室", "工业软件", "边缘计算", "量子传感", "生物芯片", "材料计算",
)
#: name, days since the lead, days since signing (None: still a lead), 亿元, mu, events by days ago, plan by days ahead
LIVE: Final[tuple[Any, ...]] = (
    ("固态电池中试线", 25, None, 12, 80, {}, {"signed": 20}),
    ("航空紧固件基地", 70, None, 6, 45, {}, {"signed": 45}),
    ("智能电网开关", 90, 41, 8, 60, {"service_began": 44, "plan_notice": 38}, {"launched": -19, "notice": 10, "started": 59}),
    ("高端涂层材料", 160, 75, 5, 38, {"service_began": 77, "launched": 60, "approved": 70, "notice": 52},
     {"deal": 5, "started": 25}),
    ("新能源车电驱", 260, 130, 20, 120,
     {"service_began": 132, "launched": 114, "approved": 120, "notice": 95, "listing": 66, "deal": 47, "land": 45},
     {"permits": 8, "started": 20, "producing": 520}),
    ("智能仓储装备", 420, 300, 10, 66,
     {"service_began": 301, "launched": 285, "approved": 292, "notice": 262, "listing": 233, "deal": 214, "land": 212,
      "permits": 209, "started": 206}, {"topped_out": 40, "completed": 160, "producing": 220}),
)


def play(stage: Stage) -> None:
    today = timezone.localdate()
    _large(stage, today)
    _park(stage, today)
    _served(stage, [_live(stage, today, OFFICERS_TOWN if one[0] in THEIRS else TOWN, *one) for one in LIVE], today)


# ---- the large one


def _large(stage: Stage, today: date) -> None:
    actor, signed = stage.officer, today - timedelta(days=SIGNED_AGO)
    total = to_cm2(MU, "mu")
    star = next(row for row in stage.county.enterprises if row.scale == "above_scale")  # whose user can sign in
    values = {"name": BIG, "division_code": TOWN, "enterprise_id": stage.firm_ids[star.uscc], "industry": "38",
              "total_investment_fen": 100 * YI, "land_cm2": total, "note": f"{MARK}：全部虚构"}
    row = projects.create(actor, values, on=signed - timedelta(days=60))
    first, second = to_cm2(FIRST, "mu"), to_cm2(BOTH, "mu") - to_cm2(FIRST, "mu")
    lands = (first, second, total - first - second)
    told = [{"name": name, "land_cm2": land, "investment_fen": money * YI, "output_fen": money * 2 * YI,
             "tax_fen": money * YI // 25, "ramp_months": 24, "expected_by": SAID}
            for name, land, money in zip(("整机", "叶片和塔筒", "研究院和储能"), lands, (40, 32, 28), strict=True)]
    phases = projects.set_phases(actor, row, told)
    plots = list(registry.plots(actor).filter(division_code=TOWN, surveyed_cm2__gt=0).order_by("-surveyed_cm2")
                 .values_list("plot_id", flat=True)[:6])
    for at, phase in enumerate(phases):
        projects.set_plots(actor, row, phase, [(plot, None) for plot in plots[2 * at:2 * at + 2]])
    for kind, day in (("service_began", -5), ("signed", 0), ("plan_notice", 0), ("launched", 14), ("plan_set", 40),
                      ("above_scale", 640)):
        projects.set_milestone(actor, row, kind, done_on=signed + timedelta(days=day))
    for phase, course in zip(phases, (COURSE, SECOND, {}), strict=True):
        for kind, day in course.items():
            projects.set_milestone(actor, row, kind, phase=phase, done_on=signed + timedelta(days=day))
    for kind, ago in THIRD.items():
        projects.set_milestone(actor, row, kind, phase=phases[2], done_on=today - timedelta(days=ago))
    plan = {"permits": 25, "started": 32, "completed": 400, "producing": 430, "full_output": 1160}
    for kind, day in plan.items():
        projects.set_milestone(actor, row, kind, phase=phases[2], planned_on=today + timedelta(days=day))
    projects.set_milestone(actor, row, "full_output", phase=phases[1], planned_on=today + timedelta(days=400))
    _months(stage, row, signed + timedelta(days=95), today)
    _team(stage, row)


def _months(stage: Stage, row: Any, start: date, today: date) -> None:
    """Investment since the start, output and tax since the first product; some months behind the plan."""
    count = (today.year - start.year) * 12 + today.month - start.month
    first = start.replace(day=1)
    spent = [(after(first, at), 17_500 * WAN, (15_000 + 900 * (at % 5)) * WAN) for at in range(count)]
    ahead = [(after(first, at), 17_500 * WAN, None) for at in range(count, count + 12)]
    figures.enter(stage.officer, row, "invest", [*spent, *ahead], source=f"企业月报（{MARK}）")
    made = count - 12
    output = [(after(first, 12 + at), (9_000 + 2_200 * at) * WAN, (6_000 + 2_000 * at + 700 * (at % 3)) * WAN)
              for at in range(made)]
    figures.enter(stage.officer, row, "output", output, source=f"企业月报（{MARK}）")
    tax = [(month, None, (actual or 0) // 28) for month, _planned, actual in output]
    figures.enter(stage.officer, row, "tax", tax, source=f"企业月报（{MARK}）")


def _team(stage: Stage, row: Any) -> None:
    projects.add_member(stage.officer, row, stage.approver, duty="chief")
    projects.add_member(stage.officer, row, stage.officer, duty="contact", phone="0575-82000000")


# ---- the park


def _park(stage: Stage, today: date) -> None:
    """Outputs are such that today's yearly rate is expected at 10 bn and the full one at 40 bn."""
    actor = stage.officer
    plot = registry.plots(actor).filter(division_code=TOWN, surveyed_cm2__gt=0).order_by("code").first()
    if plot is None:
        return
    began = max(today - timedelta(days=900), plot.valid_from)
    head = {"name": PARK, "plot_id": plot.plot_id, "operator": f"数智港公司（{MARK}）", "source": MARK}
    park = register.create_park(actor, head, on=began, town=TOWN, reason=MARK)
    month = today.replace(day=1)
    kinds = ["producing"] * PRODUCING + ["soon"] * SOON + ["centre"] * CENTRE
    for at, (name, kind) in enumerate(zip(NAMES, kinds, strict=True)):
        _one(stage, park.park.ulid, f"{name}（{MARK}）", kind, at, month)


def _one(stage: Stage, park: str, name: str, kind: str, at: int, month: date) -> None:
    actor = stage.officer
    # 8 × 7 + 9 × 6.5 + 9 × 4 − 0.5 = 150 亿元; 8 × 31.25 + 9 × 11 + 9 × 5.67 = 400 亿元 a year
    total = {"producing": 700, "soon": 650, "centre": 400}[kind] * YI // 100 - (YI // 2 if at == len(NAMES) - 1 else 0)
    output = {"producing": 3125, "soon": 1100, "centre": 567}[kind] * YI // 100 - (3 * YI // 100 if at == len(NAMES) - 1 else 0)
    values = {"name": name, "division_code": TOWN, "total_investment_fen": total, "park_key": park,
              "cluster": "创新中心" if kind == "centre" else "智造组团", "needs": "plant" if kind == "centre" else "land"}
    row = projects.create(actor, values, on=after(month, -34 + at % 4))
    ramp = {"producing": 36, "soon": 24, "centre": 12}[kind]
    projects.set_phases(actor, row, [{
        "investment_fen": total, "output_fen": output, "tax_fen": output // 30, "ramp_months": ramp, "expected_by": SAID}])
    projects.set_milestone(actor, row, "signed", done_on=after(month, -30), reason=MARK)
    if kind == "producing":
        projects.set_milestone(actor, row, "producing", done_on=after(month, -12), reason=MARK)
    else:
        ahead = after(month, 2 + at % 8) if kind == "soon" else after(month, 12 + at % 9)
        projects.set_milestone(actor, row, "producing", planned_on=ahead)
    if kind != "centre":
        projects.set_milestone(actor, row, "started", done_on=after(month, -24), reason=MARK)
        # 8 × 5 + 9 × 5 = 85 亿元 invested in the cluster
        spent = [(after(month, -20), 3 * YI, 3 * YI), (after(month, -8), 3 * YI, 2 * YI)]
        figures.enter(actor, row, "invest", spent, source=SAID)


# ---- live ones


def _live(
    stage: Stage, today: date, town: str, name: str, lead: int, signed: int | None, money: int, land: int, done: dict[str, int],
    plan: dict[str, int],
) -> Any:
    actor = stage.officer
    row = projects.create(actor, {
        "name": f"{name}（{MARK}）", "division_code": town, "total_investment_fen": money * YI, "land_cm2": to_cm2(land, "mu")},
        on=today - timedelta(days=lead))
    projects.set_phases(actor, row, [{
        "land_cm2": row.land_cm2, "investment_fen": row.total_investment_fen, "output_fen": 2 * money * YI,
        "tax_fen": money * YI // 15, "expected_by": f"投资协议（{MARK}）"}])
    events = {"signed": signed, **done} if signed is not None else done
    for kind, ago in events.items():
        projects.set_milestone(actor, row, kind, done_on=today - timedelta(days=ago))
    for kind, ahead in plan.items():
        projects.set_milestone(actor, row, kind, planned_on=today + timedelta(days=ahead))
    _team(stage, row)
    return row


def _served(stage: Stage, rows: list[Any], today: date) -> None:
    """Visits with pictures and promises, blockers of each level, two of them solved, and a meeting."""
    actor = stage.officer
    for at, row in enumerate(rows[2:]):
        on = today - timedelta(days=4 + 3 * at)
        visits.log(
            actor, row, on=on, met="项目负责人", told=f"看了现场和进度，企业反映临时用电和道路问题。（{MARK}）",
            promises=[{"question": "临时用电什么时候能接上", "promise": "协调供电公司，一周内答复",
                       "due_on": on + timedelta(days=7)}],
            photos=[_Picture(f"现场{at + 1}.png", picture(at))])
    stuck = [
        blockers.open_(actor, rows[2 + at % 4], title=title, on=today - timedelta(days=ago), field=field, office=office,
                       step=step, expected_on=today + timedelta(days=ahead) if ahead else None)
        for at, (title, ago, field, office, ahead, step) in enumerate((
            ("临时用电容量不够", 3, "utilities", "供电公司", 9, ""),
            ("红线内管线迁改", 9, "utilities", "水务集团", 0, "start_build"),
            ("排污总量指标没有落实", 26, "permit", "生态环境分局", 20, "construction_permit"),
            ("进场道路未贯通", 48, "land", "镇街", 0, ""), ("施工图审查退回", 60, "permit", "住建局", 0, ""),
            ("土方外运许可", 33, "building", "综合执法局", 0, "")))]
    for one in stuck[1:3]:
        blockers.escalate(actor, one, reason="专班协调后仍未解决")
    top = blockers.escalate(actor, stuck[3], reason="涉及跨镇道路")
    blockers.escalate(actor, top, reason="请县里协调交通部门")
    for one, how, ago in ((stuck[4], "补正后一次通过", 41), (stuck[5], "部门联审，当天办结", 21)):
        blockers.solve(actor, one, how=how, on=today - timedelta(days=ago))
    made = meetings.plan(actor, title=f"重大项目专题会（{MARK}）", on=today - timedelta(days=1), level="county",
                         division_code=COUNTY_CODE, chair="分管领导")
    due = today + timedelta(days=13)
    for item in made.items.all():
        meetings.decide(actor, item, {"decision": "交通局牵头，两周内贯通便道", "office": "交通局", "due_on": due})
    meetings.hold(actor, made)


class _Picture:
    """A file as a form gives it."""

    def __init__(self, name: str, body: bytes) -> None:
        self.name, self.body = name, body

    def read(self) -> bytes:
        return self.body


def picture(number: int, width: int = 320, height: int = 200) -> bytes:
    """A drawn site under an invented sky, as PNG: no photograph of a real place."""
    sky, ground, wall = (170 + 10 * number % 60, 200, 230), (150, 130 - 6 * number % 40, 100), (90, 100, 115)

    left, house, top = 40, 60 * (number + 1), height * 2 // 3 - 20 * (number + 1)

    def line(y: int) -> bytes:
        behind = bytes(ground if y > height * 2 // 3 else sky)
        front = bytes(wall) if top <= y < height * 4 // 5 else behind
        return b"\0" + behind * left + front * house + behind * (width - left - house)

    lines = b"".join(line(y) for y in range(height))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


