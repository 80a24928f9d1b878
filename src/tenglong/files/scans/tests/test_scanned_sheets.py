"""From paper back to the sheet: nearly every page is recognised, and none for another's."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from tenglong.files.scans import PageRef, ScannedPage, match, read_scans, split


def recognised(tmp_path: Path, count: int, bench) -> tuple[int, list[str], list[str]]:
    """Right pages, wrong ones, and the degradations that were not read, of `count` degraded pages."""
    random, kinds = np.random.default_rng(7), list(bench.DEGRADED)
    made = [bench.sheet(number) for number in range(count)]
    pages = [
        bench.DEGRADED[kinds[number % len(kinds)]](page, random) for number, page in enumerate(bench.drawn(bench.printed(made)))
    ]
    read = list(read_scans(bench.as_pdf(pages, tmp_path / "扫描.pdf")))
    assert len(read) == count
    right, wrong, lost = 0, [], []
    for number, page in enumerate(read):
        kind = kinds[number % len(kinds)]
        if page.payloads == (made[number].payload(1, 1),):
            right += 1
        else:
            (wrong if page.payloads else lost).append(kind)
    return right, wrong, lost


def test_degraded_pages_are_recognised_and_none_for_another(tmp_path, bench):
    right, wrong, lost = recognised(tmp_path, 13, bench)
    assert wrong == []
    assert lost == [] and right == 13


@pytest.mark.slow
def test_of_two_hundred_degraded_pages_98_in_100_are_right(tmp_path, bench):
    right, wrong, lost = recognised(tmp_path, 200, bench)
    assert wrong == []
    assert right >= 196, lost


def test_the_rotation_is_told_and_the_small_picture_is_upright(tmp_path, bench):
    page = bench.drawn(bench.printed([bench.sheet(1)]), 150)[0]
    turned = [bench.turned(page, angle) for angle in (0, 90, 180, 270)]
    read = list(read_scans(bench.as_pdf(turned, tmp_path / "a.pdf")))
    assert [one.rotation for one in read] == [0, 90, 180, 270]
    for one in read:
        shown = np.asarray(Image.open(io.BytesIO(one.image_small)).convert("L"))
        height, width = shown.shape
        assert height > width
        top_right, others = shown[: height // 7, -width // 5 :], shown[-height // 7 :, : width // 5]
        assert (top_right < 128).mean() > 0.1 > (others < 128).mean()


def test_pictures_multi_page_tiffs_zips_and_lists_are_read_in_order(tmp_path, bench):
    made = [bench.sheet(number) for number in range(1, 6)]
    pages = bench.drawn(bench.printed(made), 150)
    pages[0].save(tmp_path / "1.jpg")
    pages[1].convert("1").save(tmp_path / "2.tif", save_all=True, append_images=[pages[2].convert("1")], compression="group4")
    pages[3].convert("RGBA").save(tmp_path / "3.png")
    bench.as_pdf([pages[4]], tmp_path / "4.pdf")
    names = ["1.jpg", "2.tif", "3.png", "4.pdf"]
    with zipfile.ZipFile(tmp_path / "扫描.zip", "w") as archive:
        for name in names:
            archive.write(tmp_path / name, name)
    wanted = [one.payload(1, 1) for one in made]
    for source in (tmp_path / "扫描.zip", [tmp_path / name for name in names]):
        read = list(read_scans(source))
        assert [page.payloads[0] for page in read] == wanted
        assert [page.page for page in read] == [1, 1, 2, 1, 1]
        out = split(source, match(read, {one.id: one.version_hash for one in made}).groups)
        assert sorted(out) == [one.id for one in made]


def test_split_files_hold_the_pages_of_their_firm_and_can_be_read_again(tmp_path, bench):
    made = [bench.sheet(1), bench.sheet(2, measures=50), bench.sheet(3)]
    pages = bench.drawn(bench.printed(made), 150)
    path = bench.as_pdf([pages[3], pages[2], pages[0], pages[1]], tmp_path / "乱序.pdf")
    found = match(read_scans(path), {one.id: one.version_hash for one in made})
    assert found.troubles == []
    out = split(path, found.groups)
    for one, count in zip(made, (1, 2, 1), strict=True):
        (tmp_path / "一企.pdf").write_bytes(out[one.id])
        read = list(read_scans(tmp_path / "一企.pdf"))
        assert [page.payloads for page in read] == [(one.payload(page, count),) for page in range(1, count + 1)]


def test_a_page_with_anything_active_is_redrawn_before_it_is_kept(tmp_path, bench):
    made = bench.sheet(1)
    plain, mark = bench.printed([made]), b"/Type/Page/"
    assert plain.count(mark) == 1
    acts = b"AA<</O<</S/JavaScript/JS(app.alert\\(1\\))>>>>/"
    (tmp_path / "a.pdf").write_bytes(plain.replace(mark, mark + acts))
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document, pypdfium2.PdfDocument.new() as copy:
        copy.import_pages(document)
        kept = io.BytesIO()
        copy.save(kept)
    assert b"/JavaScript" in kept.getvalue(), "the page must really carry a script for this test to say anything"
    out = split(tmp_path / "a.pdf", {made.id: [PageRef("a.pdf", 1)]})[made.id]
    assert b"JavaScript" not in out and b"/AA" not in out
    (tmp_path / "b.pdf").write_bytes(out)
    assert next(iter(read_scans(tmp_path / "b.pdf"))).payloads == (made.payload(1, 1),)
    with pypdfium2.PdfDocument(out) as document:
        assert document[0].get_size() == pytest.approx((595.3, 841.9), abs=1)


def test_other_codes_are_overlooked_and_two_sheets_on_one_page_are_a_conflict(tmp_path, bench):
    import segno

    pages = bench.drawn(bench.printed([bench.sheet(1), bench.sheet(2)]), 200)
    label = io.BytesIO()
    segno.make("https://example.org/licence").save(label, kind="png", scale=8)
    pages[0].paste(Image.open(label).convert("RGB"), (200, 1900))
    both = pages[1].copy()
    both.paste(pages[0].crop((1200, 0, 1654, 400)), (100, 1800))
    first, second = read_scans(bench.as_pdf([pages[0], both], tmp_path / "a.pdf"))
    assert first.payloads == (bench.sheet(1).payload(1, 1),) and first.problem == ""
    assert second.problem == "qr-conflict" and len(second.payloads) == 2
    assert [t.code for t in match([first, second], {bench.sheet(1).id: bench.sheet(1).version_hash}).troubles] == [
        "qr-conflict"
    ]


def test_blank_backs_are_left_out_and_a_page_without_code_is_reported(tmp_path, bench):
    page = bench.drawn(bench.printed([bench.sheet(1)]), 150)[0]
    blank = bench.noisy(Image.new("RGB", page.size, bench.PAPER), np.random.default_rng(1), 3)
    uncoded = page.copy()
    uncoded.paste("white", (page.width // 2, 0, page.width, page.height // 5))
    read = list(read_scans(bench.as_pdf([page, blank, uncoded], tmp_path / "a.pdf")))
    assert [one.problem for one in read] == ["", "blank", "qr-missing"]
    assert isinstance(read[0], ScannedPage) and read[2].image_small
