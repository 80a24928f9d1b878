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


def names(kind: str) -> list[str]:
    """Names of the packaged policies of a kind: `kinds/plots.yaml` → plots, `measures.yaml` → measures."""
    folder = files(__name__).joinpath(kind)
    if folder.is_dir():
        return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))
    return [kind] if files(__name__).joinpath(f"{kind}.yaml").is_file() else []


@cache
def code_books() -> Books:
    """The books of codes, parsed once per process (about 0.1 s)."""
    from tenglong.domain.codes.books import load

    return load(read_text)
