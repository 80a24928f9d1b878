"""Layers of the map page 一张图."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Layer:
    """`tiles` is a path with {z}/{x}/{y}; `colour_by` lists (field, label) pairs that the legend can use."""

    id: str
    label: str | Promise
    tiles: str
    geometry: str  # polygon line point
    verb: str
    order: int
    minzoom: int = 0
    maxzoom: int = 16
    visible: bool = True
    colour_by: Sequence[tuple[str, str | Promise]] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "label": str(self.label),
            "tiles": self.tiles,
            "geometry": self.geometry,
            "minzoom": self.minzoom,
            "maxzoom": self.maxzoom,
            "visible": self.visible,
            "colour_by": [[name, str(label)] for name, label in self.colour_by],
        }


_layers: dict[str, Layer] = {}


def register(id: str, label: str | Promise, tiles: str, geometry: str, verb: str, order: int = 100, **more: Any) -> None:  # noqa: A002
    """Adds a vector-tile layer; `more` are the optional fields of `Layer`."""
    _layers[id] = Layer(id, label, tiles, geometry, verb, order, **more)


def for_user(may: Callable[[str], bool]) -> list[Layer]:
    return sorted((layer for layer in _layers.values() if may(layer.verb)), key=lambda layer: (layer.order, layer.id))
