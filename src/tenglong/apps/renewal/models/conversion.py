"""From idle plants to premises: a finding turned into units to let, and 创新中心 + 智造组团 with a plan of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.models.base import Frozen, Named, person_key, plot_key
from tenglong.apps.renewal.models.finding import Finding


class PlantTurn(Frozen, Named):
    """What one finding became: `units` are the ulids of units to let in the register."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="turns")
    plot = plot_key()
    division_code = models.CharField(max_length=12, db_index=True)
    units = models.JSONField(default=list)
    reason = models.CharField(_("依据"), max_length=200)

    class Meta:
        ordering = ["-id"]


class ConversionState(models.TextChoices):
    DRAFT = "draft", _("草拟")
    SUBMITTED = "submitted", _("待批准")
    APPROVED = "approved", _("改造中")
    COMPLETED = "completed", _("已完成")
    RETIRED = "retired", _("已停止")


class Conversion(Named):
    """What becomes of idle plants. `cost_fen` is the estimate of works; `park` the ulid of the park made on completion."""

    title = models.CharField(_("名称"), max_length=120)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    plot = plot_key()
    plot_code = models.CharField(_("地块码"), max_length=24)
    finding = models.ForeignKey(Finding, null=True, blank=True, on_delete=models.PROTECT, related_name="conversions")
    park_name = models.CharField(_("建成后的园区"), max_length=128)
    operator = models.CharField(_("运营单位"), max_length=200, blank=True)
    cost_fen = models.BigIntegerField(_("改造投资估算"), null=True)
    jobs = models.PositiveIntegerField(_("预计新增岗位"), null=True)
    jobs_lost = models.PositiveIntegerField(_("腾退岗位"), null=True)  # office-rules 19: always printed
    note = models.CharField(_("说明"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=ConversionState.choices, default=ConversionState.DRAFT)
    submitted_by = person_key()
    approved_by = person_key()
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    completed_on = models.DateField(_("完成日期"), null=True, blank=True)
    park = models.CharField(max_length=26, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]


class Use(models.TextChoices):
    RD = "rd", _("研发")
    PILOT = "pilot", _("中试")
    INDUSTRY = "industry", _("产业化")
    SUPPORT = "support", _("配套")


class ConversionPart(models.Model):
    """A part of a building (创新中心, to let when done) or a plot on which a firm builds its own plant (智造组团)."""

    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="parts")
    building = models.ForeignKey("registry.Building", null=True, on_delete=models.PROTECT, related_name="+")
    plot = plot_key(null=True)
    floor = models.SmallIntegerField(_("楼层"), null=True)
    use = models.CharField(_("用途"), max_length=8, choices=Use.choices)
    area_cm2 = models.BigIntegerField(_("面积"))
    phase = models.PositiveSmallIntegerField(_("期"), default=1)
    ready_on = models.DateField(_("计划完成"), null=True)
    done_on = models.DateField(_("完成日期"), null=True)
    unit = models.CharField(max_length=26, blank=True)  # ulid of the unit to let that it became

    class Meta:
        ordering = ["phase", "id"]
