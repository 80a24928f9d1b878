"""GB/T 4754-2017 by code and by name."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tenglong.domain.codes.explain import explain
from tenglong.domain.codes.industry import industry_by_code, industry_by_name
from tenglong.domain.codes.model import Kind
from tenglong.policies import code_books


def named(text: str) -> tuple[str, list[str]]:
    match = industry_by_name(code_books(), text)
    assert match.year == 2017
    return match.code, [issue.rule for issue in match.issues]


def test_the_book_has_every_class_and_no_orphan() -> None:
    book = code_books().industry
    assert Counter(len(code) for code in book.by_code) == {1: 20, 2: 97, 3: 473, 4: 1381}
    assert [one.code for one in book.by_code.values() if one.parent and one.parent not in book.by_code] == []
    assert all(set(old.codes) <= set(book.by_code) for old in book.old.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("专用设备制造业", "35"),
        ("制造业", "C"),
        ("房地产业", "70"),
        ("其他采矿业", "12"),
        ("钢压延加工", "313"),
        ("火力发电", "4411"),
    ],
)
def test_names_of_the_standard_at_any_level(text: str, code: str) -> None:
    assert named(text) == (code, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("化学原料及化学制品制造业", "26"),
        ("汽车制造", "36"),
        ("研究与试验发展", "73"),
        ("电力、热力的生产和供应业", "44"),
        ("水泥、石灰和石膏的制造", "301"),
        ("铁路、船舶、航空航天和其他运输设备制造业", "37"),
    ],
)
def test_names_that_differ_only_in_wording(text: str, code: str) -> None:
    assert named(text) == (code, ["industry-name-near"])


def test_an_old_edition_is_told_with_its_year() -> None:
    assert named("通讯设备、计算机及其他电子设备制造业") == ("39", ["industry-name-old-edition"])
    assert named("皮革、毛皮、羽毛（绒）及其制造业") == ("19", ["industry-name-old-edition"])


def test_an_old_name_split_over_classes_is_not_decided_for_the_user() -> None:
    assert named("交通运输设备制造业") == ("C", ["industry-name-old-edition", "industry-ambiguous"])


def test_a_word_that_is_no_industry_gives_no_code() -> None:
    assert named("其它") == ("", ["industry-name-unknown"])


def test_explaining_a_class_tells_its_parents_and_the_year() -> None:
    found = explain(Kind.INDUSTRY, "3516", None, code_books())
    assert [part.value for part in found.segments] == ["C", "35", "351", "3516"]
    assert all("2017" in part.meaning for part in found.segments)


def test_a_day_before_the_edition_is_warned_about_and_a_cut_off_name_is_marked() -> None:
    assert [i.rule for i in explain(Kind.INDUSTRY, "35", date(2016, 1, 1), code_books()).issues] == ["industry-edition"]
    assert [i.rule for i in explain(Kind.INDUSTRY, "3531", None, code_books()).issues] == ["industry-name-incomplete"]


def test_an_unknown_code_is_an_error() -> None:
    found = explain(Kind.INDUSTRY, "9999", None, code_books())
    assert (found.valid, found.acceptable) == (False, False)
    assert industry_by_code(code_books(), "9999") is None
