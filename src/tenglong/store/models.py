"""Geometry lives in a table of its own that later migrations do not alter."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Shape(models.Model):
    """WKB in EPSG:4490, lon/lat, with its box in degrees. Never edited in place once a version points at it.

    The spatial index beside it is kept by `store.spatial`, not by triggers: write shapes only through it.
    """

    layer = models.CharField(max_length=16)
    wkb = models.BinaryField()
    minx = models.FloatField()
    miny = models.FloatField()
    maxx = models.FloatField()
    maxy = models.FloatField()
    revision = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["layer"], name="shape_layer")]
