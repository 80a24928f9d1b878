"""Weekly bulletin, half-month list and board: exact figures with denominators, a ledger number, words that may change."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from tenglong.apps.casework import board, bulletins, queries, service
from tenglong.apps.casework.figures import Period, counted, share
from tenglong.apps.casework.models import Case, CaseBulletin, Task
from tenglong.web.models import FigureLedger

pytestmark = pytest.mark.django_db
OTHER_TOWN = "330604002"
FILES = {"recipient": "区政府", "purpose": "周例会"}


@pytest.fixture
def entered() -> Any:
    def enter(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
        return client

    return enter


@pytest.fixture
def week(cast: Any, open_appeal: Any, on_day: Any) -> None:
    """Four appeals: one accepted in time, one too late, two untouched (one of them in the other town)."""
    with on_day(date(2025, 11, 3)):
        first, second, _third = (open_appeal(subject_id=number) for number in (1, 2, 3))
        open_appeal(subject_id=4, town=OTHER_TOWN)
    for case, day in ((first, date(2025, 11, 5)), (second, date(2025, 11, 7))):
        with on_day(day):
            service.complete_task(cast.county, Task.objects.get(case=case, done_on=None))


def test_the_week_and_the_half_month_of_a_day() -> None:
    assert bulletins.period_of("week", date(2025, 11, 5)) == Period(date(2025, 11, 3), date(2025, 11, 9))
    assert bulletins.period_of("half", date(2024, 2, 20)) == Period(date(2024, 2, 16), date(2024, 2, 29))
    assert bulletins.period_of("half", date(2025, 12, 31)) == Period(date(2025, 12, 16), date(2025, 12, 31))
    assert (share(2, 3), share(0, 0)) == ("2/3（66.7%）", "0/0（—）")


def test_figures_of_a_week_by_hand(cast: Any, week: None) -> None:
    period = Period(date(2025, 11, 3), date(2025, 11, 9))
    found = counted(cast.county, period, "division_code")
    assert found["330604001"] == {
        "before": 0, "opened": 3, "closed": 0, "after": 3, "due": 3, "in_time": 1, "late": 1, "open": 1}
    assert found[OTHER_TOWN]["late"] == 1
    assert set(counted(cast.officer, period, "division_code")) == {"330604001"}


def test_an_issue_is_given_out_with_a_number_and_its_words_may_change(cast: Any, week: None, on_day: Any, entered: Any) -> None:
    with on_day(date(2025, 11, 10)):
        row = bulletins.make(cast.county, "week", date(2025, 11, 5))
    words = [(one["heading"], one["text"]) for one in row.sections]
    page = entered(cast.county).get(f"/cases/bulletins/{row.ulid}/").content.decode()
    assert [page.count(f'name="text-{at}"') for at in range(len(words) + 1)] == [*(1 for _one in words), 0]
    assert all(heading in page and text in page for heading, text in words)
    words[0] = ("总体情况", "领导审定后的文字。")
    frozen = row.figures
    row = bulletins.edit(cast.county, row.ulid, title=row.title, office="区亩均办", lead=row.lead, words=words, lock_version=1)
    with pytest.raises(service.CaseConflict):
        bulletins.edit(cast.county, row.ulid, title=row.title, office="别人", lead="", words=words, lock_version=1)
    assert CaseBulletin.objects.get().figures == frozen
    answer = entered(cast.county).post(f"/cases/bulletins/{row.ulid}/file/", {"form": "docx", **FILES})
    line = FigureLedger.objects.get(number=answer["X-Figure-Number"])
    document = Document(io.BytesIO(answer.content))
    text = "\n".join(one.text for one in document.paragraphs)
    assert "领导审定后的文字。" in text
    assert line.number in text
    assert "1/4（25.0%）" in [cell.text for cell in document.tables[0].rows[-1].cells]
    again = entered(cast.county).post(f"/cases/bulletins/{row.ulid}/file/", {"form": "xlsx", **FILES})
    assert FigureLedger.objects.get(number=again["X-Figure-Number"]).rows_sha256 == line.rows_sha256
    assert entered(cast.county).post(f"/cases/bulletins/{row.ulid}/file/", {"form": "xlsx"}).status_code == 302
    assert FigureLedger.objects.count() == 2


def test_the_workbook_has_heads_in_two_levels_and_its_caliber(cast: Any, week: None, on_day: Any) -> None:
    with on_day(date(2025, 11, 10)):
        row = bulletins.make(cast.county, "half", date(2025, 11, 5))
        line, made = bulletins.give_out(cast.county, row, "xlsx", "区政府", "半月调度")
    book = load_workbook(io.BytesIO(made))
    sheet = book.worksheets[0]
    assert sorted(str(one) for one in sheet.merged_cells.ranges) == ["A2:A3", "B2:E2", "F2:G2", "H2:I2"]
    assert [cell.value for cell in sheet[3]][1:3] == ["期初在办", "本期发起"]
    assert sheet.cell(sheet.max_row, 1).value == "合计"
    notes = {row[0].value: row[1].value for row in book["口径说明"]}
    assert notes["报数编号"] == line.number
    listed = book.worksheets[2]
    assert "共 4 件，列 4 件" in listed.cell(1, 1).value
    assert listed.max_row == 3 + 4


def test_an_issue_of_one_town_is_not_the_other_towns(cast: Any, week: None, entered: Any) -> None:
    row = bulletins.make(cast.officer, "week", date(2025, 11, 5))
    assert row.division_code == "330604001"
    assert entered(cast.stranger).get(f"/cases/bulletins/{row.ulid}/").status_code == 404
    assert entered(cast.firm).get("/cases/bulletins/").status_code == 403
    with pytest.raises(service.CaseError, match="还没有开始"):
        bulletins.make(cast.officer, "week", date(2099, 1, 1))


def test_the_board_counts_exactly_and_shows_what_is_due_first(cast: Any, week: None, on_day: Any, entered: Any) -> None:
    with on_day(date(2025, 11, 10)):
        columns = {one.state.id: one for one in board.board(cast.county, "evaluation-appeal")}
        mine = {one.state.id: one for one in board.board(cast.officer, "evaluation-appeal")}
        twin = entered(cast.county).get("/cases/board.json?definition=evaluation-appeal").json()
        page = entered(cast.officer).get("/cases/board/").content.decode()
    assert (columns["filed"].count, columns["filed"].late, mine["filed"].count, mine["filed"].late) == (4, 2, 3, 1)
    assert [card.light.id for card in columns["filed"].cards if card.light] == ["overdue", "overdue"]
    assert [card.task is None for card in columns["filed"].cards] == [False, False, True, True]
    assert twin["columns"][0]["count"] == 4
    assert "企业 4 的申诉" not in page
    assert "逾期 1/3" in page


def test_the_parts_of_a_scope_have_no_case_in_common_and_miss_none(cast: Any, open_appeal: Any) -> None:
    """An office sees its town, what its own people opened elsewhere, and the shared cases of the county, each once."""
    open_appeal(subject_id=1)
    open_appeal(actor=cast.officer, subject_id=2)
    Case.objects.filter(pk=open_appeal(subject_id=3, town=OTHER_TOWN).pk).update(department_id=cast.officer.department_id)
    Case.objects.filter(pk=open_appeal(subject_id=4, town="330604").pk).update(shared=True)
    open_appeal(subject_id=5, town=OTHER_TOWN)
    for who, number in ((cast.officer, 4), (cast.stranger, 3), (cast.county, 5), (cast.firm, None)):
        parts = [set(rows.values_list("pk", flat=True)) for rows in queries.cases_apart(who)]
        whole = set(queries.cases(who).values_list("pk", flat=True))
        assert sum(map(len, parts)) == len(set().union(*parts)) == len(whole)
        assert set().union(*parts) == whole
        assert number in (None, len(whole))
        assert sum(one.count for one in board.board(who, "evaluation-appeal")) == len(whole)


def test_columns_of_few_and_of_many_show_the_same_cards(cast: Any, week: None, on_day: Any, monkeypatch: Any) -> None:
    def shown() -> list[list[int]]:
        return [[card.case.pk for card in one.cards] for one in board.board(cast.officer, "evaluation-appeal")]

    few = shown()
    monkeypatch.setattr(board, "FEW", -1)
    assert shown() == few
    assert any(few)


def test_a_late_page_of_tasks_is_the_same_as_the_whole_list_cut(cast: Any, week: None) -> None:
    rows = queries.workable(cast.county)
    whole = [row.pk for row in queries.by_deadline(rows)]
    assert [row.pk for row in queries.first_due(rows, 1, 3)] == whole[1:3]
    assert queries.counted(rows)["all"] == len(whole)
