"""Tiles against an independent decoder, and the sign of their rings (QGIS draws nothing on wrong ones)."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.store.cells import mercator
from tenglong.store.tiles import EXTENT, Layer, Names, encode, encode_layers, tile_box
from tenglong.store.tiles.frame import BUFFER, near_units, to_tile, to_units
from tenglong.store.tiles.varints import pack, sizes, zigzag

Z, X, Y = 14, 13682, 6774
WEST, SOUTH, EAST, NORTH = tile_box(Z, X, Y, buffer=0)


def at(u: float, v: float) -> tuple[float, float]:
    """Fractions of the tile → degrees."""
    return WEST + u * (EAST - WEST), SOUTH + v * (NORTH - SOUTH)


def polygon(*pairs: tuple[float, float], holes=()) -> shapely.Polygon:
    return shapely.Polygon([at(*pair) for pair in pairs], [[at(*pair) for pair in hole] for hole in holes])


def decoded(data: bytes) -> dict:
    return mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})


def array(*geometries) -> np.ndarray:
    out = np.empty(len(geometries), dtype=object)
    out[:] = geometries
    return out


def raw_rings(data: bytes) -> list[list[list[tuple[int, int]]]]:
    """Rings of each feature straight from the protobuf, so that no decoder turns them first."""
    from mapbox_vector_tile.Mapbox import vector_tile_pb2

    tile = vector_tile_pb2.tile()
    tile.ParseFromString(data)
    found = []
    for feature in tile.layers[0].features:
        x = y = at = 0
        rings, ring = [], []
        numbers = list(feature.geometry)
        while at < len(numbers):
            command, count = numbers[at] & 7, numbers[at] >> 3
            at += 1
            if command == 7:
                rings.append(ring)
                continue
            if command == 1:
                ring = []
            for _ in range(count):
                dx, dy = numbers[at], numbers[at + 1]
                x += (dx >> 1) ^ -(dx & 1)
                y += (dy >> 1) ^ -(dy & 1)
                ring.append((x, y))
                at += 2
        found.append(rings)
    return found


def surveyor(ring: list[tuple[int, int]]) -> int:
    """Doubled area by the surveyor's formula of the specification: positive for an exterior ring."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))


def test_exterior_rings_are_positive_and_holes_negative_whatever_way_they_came():
    square = polygon((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), holes=[[(0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)]])
    for given_way in (
        square,
        square.reverse(),
        shapely.orient_polygons(square),
        shapely.orient_polygons(square, exterior_cw=True),
    ):
        (outer, hole), = raw_rings(encode("plots", Z, X, Y, array(given_way), {}))
        assert surveyor(outer) > 0 > surveyor(hole)


def test_attributes_come_back_as_they_went_in():
    squares = array(*(polygon((u, 0.1), (u + 0.1, 0.1), (u + 0.1, 0.2), (u, 0.2)) for u in (0.1, 0.3, 0.5)))
    columns = {"name": ["一号", None, "三号"], "area": [1, -5, 2**40], "share": [0.5, 0.25, None], "idle": [True, False, True]}
    features = decoded(encode("plots", Z, X, Y, squares, columns))["plots"]["features"]
    assert [f["properties"] for f in features] == [
        {"name": "一号", "area": 1, "share": 0.5, "idle": True},
        {"area": -5, "share": 0.25, "idle": False},
        {"name": "三号", "area": 2**40, "idle": True},
    ]


def test_what_a_tile_cannot_carry_is_refused():
    with pytest.raises(TypeError, match="瓦片属性"):
        encode("plots", Z, X, Y, array(polygon((0, 0), (1, 0), (1, 1))), {"x": [object()]})


def test_parts_stay_together_and_slivers_vanish():
    two = shapely.MultiPolygon([polygon((0.1, 0.1), (0.2, 0.1), (0.2, 0.2)), polygon((0.5, 0.5), (0.6, 0.5), (0.6, 0.6))])
    sliver = polygon((0.3, 0.3), (0.4, 0.300001), (0.35, 0.300001))
    features = decoded(encode("plots", Z, X, Y, array(two, sliver), {"n": [1, 2]}))["plots"]["features"]
    assert [f["properties"]["n"] for f in features] == [1]
    assert features[0]["geometry"]["type"] == "MultiPolygon"
    assert len(features[0]["geometry"]["coordinates"]) == 2


def test_a_hole_that_vanishes_leaves_its_polygon():
    dot = [(0.5, 0.5), (0.50001, 0.5), (0.50001, 0.50001)]
    (rings,) = raw_rings(encode("plots", Z, X, Y, array(polygon((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), holes=[dot])), {}))
    assert len(rings) == 1


def test_nothing_in_the_tile_gives_no_bytes():
    far = shapely.box(10, 10, 11, 11)
    assert encode("plots", Z, X, Y, array(far), {"n": [1]}) == b""
    assert encode("plots", Z, X, Y, array(), {}) == b""
    assert encode("plots", Z, X, Y, array(shapely.Polygon(), None), {"n": [1, 2]}) == b""


def test_a_shape_over_the_edge_is_clipped_at_the_rim_and_labelled_once():
    across = polygon((-0.5, 0.4), (1.2, 0.4), (1.2, 0.6), (-0.5, 0.6))
    layers = [Layer("plots", array(across), {"code": ["T1"]}, labels=("code",))]
    here = decoded(encode_layers(Z, X, Y, layers))
    xs = [x for x, _ in here["plots"]["features"][0]["geometry"]["coordinates"][0]]
    assert (min(xs), max(xs)) == (-BUFFER, EXTENT + BUFFER)
    assert here["plots_label"]["features"][0]["properties"] == {"code": "T1"}
    for neighbour in (X - 1, X + 1):
        assert "plots_label" not in decoded(encode_layers(Z, neighbour, Y, layers))


def test_a_label_point_lies_in_its_shape():
    horseshoe = polygon((0, 0), (1, 0), (1, 1), (0.9, 1), (0.9, 0.1), (0.1, 0.1), (0.1, 1), (0, 1))
    tile = decoded(encode_layers(Z, X, Y, [Layer("p", array(horseshoe), {"n": [1]}, labels=("n",))]))
    x, y = tile["p_label"]["features"][0]["geometry"]["coordinates"]
    shape = shapely.transform(horseshoe, lambda pairs: to_tile(pairs, Z, X, Y))
    assert shapely.distance(shape, shapely.Point(x, y)) < 1


def test_a_tile_outside_the_world_is_refused():
    for z, x, y in ((3, 8, 0), (3, 0, 8), (30, 0, 0), (-1, 0, 0)):
        with pytest.raises(ValueError, match="没有瓦片"):
            tile_box(z, x, y)


@st.composite
def stars(draw):
    """A star-shaped polygon of any size inside the tile, possibly with a hole, in degrees."""
    size = draw(st.integers(3, 12))
    radii = draw(st.lists(st.floats(0.02, 0.45), min_size=size, max_size=size))
    angles = np.sort(np.array(draw(st.lists(st.floats(0, 2 * np.pi), min_size=size, max_size=size, unique=True))))
    ring = [(0.5 + r * np.cos(a), 0.5 + r * np.sin(a)) for r, a in zip(radii, angles, strict=True)]
    shape = polygon(*ring)
    return shape if shape.is_valid else None


@given(st.lists(stars().filter(lambda s: s is not None), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_decoded_outlines_lie_within_one_tile_unit_of_the_original(shapes):
    data = encode("plots", Z, X, Y, array(*shapes), {"n": list(range(len(shapes)))})
    found = {f["properties"]["n"]: f["geometry"] for f in (decoded(data).get("plots", {}).get("features", []))}
    for number, shape in enumerate(shapes):
        placed = shapely.transform(shape, lambda pairs: to_tile(pairs, Z, X, Y))
        if number not in found:
            assert placed.area < 2 * placed.length + 4
            continue
        ring = shapely.LinearRing(found[number]["coordinates"][0])
        assert shapely.hausdorff_distance(ring, placed.exterior) <= 1.0
    for rings in raw_rings(data) if data else []:
        assert surveyor(rings[0]) > 0


@given(
    st.lists(
        st.tuples(st.floats(-0.3, 1.2), st.floats(-0.3, 1.2), st.floats(0.001, 0.5), st.booleans()), min_size=1, max_size=8
    )
)
@settings(max_examples=40, deadline=None)
def test_the_short_way_from_bytes_draws_what_the_long_way_does(places):
    shapes = []
    for u, v, size, holed in places:
        hole = [[(u + size / 3, v + size / 3), (u + size / 2, v + size / 3), (u + size / 2, v + size / 2)]] if holed else []
        shapes.append(polygon((u, v), (u + size, v), (u + size, v + size), (u, v + size), holes=hole))
    columns = {"n": list(range(len(shapes)))}
    one = decoded(encode("plots", Z, X, Y, array(*shapes), columns) or b"")
    two = decoded(encode_layers(Z, X, Y, [Layer("plots", [shapely.to_wkb(s) for s in shapes], columns)]) or b"")

    def outlines(tile):
        return {f["properties"]["n"]: shapely.normalize(shapely.geometry.shape(f["geometry"])).wkt
                for f in tile.get("plots", {}).get("features", [])}

    assert outlines(one) == outlines(two)


@given(st.lists(st.integers(0, 2**35 - 1), max_size=50))
def test_varints_agree_with_the_plain_definition(values):
    def plain(value: int) -> bytes:
        out = b""
        while value > 127:
            out += bytes([value & 127 | 128])
            value >>= 7
        return out + bytes([value])

    numbers = np.array(values, dtype=np.int64)
    assert pack(numbers) == b"".join(plain(value) for value in values)
    assert sizes(numbers).tolist() == [len(plain(value)) for value in values]


@given(st.integers(-(2**31), 2**31 - 1))
def test_zigzag_comes_back(value):
    coded = int(zigzag(np.array([value]))[0])
    assert (coded >> 1) ^ -(coded & 1) == value and coded >= 0


@given(st.integers(10, 20), st.floats(-75, 75), st.floats(-179, 179), st.lists(st.tuples(st.floats(-1, 2), st.floats(-1, 2))))
@settings(max_examples=100, deadline=None)
def test_the_series_near_a_tile_is_its_projection(z, lat, lon, places):
    x, y = (int(part[0] * 2**z) for part in mercator(np.array([lon]), np.array([lat])))
    west, south, east, north = tile_box(z, x, y, buffer=0)
    lons = np.array([west + u * (east - west) for u, _ in places])
    lats = np.array([south + v * (north - south) for _, v in places])
    for short, exact in zip(near_units(lons, lats, z, x, y), to_units(lons, lats, z, x, y), strict=True):
        assert np.abs(short - exact).max(initial=0) < 0.01


@given(st.integers(10, 20), st.floats(-75, 75), st.lists(st.floats(-85, 85), min_size=2, max_size=20, unique=True))
@settings(max_examples=100, deadline=None)
def test_the_series_far_from_a_tile_keeps_the_order_of_points(z, lat, lats):
    y = int(mercator(np.array([0.0]), np.array([lat]))[1][0] * 2**z)
    down = near_units(np.zeros(len(lats)), np.sort(np.array(lats)), z, 2**z // 2, y)[1]
    assert (np.diff(down) <= 0).all()


@given(st.integers(1, 300), st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=70), st.booleans())
@settings(max_examples=40, deadline=None)
def test_tags_of_one_byte_and_of_more_stand_side_by_side(count, kinds, named):
    """Columns with few and with many values, with gaps and without, more than 64 of them, before and behind identities."""
    squares = array(*(polygon((0.1, 0.1), (0.2 + n / 1000, 0.1), (0.2, 0.2)) for n in range(count)))
    columns = {f"k{k}": [None if gaps and n % 3 == 0 else f"{k}-{n % values}" for n in range(count)]
               for k, (values, gaps) in enumerate(kinds)}
    identities = np.frombuffer("".join(f"{n:05d}" for n in range(count)).encode(), dtype=np.uint8).reshape(count, 5)
    held = ({"id": Names(identities)} if named else {}) | columns
    features = decoded(encode("plots", Z, X, Y, squares, held))["plots"]["features"]
    assert [f["properties"] for f in features] == [
        ({"id": f"{n:05d}"} if named else {}) | {key: column[n] for key, column in columns.items() if column[n] is not None}
        for n in range(count)
    ]


def test_what_stands_a_little_beyond_the_rim_is_sent_whole_and_what_lies_outside_is_not():
    over, out = polygon((-0.1, 0.4), (0.1, 0.4), (0.1, 0.6), (-0.1, 0.6)), polygon((-0.2, 0.4), (-0.1, 0.4), (-0.1, 0.6))
    for shapes in (array(over, out), [shapely.to_wkb(over), shapely.to_wkb(out)]):
        (feature,) = decoded(encode_layers(Z, X, Y, [Layer("plots", shapes, {"n": [1, 2]})]))["plots"]["features"]
        assert feature["properties"] == {"n": 1}
        assert min(x for x, _ in feature["geometry"]["coordinates"][0]) == round(-0.1 * EXTENT)
