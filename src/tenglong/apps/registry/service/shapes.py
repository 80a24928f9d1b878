"""Geometry as the service takes it: polygons in EPSG:4490 lon/lat, checked, stored beside the versions."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from tenglong.apps.registry.errors import RegistryError
from tenglong.domain.geo.area import geodesic_area
from tenglong.domain.units import CM2_PER_M2
from tenglong.store import spatial
from tenglong.store.cells import cells


class _Unchanged:
    def __repr__(self) -> str:
        return "UNCHANGED"


#: the form says nothing about the geometry
UNCHANGED: Final = _Unchanged()
_DEGREES = 180.0


def polygon(geometry: Any) -> BaseGeometry:
    """A valid polygon or multipolygon within the degrees. Takes shapely or WKB. Raises RegistryError saying where it fails."""
    try:
        shape: BaseGeometry = shapely.from_wkb(geometry) if isinstance(geometry, bytes) else geometry
    except shapely.errors.GEOSException as error:
        raise RegistryError(_("图形数据读不出来（不是 WKB）。")) from error
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise RegistryError(_("图形应为面，不能为空。"))
    west, south, east, north = shape.bounds
    if not (-_DEGREES <= west <= east <= _DEGREES and -90 <= south <= north <= 90):
        raise RegistryError(_("图形坐标不是经纬度（EPSG:4490）。请先转换坐标系。"))
    if not shape.is_valid:
        raise RegistryError(_("图形有错：%(why)s。请修正后再保存。") % {"why": shapely.is_valid_reason(shape)})
    return shapely.force_2d(shape)


def area_cm2(shape: BaseGeometry) -> int:
    """Geodesic area on the CGCS2000 ellipsoid, whole cm²."""
    rows = np.empty(1, dtype=object)
    rows[0] = shape
    return round(float(geodesic_area(rows)[0]) * CM2_PER_M2)


def keep(layer: str, shape: BaseGeometry, revision: int) -> tuple[int, int]:
    """(shape id, cell) of a new shape."""
    box = shape.bounds
    (pk,) = spatial.store().put_many(layer, [shapely.to_wkb(shape)], [box], revision)
    (cell,) = cells([box])
    assert cell is not None
    return pk, cell


def of(shape_id: int | None) -> BaseGeometry | None:
    """The stored shape, None when there is none."""
    if not shape_id:
        return None
    wkb = spatial.read([shape_id]).get(shape_id)
    found: BaseGeometry | None = shapely.from_wkb(wkb) if wkb else None
    return found
