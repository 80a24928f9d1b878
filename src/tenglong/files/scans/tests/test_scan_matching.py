"""Which page is filed where: the rules by themselves, against every arrangement of small batches."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.files.pdf import Payload
from tenglong.files.scans import TROUBLES, PageRef, ScannedPage, match

KNOWN = {"A": "a" * 16, "B": "b" * 16, "C": "c" * 16}


def page(number: int, text: str) -> ScannedPage:
    """`A1/2` a coded page, `?` one without code, `_` blank, `!` broken, `a1/1` sheet A in an older version."""
    if text in "?_!":
        return ScannedPage("s.pdf", number, (), 0, b"", {"?": "qr-missing", "_": "blank", "!": "page-broken"}[text])
    place, count = text[1:].split("/")
    version = KNOWN.get(text[0], "0" * 16)
    return ScannedPage("s.pdf", number, (Payload(text[0].upper(), version, int(place), int(count)),), 0, b"")


def sorted_out(batch: str, **options):
    found = match([page(number, text) for number, text in enumerate(batch.split(), 1)], KNOWN, **options)
    groups = {sheet: [ref.page for ref in refs] for sheet, refs in found.groups.items()}
    return groups, [(trouble.code, trouble.ref.page if trouble.ref else trouble.sheet_id) for trouble in found.troubles]


def test_coded_pages_are_filed_in_printed_order_wherever_they_lie():
    assert sorted_out("B2/2 A1/1 B1/2") == ({"A": [2], "B": [3, 1]}, [])


def test_a_page_without_code_follows_where_the_count_says_so():
    assert sorted_out("A1/2 ? B1/1") == ({"A": [1, 2], "B": [3]}, [])
    assert sorted_out("A1/3 ? ?") == ({"A": [1, 2, 3]}, [])
    assert sorted_out("A1/2 _ ? _") == ({"A": [1, 3]}, [])


def test_a_page_without_code_is_reported_wherever_there_is_doubt():
    assert sorted_out("A1/1 ?") == ({"A": [1]}, [("qr-missing", 2)])
    assert sorted_out("? A1/1") == ({"A": [2]}, [("qr-missing", 1)])
    assert sorted_out("A1/2 ? A2/2") == ({"A": [1, 3]}, [("qr-missing", 2)])
    assert sorted_out("A1/2 ? ?") == ({"A": [1]}, [("qr-missing", 2), ("qr-missing", 3), ("page-missing", "A")])
    assert sorted_out("A1/2 ! ?") == ({"A": [1]}, [("page-broken", 2), ("qr-missing", 3), ("page-missing", "A")])
    assert sorted_out("a1/2 ?") == ({}, [("version-superseded", 1), ("qr-missing", 2)])


def test_old_versions_unknown_sheets_and_second_scans_are_told_apart():
    assert sorted_out("a1/1 X1/1 A1/1 A1/1") == (
        {"A": [3]},
        [("version-superseded", 1), ("sheet-unknown", 2), ("duplicate-scan", 4)],
    )
    assert sorted_out("A1/1", filed={("A", 1)}) == ({}, [("duplicate-scan", 1)])
    assert sorted_out("A2/2", filed={("A", 1)}) == ({"A": [1]}, [])


def test_every_trouble_has_a_sentence():
    found = match([page(1, "!"), page(2, "A1/2")], KNOWN)
    assert [trouble.message for trouble in found.troubles] == [
        TROUBLES["page-broken"],
        TROUBLES["page-missing"] + "（共 2 页，缺 1 页）",
    ]


PAGES = st.sampled_from(["A1/1", "B1/2", "B2/2", "C1/3", "C2/3", "C3/3", "a1/1", "X1/1", "?", "_", "!"])


@settings(max_examples=300)
@given(st.lists(PAGES, max_size=9))
def test_no_page_is_dropped_none_is_filed_twice_and_coded_pages_never_change_their_firm(batch):
    pages = [page(number, text) for number, text in enumerate(batch, 1)]
    found = match(pages, KNOWN)
    filed = [ref for refs in found.groups.values() for ref in refs]
    told = [trouble.ref for trouble in found.troubles if trouble.ref]
    assert sorted([*filed, *told, *found.blank]) == [one.ref for one in pages]
    for sheet, refs in found.groups.items():
        for ref in refs:
            text = batch[ref.page - 1]
            assert text[0] == sheet or (text == "?" and ref in found.assumed)
    assert all(batch[ref.page - 1] == "?" for ref in found.assumed)
    assert PageRef("s.pdf", 0) not in filed
