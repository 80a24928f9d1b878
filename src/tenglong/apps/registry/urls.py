"""Addresses of the register."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.registry.lists import EnterpriseList, PlotList
from tenglong.apps.registry.lists_more import BuildingList, DivisionList, OccupancyList, ParcelList, ZoneList
from tenglong.apps.registry.premises_list import ParkList, UnitList
from tenglong.apps.registry.views import (
    building,
    create,
    document,
    edit,
    enterprise,
    find,
    map_page,
    occupancy,
    parcel,
    plot,
    premises,
    replan,
    undo,
)
from tenglong.web.listing import list_paths

app_name = "registry"
urlpatterns = [
    *list_paths("plots/", PlotList, "plots"),
    path("plots/new/", create.plot, name="plot-new"),
    path("plots/merge/", replan.merge, name="plot-merge"),
    path("plots/<str:ulid>.json", plot.twin, name="plot-json"),
    path("plots/<str:ulid>/", plot.show, name="plot"),
    path("plots/<str:ulid>/edit/", edit.plot, name="plot-edit"),
    path("plots/<str:ulid>/split/", replan.split, name="plot-split"),
    path("plots/<str:ulid>/split/preview/", replan.preview, name="plot-split-preview"),
    path("plots/<str:ulid>/undo/", undo.undo, name="plot-undo"),
    path("plots/<str:ulid>/occupancies/new/", occupancy.new, name="occupancy-new"),
    *list_paths("enterprises/", EnterpriseList, "enterprises"),
    path("enterprises/new/", create.enterprise, name="enterprise-new"),
    path("enterprises/<str:ulid>.json", enterprise.twin, name="enterprise-json"),
    path("enterprises/<str:ulid>/", enterprise.show, name="enterprise"),
    path("enterprises/<str:ulid>/edit/", edit.enterprise, name="enterprise-edit"),
    *list_paths("parcels/", ParcelList, "parcels"),
    path("parcels/new/", create.parcel, name="parcel-new"),
    path("parcels/<str:ulid>.json", parcel.twin, name="parcel-json"),
    path("parcels/<str:ulid>/", parcel.show, name="parcel"),
    path("parcels/<str:ulid>/edit/", edit.parcel, name="parcel-edit"),
    path("links/<int:pk>/confirm/", occupancy.confirm_link, name="link-confirm"),
    *list_paths("buildings/", BuildingList, "buildings"),
    path("buildings/new/", create.building, name="building-new"),
    path("buildings/<str:ulid>.json", building.twin, name="building-json"),
    path("buildings/<str:ulid>/", building.show, name="building"),
    path("buildings/<str:ulid>/edit/", edit.building, name="building-edit"),
    *list_paths("occupancies/", OccupancyList, "occupancies"),
    path("occupancies/<int:pk>/edit/", occupancy.edit, name="occupancy-edit"),
    path("occupancies/<int:pk>/end/", occupancy.end, name="occupancy-end"),
    path("occupancies/<int:pk>/confirm/", occupancy.confirm, name="occupancy-confirm"),
    *list_paths("premises/parks/", ParkList, "parks"),
    path("premises/parks/new/", create.park, name="park-new"),
    path("premises/parks/<str:ulid>.json", premises.park_twin, name="park-json"),
    path("premises/parks/<str:ulid>/", premises.park, name="park"),
    path("premises/parks/<str:ulid>/edit/", edit.park, name="park-edit"),
    *list_paths("premises/", UnitList, "units"),
    path("premises/new/", create.unit, name="unit-new"),
    path("premises/<str:ulid>.json", premises.unit_twin, name="unit-json"),
    path("premises/<str:ulid>/", premises.unit, name="unit"),
    path("premises/<str:ulid>/edit/", edit.unit, name="unit-edit"),
    path("premises/<str:ulid>/step/", premises.step, name="unit-step"),
    *list_paths("zones/", ZoneList, "zones"),
    *list_paths("divisions/", DivisionList, "divisions"),
    path("documents/<str:ulid>/", document.download, name="document"),
    path("documents/add/<slug:subject>/<str:ulid>/", document.add, name="document-add"),
    path("map/", map_page.show, name="map"),
    path("map/outlines.json", map_page.outlines, name="outlines"),
    path("map/revision.json", map_page.revision_json, name="revision"),
    path("map/counts.json", map_page.counts, name="map-counts"),
    path("map/pick.json", map_page.pick, name="map-pick"),
    path("map/side/<str:ulid>/", map_page.side, name="map-side"),
    path("map/plots/<str:ulid>.json", map_page.geometry, name="map-plot"),
    path("search/", find.search, name="search"),
    path("search.json", find.suggest, name="suggest"),
    path("c/<str:code>", find.by_code, name="by-code"),
]
