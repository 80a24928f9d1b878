"""One scanned page, as read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenglong.files.pdf.payload import Payload

MISSING: Final = "qr-missing"
CONFLICT: Final = "qr-conflict"
BLANK: Final = "blank"
BROKEN: Final = "page-broken"


@dataclass(frozen=True, order=True)
class PageRef:
    """Page `page` (from 1) of the file shown as `file` (`包.zip/001.jpg` for a file inside a zip)."""

    file: str
    page: int


@dataclass(frozen=True)
class ScannedPage:
    """What was seen on a page.

    `payloads` are the sheet codes found (other codes are left out), `rotation` says by how many degrees clockwise
    the page lies turned (0, 90, 180, 270), `image_small` is an upright JPEG to look at (empty for a broken page),
    `problem` is "" or one of qr-missing, qr-conflict, blank, page-broken; `detail` is a sentence where there is more to say.
    """

    file: str
    page: int
    payloads: tuple[Payload, ...]
    rotation: int
    image_small: bytes
    problem: str = ""
    detail: str = ""

    @property
    def ref(self) -> PageRef:
        return PageRef(self.file, self.page)


def judge(payloads: tuple[Payload, ...], blank: bool) -> str:
    """The problem of a page on which these codes were found."""
    if len(payloads) == 1:
        return ""
    if payloads:
        return CONFLICT
    return BLANK if blank else MISSING
