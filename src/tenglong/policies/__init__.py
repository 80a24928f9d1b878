"""Packaged facts and presets; read as text so that the domain stays pure."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenglong.domain.codes.books import Books


def read_text(name: str) -> str:
    """Text of a packaged file, e.g. `codes/divisions.csv`. FileNotFoundError when there is none."""
    return files(__name__).joinpath(*name.split("/")).read_text(encoding="utf-8")


@cache
def code_books() -> Books:
    """The books of codes, parsed once per process (about 0.1 s)."""
    from tenglong.domain.codes.books import load

    return load(read_text)
