"""Packaged read-only presets; the record of policies is elsewhere."""

from __future__ import annotations

from importlib.resources import files


def read_text(name: str) -> str:
    """Text of a packaged preset, e.g. `kinds/plots.yaml`. Raises FileNotFoundError."""
    return files(__name__).joinpath(*name.split("/")).read_text(encoding="utf-8")
