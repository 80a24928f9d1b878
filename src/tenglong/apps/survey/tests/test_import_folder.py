"""A folder of a town's survey through the command line: every kind, in order, twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tenglong.apps.registry.models import (
    AccountLink,
    BuildingVersion,
    EnterpriseVersion,
    Fact,
    Occupancy,
    ParcelVersion,
    PlotParcel,
    PlotVersion,
)
from tenglong.apps.survey.models import ImportBatch, StagedIssue

USCC, TENANT = "91330604MA2888888D", "91330604MA2777777G"


@pytest.fixture
def folder(tmp_path: Path, line: Any) -> Path:
    """Two plots, a title over both, a shed, two firms of which one rents from the other, a meter, and figures."""
    files = {
        "1地块.csv": ["摸排编号,所属镇街,地块名称,现状,实测面积（亩）,证载面积（亩）,WKT", line(1), line(2)],
        "2宗地.csv": [
            "宗地代码,所属镇街,权利人,证载面积（平方米）,取得方式,取得日期",
            "330604001003GB00123,百官街道,一厂,14900,出让,2005-06-01",
        ],
        "3对应.csv": [
            "摸排编号,所属镇街,宗地代码,重叠面积（平方米）,依据",
            "BG-001,百官街道,330604001003GB00123,9000,权证",
            "BG-999,百官街道,330604001003GB00123,10,权证",
        ],
        "4厂房.csv": ["建筑编号,摸排编号,所属镇街,名称,层数,建筑面积（平方米）", "BG-001-1,BG-001,百官街道,1 号车间,3,5200"],
        "5企业名录.csv": [
            "统一社会信用代码,企业名称,所属镇街,规模,联系电话",
            f"{USCC},绍兴一厂有限公司,百官街道,规上,13800001111",
            f"{TENANT},绍兴租户有限公司,百官街道,规下,",
        ],
        "6用地关系.csv": [
            "摸排编号,所属镇街,统一社会信用代码,企业名称,用地方式,占地面积（亩）,起始日期,出租方信用代码",
            f"BG-001,百官街道,{USCC},绍兴一厂有限公司,自有,16,2020-01-01,",
            f"BG-001,百官街道,{TENANT},绍兴租户有限公司,承租,4,2021-01-01,{USCC}",
        ],
        "7户号.csv": ["户号类别,户号,统一社会信用代码,份额（%）,起始日期", f"电,0573000123,{USCC},60,2023-01-01"],
        "8指标数据.csv": [
            "统一社会信用代码,期间,数据部门,采集依据,实缴税金（万元）,用电量（万千瓦时）",
            f"{USCC},2023,税务局,部门共享,120.5,88",
        ],
    }
    for name, rows in files.items():
        (tmp_path / name).write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return tmp_path


def run(*words: object) -> Result:
    from tenglong.cli import main

    return CliRunner().invoke(main, ["import", *(str(word) for word in words)])


def counts() -> dict[str, int]:
    models = (PlotVersion, ParcelVersion, PlotParcel, BuildingVersion, EnterpriseVersion, Occupancy, AccountLink, Fact)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.slow
def test_a_folder_enters_in_order_and_a_second_time_changes_nothing(cast: Any, divisions: None, folder: Path) -> None:
    first = run("folder", folder, "--as", "county", "--confirm", "--survey-date", "2024-01-01", "--json")
    told = json.loads(first.stdout)
    assert told["left_out"] == [], told["left_out"]
    rules = list(StagedIssue.objects.filter(severity="error").values_list("dataset", "row", "rule"))
    assert rules == [("links", 3, "unknown-plot")]
    assert counts() == {
        "PlotVersion": 2,
        "ParcelVersion": 1,
        "PlotParcel": 1,
        "BuildingVersion": 1,
        "EnterpriseVersion": 2,
        "Occupancy": 2,
        "AccountLink": 1,
        "Fact": 2,
    }
    tenant = Occupancy.objects.get(role="lessee")
    assert tenant.landlord_link == Occupancy.objects.get(role="owner")
    assert AccountLink.objects.get().share_bp == 6_000
    assert BuildingVersion.objects.get().plot_id == PlotVersion.objects.get(survey_number="BG-001").plot_id
    run("folder", folder, "--as", "county", "--confirm", "--survey-date", "2024-01-01", "--json")
    second = ImportBatch.objects.order_by("pk")[8:]
    moved = {batch.kind: batch.counts["new"] + batch.counts["changed"] for batch in second}
    kinds = ("plots", "parcels", "links", "buildings", "enterprises", "occupancies", "accounts", "facts")
    assert moved == dict.fromkeys(kinds, 0)
    assert sum(counts().values()) == 12


def test_without_confirm_rows_stop_at_the_preview(cast: Any, divisions: None, folder: Path) -> None:
    done = run("plots", folder / "1地块.csv", "--as", "officer")
    assert done.exit_code == 0, done.output
    assert "新增 2" in done.output and "待确认入库" in done.output
    assert not PlotVersion.objects.exists()


def test_an_import_without_a_name_is_refused(cast: Any, folder: Path) -> None:
    assert run("plots", folder / "1地块.csv").exit_code == 2
    assert run("plots", folder / "1地块.csv", "--as", "nemo").exit_code == 2


def test_the_command_line_knows_the_same_limits_as_the_pages(cast: Any, divisions: None, folder: Path) -> None:
    refused = run("plots", folder / "1地块.csv", "--as", "stranger", "--confirm", "--json")
    assert refused.exit_code == 1 and {issue["rule"] for issue in json.loads(refused.stdout)["issues"]} >= {"outside-scope"}
    assert run("plots", folder / "1地块.csv", "--as", "auditor", "--confirm").exit_code == 1
    assert not PlotVersion.objects.exists()


def test_another_county_is_refused_rather_than_ignored(cast: Any, folder: Path) -> None:
    done = run("plots", folder / "1地块.csv", "--as", "county", "--county", "330602")
    assert done.exit_code == 2 and "--county" in done.output
    assert run("folder", folder, "--as", "county", "--county", "330602").exit_code == 2


def test_a_geojson_in_a_folder_is_found_by_the_name_of_the_users_file(cast: Any, divisions: None, tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [[[120.8, 30], [120.801, 30], [120.801, 30.001], [120.8, 30.001], [120.8, 30]]]}
    row = {"摸排编号": "BG-1", "所属镇街": "百官街道", "地块名称": "一厂", "实测面积（亩）": "16", "现状": "在用"}
    body = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": row, "geometry": shape}]}
    (tmp_path / "1-地块.geojson").write_text(json.dumps(body), encoding="utf-8")
    done = run("folder", tmp_path, "--as", "county", "--confirm", "--json")
    assert json.loads(done.stdout)["left_out"] == []
    assert ImportBatch.objects.get().table_name == "1-地块" and PlotVersion.objects.count() == 1


def test_a_landlord_known_to_the_register_is_found_when_only_the_tenant_is_in_the_file(
    cast: Any, divisions: None, folder: Path
) -> None:
    run("folder", folder, "--as", "county", "--confirm", "--survey-date", "2024-01-01")
    tenant = Occupancy.objects.get(role="lessee")
    Occupancy.objects.filter(pk=tenant.pk).delete()
    path = folder / "6用地关系.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([lines[0], lines[2]]) + "\n", encoding="utf-8-sig")
    run("occupancies", path, "--as", "county", "--confirm")
    assert Occupancy.objects.get(role="lessee").landlord_link == Occupancy.objects.get(role="owner")
    run("occupancies", path, "--as", "county", "--confirm")
    assert ImportBatch.objects.latest("pk").counts["unchanged"] == 1


def test_a_landlord_found_only_later_is_a_change_of_the_tenant(cast: Any, divisions: None, folder: Path) -> None:
    run("folder", folder, "--as", "county", "--confirm", "--survey-date", "2024-01-01")
    Occupancy.objects.filter(role="lessee").update(landlord_link=None)
    run("occupancies", folder / "6用地关系.csv", "--as", "county", "--confirm")
    batch = ImportBatch.objects.latest("pk")
    assert (batch.counts["changed"], batch.counts["unchanged"]) == (1, 1)
    assert Occupancy.objects.get(role="lessee").landlord_link == Occupancy.objects.get(role="owner")


def test_an_unknown_landlord_is_told_and_the_tenant_enters(cast: Any, divisions: None, folder: Path) -> None:
    path = folder / "6用地关系.csv"
    text = path.read_text(encoding="utf-8-sig").replace(f"2021-01-01,{USCC}", "2021-01-01,91330604MA2999999A")
    path.write_text(text, encoding="utf-8-sig")
    run("folder", folder, "--as", "county", "--confirm", "--survey-date", "2024-01-01")
    issue = StagedIssue.objects.get(rule="unknown-landlord")
    assert (issue.severity, issue.field) == ("warning", "landlord_uscc") and "91330604MA2999999A" in issue.message
    assert Occupancy.objects.get(role="lessee").landlord_link is None


def test_a_file_that_changes_only_a_phone_is_a_change_with_masked_ends(
    cast: Any, divisions: None, folder: Path, sign_in: Any
) -> None:
    from tenglong.apps.registry import queries_sensitive
    from tenglong.apps.survey.models import StagedRow

    path = folder / "5企业名录.csv"
    run("enterprises", path, "--as", "county", "--confirm")
    path.write_text(path.read_text(encoding="utf-8-sig").replace("13800001111", "13900002222"), encoding="utf-8-sig")
    run("enterprises", path, "--as", "county")
    batch = ImportBatch.objects.latest("pk")
    assert (batch.counts["changed"], batch.counts["unchanged"]) == (1, 1)
    row = StagedRow.objects.get(batch=batch, action="changed")
    assert "1390000" not in str(row.delta) and "1380000" not in str(row.delta)
    client = sign_in(cast.county)
    page = client.get(f"/survey/{batch.ulid}/?tab=changed").content.decode()
    assert "138****1111" in page and "139****2222" in page and "13900002222" not in page
    twin = client.get(f"/survey/{batch.ulid}/rows.json?action=changed").content.decode()
    assert "139****2222" in twin and "13900002222" not in twin
    run("enterprises", path, "--as", "county", "--confirm")
    firm = EnterpriseVersion.objects.filter(uscc=USCC).latest("pk")
    assert queries_sensitive.contacts(cast.county, firm)["phone"].endswith("2222")
