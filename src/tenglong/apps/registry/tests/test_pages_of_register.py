"""Pages of the register as people of different offices see them."""

from __future__ import annotations

import io
import json
from datetime import date

import openpyxl
import pytest
import shapely

from tenglong.apps.accounts.models import User
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry import service
from tenglong.apps.registry.models import Division, PlotVersion
from tenglong.web.models import FigureLedger

TOWN, OTHER = "330604001", "330604002"
SQUARE = shapely.box(120.80, 30.00, 120.803, 30.002)
NEXT = shapely.box(120.803, 30.00, 120.806, 30.002)
DAY = date(2024, 1, 1)
EXPORT = {"recipient": "区政府办", "purpose": "月报", "form": "xlsx"}


@pytest.fixture
def towns(db):
    for code, name in ((TOWN, "百官街道"), (OTHER, "曹娥街道")):
        Division.objects.create(code=code, name=name, level="town", valid_from=date(2013, 10, 18))


def plot(county: User, name: str, town: str = TOWN, shape=SQUARE, **values):
    return service.create_plot(
        county,
        {"name": name, "status": "in_use", "surveyed_cm2": 10**11, **values},
        on=DAY,
        town=town,
        geometry=shape,
        reason="试验",
    )


@pytest.fixture
def yards(cast, towns):
    """One plot in each town."""
    return plot(cast.county, "风机厂"), plot(cast.county, "染料厂", OTHER, NEXT)


def rows(client, url="/plots.json"):
    return [row["name"] for row in json.loads(client.get(url).content)["rows"]]


def test_officer_of_another_town_sees_no_plot_in_page_twin_and_export(cast, yards, sign_in):
    stranger = sign_in(cast.stranger)
    assert "风机厂" not in stranger.get("/plots/").content.decode()
    assert rows(stranger) == ["染料厂"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(stranger.post("/plots/export/", EXPORT).streaming_content)))
    cells = [str(cell) for line in book.worksheets[0].iter_rows(values_only=True) for cell in line]
    assert "染料厂" in cells
    assert "风机厂" not in cells


@pytest.mark.parametrize(
    "path", ["/plots/{}/", "/plots/{}.json", "/map/side/{}/", "/map/plots/{}.json", "/plots/{}/edit/", "/plots/{}/split/"]
)
def test_record_of_another_town_is_not_found(path, cast, yards, sign_in):
    assert sign_in(cast.stranger).get(path.format(yards[0].plot.ulid)).status_code == 404


def test_conditions_of_the_address_select_rows(cast, yards, sign_in):
    county = sign_in(cast.county)
    assert rows(county, "/plots.json?q=风机") == ["风机厂"]
    assert rows(county, f"/plots.json?town={OTHER}") == ["染料厂"]
    assert rows(county, "/plots.json?area_min=150000") == []
    assert rows(county, "/plots.json?box=120.8031,30.0001,120.8032,30.0002") == ["染料厂"]


def test_a_wrong_condition_is_told_and_selects_nothing(cast, yards, sign_in):
    answer = sign_in(cast.county).get("/plots/?area_min=abc").content.decode()
    assert "“abc”不是数" in answer
    assert "风机厂" not in answer


def test_totals_row_carries_its_denominator(cast, yards, sign_in):
    PlotVersion.objects.filter(pk=yards[0].pk).update(stated_cm2=10**11)
    assert "1/2 有值" in sign_in(cast.county).get("/plots/").content.decode()


def test_every_export_is_numbered_in_the_ledger_and_audited(cast, yards, sign_in):
    county = sign_in(cast.county)
    answer = county.post("/plots/export/?q=风机", EXPORT)
    line = FigureLedger.objects.get()
    assert answer["X-Figure-Number"] == line.number
    assert (line.rows, line.recipient, line.purpose, line.filter_text) == (
        1,
        "区政府办",
        "月报",
        "编码、名称、坐落、摸排编号 “风机”",
    )
    assert AuditEntry.objects.filter(action="export.make", subject_id=line.number, digest=line.rows_sha256).exists()
    assert line.number in county.get("/figures/").content.decode()


def test_export_without_recipient_is_refused(cast, yards, sign_in):
    answer = sign_in(cast.county).post("/plots/export/", {**EXPORT, "recipient": " "}, follow=True)
    assert "报给谁" in answer.content.decode()
    assert not FigureLedger.objects.exists()


def test_formula_in_a_name_stays_text_in_excel(cast, towns, sign_in):
    plot(cast.county, '=HYPERLINK("x")')
    answer = sign_in(cast.county).post("/plots/export/", EXPORT)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cell = next(cell for line in book.worksheets[0].iter_rows() for cell in line if "HYPERLINK" in str(cell.value))
    assert cell.data_type == "s"


def test_geopackage_holds_the_same_rows_with_boundaries(cast, yards, sign_in, tmp_path):
    import pyogrio

    path = tmp_path / "x.gpkg"
    path.write_bytes(b"".join(sign_in(cast.officer).post("/plots/export/", {**EXPORT, "form": "gpkg"}).streaming_content))
    assert pyogrio.read_info(path)["features"] == 1


def test_as_of_shows_what_was(cast, yards, sign_in):
    ulid = yards[0].plot.ulid
    service.change_plot(cast.county, ulid, {"name": "电机厂"}, on=date(2025, 1, 1), lock_version=None, reason="更名")
    county = sign_in(cast.county)
    assert json.loads(county.get(f"/plots/{ulid}.json?on=2024-06-01").content)["name"] == "风机厂"
    assert json.loads(county.get(f"/plots/{ulid}.json").content)["name"] == "电机厂"
    assert county.get(f"/plots/{ulid}/?on=2023-01-01").status_code == 404
    assert county.get(f"/plots/{ulid}/?on=gestern").status_code == 404


def edit_form(client, ulid):
    form = client.get(f"/plots/{ulid}/edit/").context["form"]
    return {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()} | {
        "reason": "实地复核",
        "surveyed_cm2": "150",
        "stated_cm2": "",
        "effective": "2025-02-01",
    }


def test_second_editor_sees_what_the_first_changed_and_loses_nothing(cast, yards, sign_in):
    ulid = yards[0].plot.ulid
    client = sign_in(cast.officer)
    mine = edit_form(client, ulid) | {"name": "我的厂名"}
    service.change_plot(
        cast.county, ulid, {"address": "人民西路 1 号"}, on=date(2025, 1, 1), lock_version=None, reason="补坐落"
    )
    answer = client.post(f"/plots/{ulid}/edit/", mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "人民西路 1 号" in text
    assert 'value="我的厂名"' in text
    form = answer.context["form"]
    client.post(f"/plots/{ulid}/edit/", {name: form[name].value() or "" for name in form.fields})
    saved = PlotVersion.objects.get(plot__ulid=ulid, valid_to=None)
    assert (saved.name, saved.address) == ("我的厂名", "人民西路 1 号")


def test_edit_makes_a_version_and_an_audit_entry(cast, yards, sign_in):
    ulid = yards[0].plot.ulid
    client = sign_in(cast.officer)
    answer = client.post(f"/plots/{ulid}/edit/", edit_form(client, ulid) | {"name": "新厂名"})
    assert answer.status_code == 302
    assert PlotVersion.objects.get(plot__ulid=ulid, valid_to=None).name == "新厂名"
    assert AuditEntry.objects.filter(action="plot.change", subject_id=ulid, reason="实地复核").exists()


def test_a_drawn_line_is_previewed_then_cut(cast, yards, sign_in):
    ulid = yards[0].plot.ulid
    client = sign_in(cast.officer)
    line = json.dumps([[120.8015, 29.999], [120.8015, 30.003]])
    told = json.loads(client.post(f"/plots/{ulid}/split/preview/", line, content_type="application/json").content)
    assert len(told["pieces"]) == 2
    answer = client.post(
        f"/plots/{ulid}/split/",
        {"line": line, "effective": "2025-01-01", "reason": "批复 1 号", "lock_version": yards[0].lock_version},
    )
    assert answer.status_code == 302
    assert PlotVersion.objects.filter(division_code=TOWN, valid_to=None).count() == 2
    assert client.get(f"/c/{yards[0].code}").url == f"/plots/{ulid}/"


def test_a_line_beside_the_plot_is_refused_in_words(cast, yards, sign_in):
    url = f"/plots/{yards[0].plot.ulid}/split/preview/"
    answer = sign_in(cast.officer).post(url, json.dumps([[121, 31], [121.1, 31]]), content_type="application/json")
    assert answer.status_code == 422
    assert json.loads(answer.content)["message"]


def test_neighbours_are_merged_with_consequences_said_first(cast, towns, sign_in):
    pair = [plot(cast.county, "甲"), plot(cast.county, "乙", shape=NEXT)]
    client = sign_in(cast.officer)
    url = "/plots/merge/?" + "&".join(f"pick={one.plot.ulid}" for one in pair)
    assert f"{pair[0].code}、{pair[1].code} 注销" in client.get(url).content.decode()
    answer = client.post(
        url,
        {
            "merge": "1",
            "pick": [one.plot.ulid for one in pair],
            "lock": [f"{one.plot.ulid}:{one.lock_version}" for one in pair],
            "effective": "2025-01-01",
            "reason": "协议 2 号",
        },
    )
    assert answer.status_code == 302
    assert PlotVersion.objects.filter(valid_to=None).count() == 1


def test_a_file_whose_content_belies_its_name_is_refused(cast, yards, sign_in):
    client = sign_in(cast.officer)
    url = f"/documents/add/plot/{yards[0].plot.ulid}/"
    wrong = io.BytesIO(b"MZ program")
    wrong.name = "权证.pdf"
    assert "可能改过后缀" in client.post(url, {"file": wrong, "kind": "title"}, follow=True).content.decode()
    right = io.BytesIO(b"%PDF-1.4 x")
    right.name = "权证.pdf"
    assert "已上传" in client.post(url, {"file": right, "kind": "title"}, follow=True).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/plots/",
        "/enterprises/",
        "/parcels/",
        "/buildings/",
        "/occupancies/",
        "/zones/",
        "/divisions/",
        "/map/",
        "/map/?plain=1",
        "/map/outlines.json",
        "/map/counts.json?by=area",
        "/search/?q=风机",
        "/plots/new/",
    ],
)
def test_every_page_answers_the_county(path, cast, yards, sign_in):
    assert sign_in(cast.county).get(path).status_code == 200


@pytest.mark.parametrize("tab", ["occupancies", "titles", "documents", "issues", "history", "loop"])
def test_every_tab_of_a_plot_answers(tab, cast, yards, sign_in):
    answer = sign_in(cast.county).get(f"/plots/{yards[0].plot.ulid}/?tab={tab}")
    assert answer.status_code == 200
    assert 'aria-selected="true"' in answer.content.decode()


def test_the_loop_counts_only_what_the_user_sees(cast, yards, sign_in):
    assert "1 块" in sign_in(cast.officer).get("/").content.decode()
    assert "2 块" in sign_in(cast.county).get("/").content.decode()


def test_a_saved_filter_belongs_to_its_owner(cast, yards, sign_in):
    sign_in(cast.county).post(
        "/list/filters/", {"name": "大地块", "page": "plots", "query": "?area_min=100", "next": "https://evil.example/"}
    )
    assert "大地块" in sign_in(cast.county).get("/plots/").content.decode()
    assert "大地块" not in sign_in(cast.officer).get("/plots/").content.decode()


def test_only_chosen_columns_are_shown(cast, yards, sign_in):
    client = sign_in(cast.county)
    client.post("/list/columns/", {"page": "plots", "column": ["code", "name"], "next": "/plots/"})
    page = client.get("/plots/").context["page"]
    assert [column.name for column in page.chosen] == ["code", "name"]
