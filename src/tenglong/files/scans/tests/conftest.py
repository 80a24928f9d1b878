"""Printed sheets, and what an office scanner makes of them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tenglong.files.pdf import AreaKind, AreaRow, MeasureRow, Sheet, confirmation_sheets

PAPER = (252, 251, 247)


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Whatever a test does, the reader leaves nothing behind."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def sheet(number: int, measures: int = 6) -> Sheet:
    return Sheet(
        f"01JD8Q{number:020d}",
        f"{number * 7919:016x}",
        f"示范县第{number}精密机械有限公司",
        "91330604MA2XXXXX0X",
        [MeasureRow(f"指标{k}", Decimal("1234.5"), "万元", "税务局", Decimal(1000)) for k in range(measures)],
        [AreaRow(AreaKind.OWN_TITLED, "甲", Decimal(30), "不动产权证")],
    )


def printed(sheets: Sequence[Sheet]) -> bytes:
    return confirmation_sheets(sheets, title="企业数据确认单", year=2026, office="示范县亩均办", note="")


def drawn(data: bytes, dpi: int = 200) -> list[Image.Image]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def stamped(page: Image.Image, middle: tuple[float, float], width_mm: float = 42) -> Image.Image:
    """A round red seal; red ink darkens what is under it and hides nothing black."""
    seal = Image.new("RGB", page.size, "white")
    pen, dots = ImageDraw.Draw(seal), page.width / 210
    x, y, r = middle[0] * page.width, middle[1] * page.height, width_mm / 2 * dots
    pen.ellipse((x - r, y - r, x + r, y + r), outline=(214, 34, 38), width=round(1.6 * dots))
    pen.regular_polygon((x, y, r * 0.35), 5, fill=(214, 34, 38))
    for turn in range(0, 360, 24):
        dx, dy = r * 0.75 * np.cos(np.radians(turn)), r * 0.75 * np.sin(np.radians(turn))
        pen.rectangle((x + dx - 2 * dots, y + dy - 2 * dots, x + dx + 2 * dots, y + dy + 2 * dots), fill=(214, 34, 38))
    return Image.fromarray(np.minimum(np.asarray(page), np.asarray(seal)))


def skewed(page: Image.Image, share: float = 0.02) -> Image.Image:
    """A page photographed or fed a little aslant: a shear and a keystone."""
    w, h = page.size
    corners = (share * w, 0, 0, h, w, h * (1 - share), w * (1 - share / 2), share * h)
    return page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=PAPER)


def noisy(page: Image.Image, random: np.random.Generator, sigma: float = 22) -> Image.Image:
    values = np.asarray(page).astype(np.float32) + random.normal(0, sigma, (*page.size[::-1], 1)).astype(np.float32)
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def turned(page: Image.Image, angle: float) -> Image.Image:
    return page.rotate(-angle, Image.Resampling.BICUBIC, expand=True, fillcolor=PAPER)


def faded(page: Image.Image) -> Image.Image:
    """Grey paper under a worn lamp: little contrast, darker to one side."""
    lamp = np.linspace(0.95, 0.6, page.width)[None, :, None]
    return Image.fromarray(((90 + np.asarray(page) * 0.5) * lamp).clip(0, 255).astype(np.uint8)).convert("L").convert("RGB")


def jpeg(page: Image.Image, quality: int = 45) -> Image.Image:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


DEGRADED: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "turned 90": lambda page, _: turned(page, 90),
    "turned 180": lambda page, _: turned(page, 180),
    "turned 3": lambda page, _: turned(page, 3),
    "turned -7": lambda page, _: turned(page, -7),
    "noise": lambda page, random: noisy(page, random),
    "blur": lambda page, _: page.filter(ImageFilter.GaussianBlur(1.8)),
    "faded": lambda page, _: faded(page),
    "150 dpi": lambda page, _: page.resize((1240, 1754), Image.Resampling.BILINEAR),
    "100 dpi jpeg": lambda page, _: jpeg(page.resize((827, 1169), Image.Resampling.BILINEAR), 60),
    "skew": lambda page, _: skewed(page),
    "seal below": lambda page, _: stamped(page, (0.7, 0.85)),
    "seal over the code": lambda page, _: stamped(page, (0.85, 0.08)),
    "all at once": lambda page, random: jpeg(noisy(turned(stamped(skewed(page, 0.01), (0.8, 0.1)), 182), random, 12)),
}


def as_pdf(pages: Sequence[Image.Image], path: Path) -> Path:
    pages[0].save(path, "PDF", save_all=True, append_images=list(pages[1:]), resolution=200)
    return path


@pytest.fixture
def bench() -> object:
    """The helpers above, for test files that cannot import them."""
    import sys

    return sys.modules[__name__]
