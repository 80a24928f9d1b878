"""The cutting line that a browser sends."""

from __future__ import annotations

import json

import numpy as np
from django.utils.translation import gettext as _
from shapely.geometry import LineString

from tenglong.apps.registry.errors import RegistryError

#: points of a cutting line
MOST_POINTS = 500


def read_line(text: str) -> LineString:
    """`[[lon, lat], …]` → line in EPSG:4490. Raises RegistryError."""
    try:
        points = [(float(lon), float(lat)) for lon, lat in json.loads(text)]
    except (ValueError, TypeError) as error:
        raise RegistryError(_("请先在图上画一条切割线")) from error
    if not 2 <= len(points) <= MOST_POINTS or not np.isfinite(points).all():
        raise RegistryError(_("切割线应有 2 到 %(most)s 个点") % {"most": MOST_POINTS})
    return LineString(points)
