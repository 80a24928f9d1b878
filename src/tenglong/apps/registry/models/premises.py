"""载体房源: parks and their units to let. A unit lies on a floor of a building; its state has a history of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.models.base import Dated, Identity, Owned, version_constraints
from tenglong.apps.registry.models.land import Building, Plot
from tenglong.apps.registry.models.parties import Enterprise, Occupancy


class Park(Identity):
    """园区: one operator's buildings."""


class ParkVersion(Dated, Owned):
    park = models.ForeignKey(Park, on_delete=models.PROTECT, related_name="versions", db_index=False)  # see the constraint
    name = models.CharField(_("园区名称"), max_length=128)
    zone_code = models.CharField(_("片区"), max_length=32, blank=True)
    address = models.CharField(_("坐落"), max_length=300, blank=True)
    operator = models.CharField(_("运营单位"), max_length=200, blank=True)
    plot = models.ForeignKey(Plot, null=True, on_delete=models.PROTECT, related_name="+")  # where the map looks
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        constraints = version_constraints("park", "park_version")
        indexes = [models.Index(fields=["division_code", "name"], name="park_town")]


class LetUnit(Identity):
    """房源. `state` is that of the last step, kept here so that a search reads one table."""

    state = models.CharField(_("状态"), max_length=12, default="available", db_index=True)  # available talking let closed


class LetUnitVersion(Dated, Owned):
    """Lengths are whole mm, loads N/m², power VA, masses kg, rent 分 a m² and month. None: not known."""

    unit = models.ForeignKey(LetUnit, on_delete=models.PROTECT, related_name="versions", db_index=False)  # see the constraint
    park = models.ForeignKey(Park, null=True, on_delete=models.PROTECT, related_name="units")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="let_units")
    floor = models.SmallIntegerField(_("楼层"))
    number = models.CharField(_("房号"), max_length=32, blank=True)
    name = models.CharField(_("房源名称"), max_length=200)
    unit_cm2 = models.BigIntegerField(_("可租面积"))
    height_mm = models.PositiveIntegerField(_("层高"), null=True)
    load_n_m2 = models.PositiveIntegerField(_("楼面荷载"), null=True)
    power_va = models.BigIntegerField(_("用电容量"), null=True)
    gas = models.BooleanField(_("通天然气"), null=True)
    water = models.BooleanField(_("通生产用水"), null=True)
    sewage = models.CharField(_("排水条件"), max_length=1, blank=True)  # 1 none … 4 central treatment: more is higher
    fire_class = models.CharField(_("火灾危险性"), max_length=1, blank=True)  # 1 戊 … 5 甲: more is higher
    crane_kg = models.PositiveIntegerField(_("行车"), null=True)
    lift_kg = models.PositiveIntegerField(_("货梯"), null=True)
    permitted = models.CharField(_("准入行业"), max_length=200, blank=True)  # ",17,384,": prefixes of GB/T 4754; "" is any
    rent_fen = models.PositiveIntegerField(_("租金"), null=True)
    free_from = models.DateField(_("可用日期"), null=True)
    offered = models.BooleanField(_("对企业公开"), default=False)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        constraints = [
            *version_constraints("unit", "let_unit_version"),
            models.UniqueConstraint(
                fields=["building", "floor", "number"], condition=Q(valid_to__isnull=True), name="let_unit_once"
            ),
        ]
        indexes = [models.Index(fields=["division_code", "unit_cm2"], name="let_unit_town")]


class LetUnitStep(models.Model):
    """The state of a unit from a day on; written once. A tenant's land-use relation is begun and ended with it."""

    unit = models.ForeignKey(LetUnit, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("状态"), max_length=12)
    on = models.DateField(_("日期"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="+")
    occupancy = models.ForeignKey(Occupancy, null=True, on_delete=models.PROTECT, related_name="+")
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["on", "id"]
