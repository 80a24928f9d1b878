"""Divisions and planning units."""

from __future__ import annotations

from django.db import models

from tenglong.apps.registry.models.base import Dated


class Division(Dated):
    """Administrative division: system + code + valid dates."""

    system = models.CharField(max_length=16, default="GB/T 2260")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=64)
    level = models.CharField(max_length=16)  # province city county town
    parent_code = models.CharField(max_length=12, blank=True)
    shape_id = models.BigIntegerField(null=True)
    invented = models.BooleanField(default=False)  # demo outline

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code", "valid_from"], name="division_key")]


class Zone(Dated):
    """Planning unit: platform, town_park, small_firm_park, quarter, axis, core, community."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=32)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12, db_index=True)
    tags = models.JSONField(default=list, blank=True)
    shape_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="zone_key")]
