"""Where a value stands, and why one is missing, as a run keeps it: a text and its values, worded for whoever reads."""

from __future__ import annotations

from typing import Any, Final

import orjson
from django.utils.translation import gettext

#: between the text and its values
_BREAK: Final = "\t"
#: a value that is itself a word of the program
WORD: Final = "label"


def say(text: str, **told: Any) -> str:
    """As it is kept; `text` is marked with gettext_noop where it is written."""
    return f"{text}{_BREAK}{orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()}" if told else text


def told_of(kept: str) -> dict[str, Any]:
    """The values that stand in a kept text."""
    text = kept.partition(_BREAK)[2]
    return dict(orjson.loads(text)) if text else {}


def worded(kept: str) -> str:
    """In the language of the reader; an empty text stays empty."""
    text, _mark, _values = kept.partition(_BREAK)
    told = told_of(kept)
    if WORD in told:
        told[WORD] = gettext(told[WORD])
    return (gettext(text) % told if told else gettext(text)) if text else ""
