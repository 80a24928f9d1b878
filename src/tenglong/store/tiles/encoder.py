"""A tile of one or more layers (Mapbox Vector Tile 2.1), each written as one array of varints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.store.tiles import rings
from tenglong.store.tiles.frame import EXTENT, Geometries, to_tile
from tenglong.store.tiles.plain import Packed, placed, placed_rings
from tenglong.store.tiles.rings import Commands, Rings
from tenglong.store.tiles.values import Coded, Names, chosen
from tenglong.store.tiles.varints import Ints, Letters, Varints, block, offsets, one, sizes, write_rows

Column = Sequence[Any] | Coded | Names
POINT: Final = 1
POLYGON: Final = 3
#: numbers below this take one byte
NARROW: Final = 128


@dataclass(frozen=True)
class Layer:
    """Geometries, or their WKB, in degrees (EPSG:4490 lon/lat) and columns of text, int, float, bool or None, each as long.

    Shapes may also be `Rings`, already in units of this tile. A column may come coded already, as `Coded` or `Names`.
    `labels` adds a layer `<name>_label` with one point per feature, in that tile alone which holds the point.
    """

    name: str
    geometries: Geometries | Packed | Rings | Sequence[bytes]
    attributes: Mapping[str, Column] = field(default_factory=dict)
    labels: Sequence[str] = ()


def encode(layer: str, z: int, x: int, y: int, geoms: Geometries, attributes: Mapping[str, Column]) -> bytes:
    """One layer of polygons; empty bytes when nothing of it lies in the tile."""
    return encode_layers(z, x, y, [Layer(layer, geoms, attributes)])


def encode_layers(z: int, x: int, y: int, layers: Sequence[Layer]) -> bytes:
    """The tile z/x/y; layers without a feature in it are left out. Raises ValueError outside the world."""
    return b"".join(_encoded(layer, z, x, y) for layer in layers)


def _encoded(layer: Layer, z: int, x: int, y: int) -> bytes:
    held = layer.geometries
    if isinstance(held, Rings):
        return _layer(layer.name, POLYGON, rings.polygons(held), layer.attributes)
    if not len(held):
        return b""
    if not isinstance(held, np.ndarray | Packed):
        held = Packed.of(held)
    found = placed_rings(held, z, x, y) if isinstance(held, Packed) else placed(held, z, x, y)
    out = _layer(layer.name, POLYGON, rings.polygons(found), layer.attributes)
    if layer.labels:
        wanted = {name: layer.attributes[name] for name in layer.labels}
        geometries = held.geometries() if isinstance(held, Packed) else np.asarray(held, dtype=object)
        out += _layer(f"{layer.name}_label", POINT, _labels(geometries, z, x, y), wanted)
    return out


def _labels(geometries: Geometries, z: int, x: int, y: int) -> Commands:
    """Label points inside the tile proper: the neighbour draws those of its own."""
    pairs = label_points(geometries)
    moved = to_tile(pairs, z, x, y)
    inside = np.flatnonzero(((moved >= 0) & (moved < EXTENT)).all(axis=1))
    return rings.points(moved[inside], inside)


def label_points(geometries: Geometries) -> NDArray[np.float64]:
    """A place for the label of each: the centroid where it lies inside, which is cheap and mostly true, else a point
    that surely does. NaN for an empty geometry."""
    middle = shapely.centroid(geometries)
    shapely.prepare(geometries)
    outside = ~shapely.contains_xy(geometries, shapely.get_x(middle), shapely.get_y(middle)) & ~shapely.is_empty(geometries)
    if outside.any():
        middle[outside] = shapely.point_on_surface(geometries[outside])
    return np.column_stack((shapely.get_x(middle), shapely.get_y(middle)))


def _layer(name: str, kind: int, drawn: Commands, attributes: Mapping[str, Column]) -> bytes:
    if not len(drawn.owner):
        return b""
    tags = _tags(attributes, drawn.owner)
    content = block(1, name.encode()) + _features(kind, drawn, tags)
    content += b"".join(block(3, key.encode()) for key in attributes) + tags.content
    return block(3, content + one(5 << 3) + one(EXTENT) + one(15 << 3) + one(2))


#: number of the key, numbers of the values, how many values stand before them
_Numbered = tuple[int, Ints, int]


@dataclass(frozen=True)
class _Tags:
    """Key and value numbers of features: one row of bytes each for columns that every feature has, in small numbers; varints
    with the place of each feature's first for the others. `content` holds the values themselves."""

    small: Letters
    others: Varints
    starts: Ints
    content: bytes


def _tags(attributes: Mapping[str, Column], owner: Ints) -> _Tags:
    """None is no tag. Values of identities are numbered last: the others' numbers then mostly take one byte."""
    small: list[_Numbered] = []
    others: list[_Numbered] = []
    pieces, total = [], 0
    for index, column in sorted(enumerate(attributes.values()), key=lambda pair: isinstance(pair[1], Names)):
        numbers, count, values = chosen(column, owner)
        fits = max(index + 1, total + count) <= NARROW and int(numbers.min()) >= 0
        if count:
            (small if fits else others).append((index, numbers, total))
        pieces.append(values)
        total += count
    bytes_each = np.empty((len(owner), 2 * len(small)), dtype=np.uint8)
    for place, (index, numbers, before) in enumerate(small):
        bytes_each[:, 2 * place], bytes_each[:, 2 * place + 1] = index, numbers + before
    return _Tags(bytes_each, *_other_tags(others, len(owner)), b"".join(pieces))


def _other_tags(columns: Sequence[_Numbered], count: int) -> tuple[Varints, Ints]:
    """The tags that are there, and where those of each feature begin."""
    tags = np.empty((count, 2 * len(columns)), dtype=np.int32)
    has = np.empty(tags.shape, dtype=bool)
    for place, (index, numbers, before) in enumerate(columns):
        tags[:, 2 * place], tags[:, 2 * place + 1] = index, numbers + before
        has[:, 2 * place] = has[:, 2 * place + 1] = numbers >= 0
    if has.all():
        return Varints.of(tags.ravel()), np.arange(count + 1) * tags.shape[1]
    return Varints.of(tags[has]), offsets(has.sum(axis=1))


def _features(kind: int, drawn: Commands, tags: _Tags) -> bytes:
    """Every feature of the layer: lengths first, worked out by arrays, then each part written at its byte."""
    geometry = Varints.of(drawn.values)
    other_bytes, geometry_bytes = tags.others.lengths(tags.starts), geometry.lengths(drawn.starts)
    tag_bytes = other_bytes + tags.small.shape[1]
    body = tag_bytes + geometry_bytes + 4 + sizes(tag_bytes) + sizes(geometry_bytes)
    fours = np.arange(len(body) + 1) * 4
    head = _fours(2 << 3 | 2, body, 2 << 3 | 2, tag_bytes)
    middle = _fours(3 << 3, kind, 4 << 3 | 2, geometry_bytes)
    start = offsets(body + 1 + sizes(body))
    out = np.empty(int(start[-1]), dtype=np.uint8)
    head.write(out, start[:-1], fours)
    behind = start[:-1] + head.lengths(fours)
    write_rows(out, behind, tags.small)
    tags.others.write(out, behind + tags.small.shape[1], tags.starts)
    middle.write(out, behind + tag_bytes, fours)
    geometry.write(out, start[1:] - geometry_bytes, drawn.starts)
    return out.tobytes()


def _fours(*columns: int | Ints) -> Varints:
    """Four numbers per feature."""
    size = max(len(column) for column in columns if not isinstance(column, int))
    out = np.empty((size, len(columns)), dtype=np.int64)
    for index, column in enumerate(columns):
        out[:, index] = column
    return Varints.of(out.ravel())
