"""Text that a spreadsheet program must not take for a formula."""

from __future__ import annotations

import re
from typing import Any

_TRIGGER = re.compile(r"^[=+\-@\t\r\n]")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST = 32_767


def safe_text(text: str) -> str:
    """A leading apostrophe before = + - @ tab or line break; control characters off; a lone dash stays."""
    clean = _ILLEGAL.sub("", text)[: LONGEST - 1]
    return f"'{clean}" if len(clean) > 1 and _TRIGGER.match(clean) else clean


def safe_cell(value: Any) -> Any:
    """Text made safe, everything else as it is."""
    return safe_text(value) if isinstance(value, str) else value
