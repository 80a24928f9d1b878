"""Rows of a tile arrive joined: whatever a text holds, the tile says what the register says, and only to whom it may."""

from __future__ import annotations

from datetime import date

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from tenglong.apps.accounts import service as people
from tenglong.apps.registry import service, tiles, tiles_rows
from tenglong.store.cells import mercator

DAY = date(2024, 1, 1)
TOWN = "330604001"


def address(z: int, lon: float = 120.8005, lat: float = 30.0005) -> str:
    x, y = mercator(np.array([lon]), np.array([lat]))
    return f"/tiles/plots/{z}/{int(x[0] * 2**z)}/{int(y[0] * 2**z)}.pbf"


def features(response) -> dict:
    held = mapbox_vector_tile.decode(response.content).get("plots", {}).get("features", []) if response.content else []
    return {feature["properties"]["ulid"]: feature for feature in held}


def place(step: int):
    return shapely.box(120.8 + step / 2000, 30.0, 120.8004 + step / 2000, 30.0004)


@pytest.fixture
def plots(cast):
    rows = [
        {"name": "一厂", "status": "in_use", "surveyed_cm2": 20_000_000, "land_use": "1001"},
        {"name": "", "status": "", "surveyed_cm2": None, "zone_code": "Z1"},
        {"name": "二厂,“新”|区", "status": "in_use", "surveyed_cm2": 1, "acquisition": "granted"},
    ]
    return [service.create_plot(cast.officer, row, on=DAY, town=TOWN, geometry=place(n)) for n, row in enumerate(rows)]


@pytest.mark.parametrize("zoom", [12, 16])
def test_joined_rows_say_what_single_rows_say(plots, cast, sign_in, monkeypatch, zoom):
    browser = sign_in(cast.officer)
    joined = features(browser.get(address(zoom)))
    monkeypatch.setattr(tiles_rows, "_taken", lambda *_: None)
    single = features(browser.get(address(zoom)))
    assert joined == single and set(joined) == {plot.plot.ulid for plot in plots}


@pytest.mark.parametrize("zoom", [12, 16])
def test_a_text_with_the_separator_in_it_moves_no_other_text(plots, cast, sign_in, zoom):
    odd = service.create_plot(cast.officer, {"name": "甲\x1f乙", "status": "in_use", "land_use": "10\x1f01"}, on=DAY, town=TOWN,
                              geometry=place(3))
    held = features(sign_in(cast.officer).get(address(zoom)))
    assert held[odd.plot.ulid]["properties"]["land_use"] == "10\x1f01"
    assert held[plots[0].plot.ulid]["properties"]["land_use"] == "1001"
    assert "status" not in held[plots[1].plot.ulid]["properties"]


def test_a_shape_with_a_hole_stands_beside_plain_ones(plots, cast, sign_in):
    ring = place(4)
    hole = shapely.box(*ring.buffer(-0.0001).bounds)
    yard = service.create_plot(cast.officer, {"name": "院"}, on=DAY, town=TOWN, geometry=ring.difference(hole))
    held = features(sign_in(cast.officer).get(address(16)))
    assert len(held[yard.plot.ulid]["geometry"]["coordinates"]) == 2 and len(held) == 4


def test_what_is_taken_away_is_gone_at_the_next_tile(plots, cast, sign_in):
    browser = sign_in(cast.officer)
    assert len(features(browser.get(address(16)))) == 3
    grant = cast.officer.grants.get()
    cast.officer.grants.update(divisions=["330604002"], scope="custom")
    assert features(browser.get(address(16))) == {}
    cast.officer.grants.update(revoked=True)
    assert browser.get(address(16)).status_code == 403
    cast.officer.grants.update(revoked=False, scope=grant.scope, divisions=grant.divisions)
    assert len(features(browser.get(address(16)))) == 3
    people.end_sessions(cast.officer)
    assert browser.get(address(16)).status_code == 401


def test_people_of_one_scope_share_a_statement_and_no_rows_with_others(plots, cast, sign_in):
    for person, seen in ((cast.officer, 3), (cast.stranger, 0), (cast.county, 3), (cast.officer, 3)):
        assert len(features(sign_in(person).get(address(16)))) == seen, person.username


def test_the_grid_counts_what_the_register_holds(plots, cast, sign_in, monkeypatch):
    monkeypatch.setattr(tiles, "MOST", 1)
    response = sign_in(cast.officer).get(address(11))
    cells = mapbox_vector_tile.decode(response.content)["plots_grid"]["features"]
    assert response["X-Tenglong-Tile"] == "grid"
    assert sum(cell["properties"]["plots"] for cell in cells) == 3
    assert sum(cell["properties"]["mu_e4"] for cell in cells) == round(20_000_001 / 6_666_667 * 10_000)
    corners = [pair for cell in cells for pair in cell["geometry"]["coordinates"][0]]
    assert {value % 128 for pair in corners for value in pair} == {0}
