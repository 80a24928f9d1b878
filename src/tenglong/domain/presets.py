"""Where the domain gets the text of packaged presets: handed in once by the package, never read here."""

from __future__ import annotations

from collections.abc import Callable

_sources: list[Callable[[str], str]] = []
_listings: list[Callable[[str], list[str]]] = []


def install(source: Callable[[str], str], listing: Callable[[str], list[str]]) -> None:
    """`source(name)` returns the text of a preset such as `kinds/plots.yaml`; `listing(kind)` the names a kind has."""
    _sources[:] = [source]
    _listings[:] = [listing]


def preset(name: str) -> str:
    """Text of a preset. Raises LookupError when no source was handed in."""
    if not _sources:
        raise LookupError("未提供内置参数的来源")
    return _sources[0](name)


def listed(kind: str) -> list[str]:
    """Names of the presets of a kind without folder and `.yaml`, sorted. Raises LookupError when no source was handed in."""
    if not _listings:
        raise LookupError("未提供内置参数的来源")
    return _listings[0](kind)
