"""Tiles through the whole stack: scope, headers, freshness, aggregates."""

from __future__ import annotations

from datetime import date

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from tenglong.apps.registry import service, tiles
from tenglong.store.cells import mercator

DAY = date(2024, 1, 1)
TOWN = "330604001"
SQUARE = shapely.box(120.8, 30.0, 120.801, 30.001)


def address(z, lon=120.8005, lat=30.0005, layer="plots"):
    x, y = mercator(np.array([lon]), np.array([lat]))
    return f"/tiles/{layer}/{z}/{int(x[0] * 2**z)}/{int(y[0] * 2**z)}.pbf"


def features(response, layer="plots"):
    return mapbox_vector_tile.decode(response.content).get(layer, {}).get("features", []) if response.content else []


@pytest.fixture
def plot(cast):
    return service.create_plot(cast.officer, {"name": "甲", "surveyed_cm2": 20_000_000, "status": "in_use"}, on=DAY, town=TOWN,
                               geometry=SQUARE)


def test_the_tile_carries_what_the_map_needs(plot, cast, sign_in):
    response = sign_in(cast.officer).get(address(16))
    (feature,) = features(response)
    assert feature["properties"] == {
        "ulid": plot.plot.ulid,
        "code": plot.code,
        "name": "甲",
        "status": "in_use",
        "stage": "survey",
        "mu_e4": 30_000,
        "town": TOWN,
    }
    assert features(response, "plots_label")[0]["properties"]["code"] == plot.code
    assert response["X-Tenglong-Tile"] == "plots" and response["Cache-Control"].startswith("private")
    far = sign_in(cast.officer).get(address(12))
    assert set(features(far)[0]["properties"]) == {"ulid", "status", "stage", "town"} and not features(far, "plots_label")


def test_each_person_gets_the_rows_of_their_own(plot, cast, sign_in):
    for name, person in cast.people().items():
        response = sign_in(person).get(address(16))
        held = bool(response.status_code == 200 and features(response))
        assert held == (name in ("county", "officer", "leader", "analyst", "task_force")), name


def test_anonymous_people_get_no_tile(plot, client):
    assert client.get(address(16)).status_code in (302, 401, 403)


def test_an_edit_is_in_the_next_tile_and_an_unchanged_one_costs_nothing(plot, cast, sign_in):
    browser = sign_in(cast.officer)
    first = browser.get(address(16))
    number = browser.get("/tiles/revision.json").json()["plots"]
    assert browser.get(address(16), headers={"if-none-match": first["ETag"]}).status_code == 304
    service.correct_plot(cast.officer, plot.plot.ulid, {"name": "乙"}, lock_version=1, reason="更名")
    again = browser.get(address(16), headers={"if-none-match": first["ETag"]})
    assert features(again)[0]["properties"]["name"] == "乙"
    assert browser.get("/tiles/revision.json").json()["plots"] == number + 1


def test_a_lost_grant_changes_the_tag(plot, cast, sign_in):
    browser = sign_in(cast.officer)
    tag = browser.get(address(16))["ETag"]
    cast.officer.grants.update(scope="custom", divisions=["330604002"])
    response = browser.get(address(16), headers={"if-none-match": tag})
    assert response.status_code == 200 and not features(response)


def test_a_crowded_tile_counts_every_plot_once_and_only_the_users(cast, sign_in, monkeypatch):
    monkeypatch.setattr(tiles, "MOST", 5)
    boxes = [shapely.box(120.8 + i / 500, 30, 120.801 + i / 500, 30.001) for i in range(8)]
    for number, box in enumerate(boxes):
        service.create_plot(
            cast.county, {"surveyed_cm2": 2_000_000}, on=DAY, town=TOWN if number else "330604002", geometry=box
        )
    response = sign_in(cast.officer).get(address(11, 120.8))
    assert response["X-Tenglong-Tile"] == "grid"
    cells = features(response, "plots_grid")
    assert sum(f["properties"]["plots"] for f in cells) == 7
    assert sum(f["properties"]["mu_e4"] for f in cells) == 7 * 3000


def test_other_layers_and_bad_addresses(cast, sign_in):
    service.create_parcel(cast.officer, {}, on=DAY, town=TOWN, code="P1", geometry=SQUARE)
    service.create_building(cast.officer, {"name": "一号楼", "floors": 3}, on=DAY, town=TOWN, code="B1", geometry=SQUARE)
    browser = sign_in(cast.officer)
    assert features(browser.get(address(16, layer="parcels")), "parcels")[0]["properties"]["code"] == "P1"
    assert features(browser.get(address(16, layer="buildings")), "buildings")[0]["properties"]["floors"] == 3
    assert browser.get(address(16, layer="zones")).content == b""
    assert browser.get(address(16, layer="nosuch")).status_code == 404
    assert browser.get("/tiles/plots/3/9/0.pbf").status_code == 400
    assert browser.get("/tiles/plots/25/9/0.pbf").status_code == 404
