"""One of the two towns: its land, firms, files, imports, jobs and exports, written by its own officer, every text marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

DAY = date(2024, 1, 1)
PHONE, ACCOUNT, TAX = "1395751{}", "33060400110022{}", "76543.{}"


@dataclass
class Town:
    """`ids`: what addresses of this town need; `secrets`: what nobody of another town may read.

    `amounts`: compensation and payees, for those alone who hold `clearance.money`.
    """

    name: str
    code: str
    west: float
    ids: dict[str, Any] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    amounts: set[str] = field(default_factory=set)
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


def square(west: float, column: int) -> shapely.Polygon:
    """A yard of about 96 × 111 m."""
    x = west + 0.002 * column
    return shapely.box(round(x, 6), 30.0, round(x + 0.001, 6), 30.001)


def uscc(serial: int) -> str:
    from stdnum.cn import uscc as rule

    body = f"91330604MA{serial:07d}"
    return body + rule.calc_check_digit(body)


def furnish(town: Town, officer: Any, plots: int, serial: int) -> None:
    """Everything of the town; `serial` is where its numbers begin."""
    _land(town, officer, plots)
    _firms(town, officer, serial)
    _imports(town, officer)
    _outputs(town, officer)


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


def entered(user: Any, **options: Any) -> Client:
    """A client that is this person; an anonymous one for None."""
    client = Client(**options)
    if user is not None:
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
    return client
