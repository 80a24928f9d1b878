"""What the code on a confirmation sheet says: `TL1|<sheet id>|<version hash>|<page>/<pages>`."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Final, Self

import segno

_PATTERN: Final = re.compile(r"TL1\|([0-9A-Za-z_-]{1,40})\|([0-9a-f]{16})\|([1-9]\d{0,2})/([1-9]\d{0,2})", re.ASCII)


@dataclass(frozen=True, order=True)
class Payload:
    """Page `page` of `pages` of the sheet `sheet_id` printed from the data version `version_hash` (16 hex digits)."""

    sheet_id: str
    version_hash: str
    page: int
    pages: int

    def __str__(self) -> str:
        return f"TL1|{self.sheet_id}|{self.version_hash}|{self.page}/{self.pages}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The payload in `text`; None when it is any other code (a business licence, a parcel label)."""
        found = _PATTERN.fullmatch(text)
        if not found or int(found[3]) > int(found[4]):
            return None
        return cls(found[1], found[2], int(found[3]), int(found[4]))

    def svg(self) -> str:
        """The QR code as SVG without quiet zone, error correction M or better at the same size."""
        out = io.BytesIO()
        code = segno.make(str(self), error="m", micro=False)
        code.save(out, kind="svg", border=0, omitsize=True, xmldecl=False, nl=False)
        return out.getvalue().decode()
