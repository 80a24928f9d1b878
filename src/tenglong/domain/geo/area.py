"""Area on the ellipsoid and on the plane: 证载 stands, both drawn figures are shown (policy-facts §9.7)."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Geod

from tenglong.domain.geo import crs_names
from tenglong.domain.geo.shapes import Floats, Shapes, rings_of
from tenglong.domain.geo.working import transform

GEOD = Geod(a=crs_names.ELLIPSOID_A, rf=crs_names.ELLIPSOID_RF)


def geodesic_area(shapes: Shapes, crs: str = crs_names.LONLAT) -> Floats:
    """m² on the CGCS2000 ellipsoid of each row, shape (n,); holes subtracted, parts added, 0 for None, lines and points."""
    lonlat = transform(shapes, crs, crs_names.LONLAT)
    rings, owner, hole = rings_of(lonlat)
    coordinates = shapely.get_coordinates(rings)
    ends = np.cumsum(shapely.get_num_coordinates(rings))
    areas = np.fromiter(
        (abs(GEOD.polygon_area_perimeter(piece[:, 0], piece[:, 1])[0]) for piece in np.split(coordinates, ends[:-1])),
        dtype=float, count=len(rings)) if len(rings) else np.zeros(0)
    return np.bincount(owner, weights=np.where(hole, -areas, areas), minlength=len(shapes)).astype(float)


def plane_area(shapes: Shapes, crs: str = crs_names.LONLAT) -> tuple[Floats, list[str]]:
    """m² in the right 3° zone of each row and the name of that zone's CRS ('' where there is no area)."""
    lonlat = transform(shapes, crs, crs_names.LONLAT)
    meridians = _meridians(lonlat)
    areas = np.zeros(len(shapes))
    names = np.full(len(shapes), "", dtype=object)
    for meridian in np.unique(meridians[np.isfinite(meridians)]):
        rows = np.flatnonzero(meridians == meridian)
        zone = crs_names.gk3(int(meridian))
        areas[rows] = shapely.area(transform(shapes[rows], crs, zone))
        names[rows] = zone
    return areas, [str(name) for name in names]


def _meridians(lonlat: Shapes) -> Floats:
    """Central meridian (multiple of 3°) nearest to the middle of each row; NaN where nothing is drawn."""
    boxes = shapely.bounds(lonlat)
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    middle[~np.isfinite(middle)] = np.nan
    meridians: Floats = np.round(middle / 3) * 3
    return meridians
