"""What a project asks of a ready plant. None: it does not matter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.projects.models.base import person_key


class PlantNeed(models.Model):
    """One of a project. Units as the register keeps them: cm², mm, N/m², VA, kg, 分 a m² and month."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="plant_need")
    area_cm2 = models.BigIntegerField(_("面积不少于"))
    most_cm2 = models.BigIntegerField(_("面积不多于"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("层高不低于"), null=True, blank=True)
    load_n_m2 = models.PositiveIntegerField(_("楼面荷载不低于"), null=True, blank=True)
    power_va = models.BigIntegerField(_("用电容量不低于"), null=True, blank=True)
    crane_kg = models.PositiveIntegerField(_("行车不低于"), null=True, blank=True)
    lift_kg = models.PositiveIntegerField(_("货梯不低于"), null=True, blank=True)
    rent_fen = models.PositiveIntegerField(_("租金不高于"), null=True, blank=True)
    fire_class = models.CharField(_("火灾危险性"), max_length=1, blank=True)
    gas = models.BooleanField(_("要通天然气"), default=False)
    ground = models.BooleanField(_("只要底层"), default=False)
    industry = models.CharField(_("行业代码"), max_length=8, blank=True)
    park_word = models.CharField(_("园区名称含"), max_length=80, blank=True)
    free_by = models.DateField(_("最迟可用"), null=True, blank=True)
    entered_by = person_key()
    entered_at = models.DateTimeField(auto_now=True)
    lock_version = models.PositiveIntegerField(default=1)
