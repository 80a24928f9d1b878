"""Schemes by name: those that come with the program, and any text that a caller can read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from tenglong.domain.policy.document import Document, load_yaml
from tenglong.domain.policy.shelf import Ref, packaged, refs

KIND: Final = "evaluation"


def presets() -> list[Ref]:
    """Schemes that come with the program, by id and version."""
    return refs(KIND)


def load(reference: str, *, on: date | None = None, read: Callable[[str], str | None] = lambda _path: None) -> Document:
    """`ID@VERSION`, `ID` where one version is valid on the day (or there is only one), or a path.

    `read(path)` gives the text of a file, None when there is no such file; it is asked first for what looks like a path.
    Raises LookupError with a sentence (naming every version that fits), PolicyError for a text that is refused.
    """
    text = read(reference) if "/" in reference or reference.endswith((".yaml", ".yml")) else None
    if text is None:
        return packaged(KIND, reference.removeprefix(f"{KIND}/"), on=on)
    return load_yaml(text, kind=KIND, id=_id_of(text, reference), file=reference)


def _id_of(text: str, path: str) -> str:
    """The id that the text says, else its file's name: `somewhere/our-county@2025.yaml` → our-county."""
    if said := re.search(r"^policy_id:[ \t]*[\"']?([^\s\"'#]+)", text, re.MULTILINE):
        return said[1]
    name = path.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0].partition("@")[0] or name
