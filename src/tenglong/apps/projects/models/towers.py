"""楼宇: a tower, its floors, and who rents which floor from when to when.

A tower may stand on a building of the register. Floors that are let as units of the register (`from_units`) keep their rooms
and tenants there: nothing of them is entered twice.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.projects.models.base import Named, person_key


class TowerProgress(models.TextChoices):
    """What was said of a tower project. Nothing said stays so: no state is worked out from the others."""

    UNSAID = "", _("未说明")
    DONE = "done", _("已完成")
    ON_SCHEDULE = "on_schedule", _("按计划推进")
    BEHIND = "behind", _("滞后")


class Tower(Named):
    """`headquarters`: the firm of 一楼一总部; `feature`: the trade of 一楼一特色, `feature_codes` its GB/T 4754 codes."""

    name = models.CharField(_("楼宇名称"), max_length=120)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    address = models.CharField(_("坐落"), max_length=300, blank=True)
    operator = models.CharField(_("运营单位"), max_length=200, blank=True)
    building = models.ForeignKey(
        "registry.Building", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("厂房"))
    park = models.ForeignKey(
        "registry.Park", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("园区"))
    project = models.ForeignKey(
        "projects.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="towers", verbose_name=_("项目"))
    headquarters = models.ForeignKey(
        "registry.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("总部企业"))
    feature = models.CharField(_("特色产业"), max_length=80, blank=True)
    feature_codes = models.CharField(_("特色产业的行业代码"), max_length=120, blank=True)  # ",65,651,": prefixes; "" is none
    investment_fen = models.BigIntegerField(_("计划投资"), null=True, blank=True)
    progress = models.CharField(_("进度"), max_length=12, choices=TowerProgress.choices, blank=True, db_index=True)
    progress_on = models.DateField(_("进度截至"), null=True, blank=True)
    progress_source = models.CharField(_("进度出处"), max_length=200, blank=True)
    contact = person_key()
    source = models.CharField(_("来源"), max_length=200, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["building"], condition=Q(building__isnull=False), name="tower_once_a_building"),
            models.UniqueConstraint(fields=["division_code", "name"], name="tower_name_once_a_town"),
        ]


class TowerFloor(models.Model):
    """One floor; below ground is negative. `lettable_cm2` is null while the units of the register tell it."""

    tower = models.ForeignKey(Tower, on_delete=models.CASCADE, related_name="floors")
    floor = models.SmallIntegerField(_("楼层"))
    use = models.CharField(_("用途"), max_length=80, blank=True)
    lettable_cm2 = models.BigIntegerField(_("可租面积"), null=True, blank=True)
    from_units = models.BooleanField(_("按载体房源"), default=False)

    class Meta:
        ordering = ["tower", "-floor"]
        constraints = [
            models.UniqueConstraint(fields=["tower", "floor"], name="floor_of_tower_once"),
            models.CheckConstraint(condition=~Q(floor=0), name="floor_of_tower_not_zero"),
            models.CheckConstraint(
                condition=Q(from_units=True, lettable_cm2__isnull=True) | Q(from_units=False, lettable_cm2__gt=0),
                name="floor_of_tower_has_area"),
        ]


class TowerTenancy(models.Model):
    """Who rents how much of a floor on [since, until). `name`: a tenant that is not in the register."""

    floor = models.ForeignKey(TowerFloor, on_delete=models.CASCADE, related_name="tenancies")
    enterprise = models.ForeignKey(
        "registry.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("企业"))
    name = models.CharField(_("租户名称"), max_length=200, blank=True)
    area_cm2 = models.BigIntegerField(_("承租面积"))
    since = models.DateField(_("起租"))
    until = models.DateField(_("止租"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    entered_by = person_key()
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["floor", "since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="tenancy_until_after_since"),
            models.CheckConstraint(condition=Q(area_cm2__gt=0), name="tenancy_has_area"),
            models.CheckConstraint(condition=Q(enterprise__isnull=False) | ~Q(name=""), name="tenancy_has_tenant"),
        ]
