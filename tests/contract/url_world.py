"""Two towns that must not see each other: each with land, firms, files, imports, jobs and exports, every text of it marked.

Everything is written through the services, by the town's own officer. `Town.secrets` are the marked words, ulids and
codes of a town; `PRIVATE` are values that a role without `sensitive.view` never sees, whatever its town.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

COUNTY, DAY = "330604", date(2024, 1, 1)
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
PHONE, ACCOUNT, TAX = "1395751{}", "33060400110022{}", "76543.{}"


@dataclass
class Town:
    """`ids`: what addresses of this town need; `secrets`: what nobody of another town may read."""

    name: str
    code: str
    west: float
    ids: dict[str, Any] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    firm_may: set[str] = field(default_factory=set)
    plots: int = 0

    def word(self, what: str) -> str:
        """A marked text of this town."""
        text = f"机密{self.name}{what}"
        self.secrets.add(text)
        return text

    def note(self, key: str, value: Any) -> Any:
        """Keep an identifier under `key`; strings long enough to be told apart are secrets."""
        self.ids[key] = value
        if isinstance(value, str) and len(value) >= 12:
            self.secrets.add(value)
        return value


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
        clear = role in ("county_admin", "analyst")
        private = here.private | there.private
        if role == "enterprise":
            private = private - here.firm_may
        return hidden if clear else hidden | private

    def sees(self, role: str, kind: str, town: str) -> bool:
        """Whether the row scope of `role` reaches the object `kind` of `town`: the rule as people say it."""
        if kind in ("job", "figure") and role == "system_admin":
            return kind == "job"
        if role in WHOLE_COUNTY:
            return True
        if role == "task_force" and kind in ("job", "figure"):
            return False  # their own only, and these are the officer's
        if role == "enterprise":
            return town == HERE and kind in ("plot", "enterprise", "parcel", "building", "case")
        return TOWN_OF.get(role) == town


def square(west: float, column: int) -> shapely.Polygon:
    """A yard of about 96 × 111 m."""
    x = west + 0.002 * column
    return shapely.box(round(x, 6), 30.0, round(x + 0.001, 6), 30.001)


def uscc(serial: int) -> str:
    from stdnum.cn import uscc as rule

    body = f"91330604MA{serial:07d}"
    return body + rule.calc_check_digit(body)


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
        _land(town, officer, 3 if town.name == HERE else 4)
        _firms(town, officer, 100 if town.name == HERE else 200)
        _imports(town, officer)
        _outputs(town, officer)
    world = World(towns, people, "跨镇联营公司")
    _shared(world)
    _cases(world)
    _beside("url_world_evaluation").build(world)
    _beside("url_world_before").build(world)
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


def _land(town: Town, officer: Any, number: int) -> None:
    from tenglong.apps.registry import service
    from tenglong.apps.registry.models import Zone

    Zone.objects.create(
        code=f"Z-{town.code}", name=town.word("园区"), kind="town_park", division_code=town.code, valid_from=DAY
    )
    for at in range(number):
        made = service.create_plot(
            officer,
            {
                "name": town.word(f"地块{at}"),
                "address": town.word(f"路{at}号"),
                "survey_number": f"{town.code}-{at}",
                "status": "in_use",
                "zone_code": f"Z-{town.code}",
            },
            on=DAY,
            town=town.code,
            geometry=square(town.west, at),
        )
        town.note(f"plot{at}", made.plot.ulid)
        town.note(f"plot_code{at}", made.code)
        town.ids[f"plot_pk{at}"] = made.plot_id
    town.ids["plot"], town.plots = town.ids["plot1"], number
    service.change_plot(
        officer, town.ids["plot1"], {"status": "idle_suspected"}, on=date(2024, 6, 1), lock_version=1, reason=town.word("理由")
    )
    x = town.west + 0.0045
    for child in service.split_plot(
        officer,
        town.ids["plot2"],
        on=date(2024, 7, 1),
        lock_version=1,
        reason="分户",
        line=shapely.LineString([(x, 29.99), (x, 30.01)]),
    ):
        town.note(f"child{child.plot_id}", child.plot.ulid)
        town.note(f"child_code{child.plot_id}", child.code)
    town.plots += 1
    building = service.create_building(
        officer,
        {"name": town.word("厂房"), "plot_id": town.ids["plot_pk1"]},
        on=DAY,
        town=town.code,
        code=f"JZ-{town.code}-0001",
        geometry=square(town.west, 1),
    )
    town.note("building", building.building.ulid)
    town.secrets.add(f"JZ-{town.code}-0001")
    content = b"%PDF-1.4 " + town.word("文件内容").encode()
    document = service.add_document(
        officer, town.word("协议") + ".pdf", content, kind="agreement", subject_type="plot", subject_id=town.ids["plot_pk1"]
    )
    town.note("document", document.ulid)
    town.secrets.add(document.sha256)


def _firms(town: Town, officer: Any, serial: int) -> None:
    from tenglong.apps.registry import bulk, service
    from tenglong.apps.registry.models import PlotParcel

    firms = []
    for at in range(2):
        town.private.add(PHONE.format(serial + at).ljust(11, "7"))
        town.private.add(town.word(f"联系人{at}"))
        firm = service.create_enterprise(
            officer,
            {
                "name": town.word(f"企业{at}"),
                "address": town.word(f"企业地址{at}"),
                "contact": f"机密{town.name}联系人{at}",
                "phone": PHONE.format(serial + at).ljust(11, "7"),
            },
            on=DAY,
            town=town.code,
            uscc=uscc(serial + at),
        )
        firms.append(firm)
        town.note(f"enterprise{at}", firm.enterprise.ulid)
        town.note(f"uscc{at}", uscc(serial + at))
        used = service.create_occupancy(
            officer,
            {
                "plot_id": town.ids[f"plot_pk{at}"],
                "enterprise_id": firm.enterprise_id,
                "role": "owner",
                "area_cm2": 50_000_000,
                "contract": town.word(f"合同{at}"),
            },
            on=DAY,
        )
        town.ids["occupancy"] = used.pk
        parcel = service.create_parcel(
            officer,
            {"right_holder": town.word(f"企业{at}"), "holder_uscc": uscc(serial + at), "title_number": town.word(f"证{at}")},
            on=DAY,
            town=town.code,
            code=f"{town.code}001GB{at:05d}",
            geometry=square(town.west, at),
        )
        town.note(f"parcel{at}", parcel.parcel.ulid)
        town.note(f"parcel_code{at}", parcel.parcel.code)
        town.ids[f"parcel_pk{at}"], town.ids[f"firm_pk{at}"] = parcel.parcel_id, firm.enterprise_id
    town.ids["enterprise"], town.ids["parcel"] = town.ids["enterprise1"], town.ids["parcel1"]
    town.private |= {ACCOUNT.format(serial), TAX.format(serial)}
    pair = {
        "plot_id": [town.ids["plot_pk0"], town.ids["plot_pk1"]],
        "parcel_id": [town.ids["parcel_pk0"], town.ids["parcel_pk1"]],
        "area_cm2": [1_000_000, 2_000_000],
        "basis": ["title", "title"],
    }
    _bulk(bulk, officer, "links", pair, 2)
    carried = PlotParcel.objects.filter(plot_id=town.ids["plot_pk1"])
    carried.update(needs_review=True)
    town.ids["link"] = carried.values_list("pk", flat=True)[0]
    _bulk(
        bulk,
        officer,
        "accounts",
        {
            "kind": ["power"] * 2,
            "number": [ACCOUNT.format(serial)] * 2,
            "enterprise_id": [firm.enterprise_id for firm in firms],
            "plot_id": [town.ids["plot_pk0"], town.ids["plot_pk1"]],
            "share_bp": [5000, 5000],
            "evidence": [town.word("凭证")] * 2,
        },
        2,
    )
    facts = [(firm.enterprise_id, measure) for firm in firms for measure in ("tax_paid", "revenue")]
    _bulk(
        bulk,
        officer,
        "facts",
        {
            "subject_type": ["enterprise"] * 4,
            "subject_id": [pk for pk, _ in facts],
            "measure": [name for _, name in facts],
            "period": ["2023"] * 4,
            "value_e6": [round(float(TAX.format(serial)) * 10**6)] * 4,
            "given": [TAX.format(serial)] * 4,
            "department": ["税务局"] * 4,
            "legal_basis": ["shared"] * 4,
            "legal_document": [town.word("批文")] * 4,
        },
        4,
    )


def _bulk(bulk: Any, officer: Any, kind: str, columns: dict[str, list[Any]], rows: int) -> None:
    prepared = bulk.PreparedRows(actions=["new"] * rows, targets=[None] * rows, columns=columns)
    bulk.apply(kind, prepared, actor=officer, on=DAY, batch_id=None, department_id=officer.department_id)


def survey_file(town: Town, *lines: str) -> SimpleUploadedFile:
    head = "摸排编号,所属镇街,地块名称,现状,实测面积（亩）,WKT"
    return SimpleUploadedFile(town.word("摸排") + ".csv", ("\n".join([head, *lines]) + "\n").encode("utf-8-sig"))


def run_job(batch: Any) -> Any:
    from tenglong.apps.jobs import service
    from tenglong.apps.jobs.models import Job

    done = service.run_now(Job.objects.get(ulid=batch.job_ulid))
    assert done.state == "done", done.message
    batch.refresh_from_db()
    return batch


def _imports(town: Town, officer: Any) -> None:
    from tenglong.apps.survey import service
    from tenglong.apps.survey.models import StagedIssue

    x = town.west + 0.016
    good, bad = square(town.west, 7).wkt, f"POLYGON(({x} 30, {x + 0.001} 30.001, {x + 0.001} 30, {x} 30.001, {x} 30))"
    batch = run_job(
        service.upload(
            officer,
            "plots",
            survey_file(
                town,
                f'{town.code}-7,{town.name}街道,{town.word("待入库")},在用,16,"{good}"',
                f'{town.code}-8,{town.name}街道,{town.word("有问题")},在用,99,"{bad}"',
            ),
        )
    )
    batch.crs = batch.crs or "EPSG:4490"
    batch.save(update_fields=["crs"])
    service.save_template(officer, batch, town.word("模板"))
    service.stage(officer, batch)
    run_job(batch)
    town.note("batch", batch.ulid)
    town.note("job", batch.job_ulid)
    town.note("issue", StagedIssue.objects.filter(batch=batch).values_list("ulid", flat=True)[0])
    town.secrets.add(batch.sha256)


def _outputs(town: Town, officer: Any) -> None:
    """Saved filter and an export, as the officer makes them in the browser."""
    from tenglong.web.models import SavedFilter

    client = entered(officer)
    client.post("/list/filters/", {"name": town.word("筛选"), "page": "plots", "query": "?status=in_use"})
    answer = client.post("/plots/export/", {"form": "xlsx", "recipient": town.word("收件人"), "purpose": town.word("用途")})
    assert answer.status_code == 200, answer
    town.note("figure", answer["X-Figure-Number"])
    town.ids["filter"] = SavedFilter.objects.get(user=officer).pk


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


def _beside(name: str) -> Any:
    """A file beside this one: the folder is no package."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def _enterprise_desk(world: World) -> None:
    """The user of an enterprise: firm 1 of HERE, which owns plot 1 and holds title 1."""
    here = world.towns[HERE]
    world.people["enterprise"] = _person("enterprise", None, enterprise_id=here.ids["firm_pk1"])
    mine = ("plot1", "plot_code1", "enterprise1", "uscc1", "parcel1", "parcel_code1", "building", "case", "task")
    words = ("地块1", "路1号", "企业1", "企业地址1", "合同1", "证1", "厂房", "凭证", "批文", "园区", "理由", "申诉", "申诉内容")
    here.firm_may = {here.ids[key] for key in mine} | {f"机密{HERE}{word}" for word in words}
    here.firm_may.add(f"JZ-{here.code}-0001")
    here.firm_may |= {here.ids["appeal"], TAX.format(100)}  # a firm reads its own figures in its own result
    here.firm_may |= {f"机密{HERE}{word}" for word in ("评价申诉", "申诉答复", "调档理由", "纪要号")}
    here.firm_may |= {here.ids[key] for key in ("area", "sheet")}
    here.firm_may |= {f"机密{HERE}{word}" for word in ("核定企业", "面积依据", "单上企业")}


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


def entered(user: Any, **options: Any) -> Client:
    """A client that is this person; an anonymous one for None."""
    client = Client(**options)
    if user is not None:
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
    return client


# what an answer says ---------------------------------------------------------------------------------------------------
def spoken(answer: Any) -> str:
    """Everything in an answer as text: headers, page, cells of a workbook, rows of a GeoPackage, attributes of a tile."""
    body = answer.getvalue() if answer.streaming else answer.content
    head = "\n".join(f"{key}: {value}" for key, value in answer.headers.items())
    cookies = answer.cookies.output()
    return "\n".join([_unquoted(head), cookies, _body(str(answer.headers.get("Content-Type", "")), body)])


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return text + "\n" + unquote(text)


def _body(mime: str, body: bytes) -> str:
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if body[:15] == b"SQLite format 3":
        return _geopackage(body)
    if "vector-tile" in mime:
        import mapbox_vector_tile

        return str(mapbox_vector_tile.decode(body)) if body else ""
    text = body.decode("utf-8", "replace")
    return text + re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text) if "json" in mime else text


def _geopackage(body: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.gpkg"
        path.write_bytes(body)
        with contextlib.closing(sqlite3.connect(path)) as base:
            names = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
            plain = [name for name in names if not name.startswith("rtree_")]
            rows = [str(row) for name in plain for row in base.execute(f'select * from "{name}"')]
    return "\n".join(rows) + body.decode("utf-8", "ignore")  # also what deleted pages still hold


# what a request wrote ----------------------------------------------------------------------------------------------------
#: tables that any request may touch: the session, when it was last seen, failed log-ins
OWN_TABLES = ("django_session", "accounts_usersession", "axes_")
WRITE = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.I)


@contextlib.contextmanager
def watched() -> Iterator[list[str]]:
    """Tables written inside the block, the session's own left out."""
    written: list[str] = []
    with CaptureQueriesContext(connection) as seen:
        yield written
    for query in seen.captured_queries:
        if (found := WRITE.match(query["sql"])) and not found[1].startswith(OWN_TABLES):
            written.append(found[1])


def fingerprint() -> dict[str, int]:
    """A hash of every row of every table of ours, sessions left out."""
    from django.apps import apps

    ours = [model for model in apps.get_models() if model.__module__.startswith("tenglong.")]
    kept = [model for model in ours if not model._meta.db_table.startswith(OWN_TABLES)]
    return {model._meta.label: hash(str(list(model._default_manager.order_by("pk").values_list()))) for model in kept}


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
