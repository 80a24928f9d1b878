"""A project of clearing, its statutory steps, its holders and what is taken from them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.store.records import Named, document_key


def person_key(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", **options
    )


class State(models.TextChoices):
    SURVEY = "survey", _("摸底")
    STARTED = "started", _("实施中")
    CLOSED = "closed", _("已办结")
    STOPPED = "stopped", _("已停止")


class Clearance(Named):
    """`kind`: of the policy; `policy`: `id@version sha256` it was set up by. `plan`: stage → [first day, last day].

    `asks`, `asks_phone`: whom holders ask; shown to the firms in it once it has started.
    """

    title = models.CharField(_("名称"), max_length=120)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    kind = models.CharField(_("方式"), max_length=24)
    policy = models.CharField(max_length=120)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.SURVEY)
    plan = models.JSONField(default=dict, blank=True)
    surveyed_on = models.DateField(_("摸底日期"))
    started_on = models.DateField(_("启动日期"), null=True, blank=True)
    started_number = models.CharField(_("启动文号"), max_length=120, blank=True)
    started_by = person_key()
    ended_on = models.DateField(_("办结或停止日期"), null=True, blank=True)
    ended_number = models.CharField(_("依据文号"), max_length=120, blank=True)
    keep_until = models.DateField(_("个人信息保存到"), null=True, blank=True)
    asks = models.CharField(_("对外联系部门和人员"), max_length=120, blank=True)
    asks_phone = models.CharField(_("对外联系电话"), max_length=40, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]


class Step(models.Model):
    """A step of the kind that was done, on a day, with its paper."""

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=32)
    done_on = models.DateField(_("办理日期"))
    number = models.CharField(_("文号"), max_length=120)
    document = document_key()
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["done_on", "id"]
        constraints = [models.UniqueConstraint(fields=["clearance", "step"], name="clearance_step_once")]


class HolderKind(models.TextChoices):
    ENTERPRISE = "enterprise", _("企业")
    PERSON = "person", _("个人")
    COLLECTIVE = "collective", _("集体")
    STATE = "state", _("国有单位")


class Role(models.TextChoices):
    HOLDER = "holder", _("权利人")
    TENANT = "tenant", _("承租户")


class ClearedHolder(Named):
    """A holder, or a tenant who has to leave. `sealed`: name of a person, phone, ID and bank numbers, encrypted at rest.

    Days are when something happened, never when it is expected. `reason`: of the policy, why it has not signed.
    `papers`: kind → {number, on, document}.
    """

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="holders")
    number = models.PositiveIntegerField(_("序号"))
    role = models.CharField(_("身份"), max_length=8, choices=Role.choices, default=Role.HOLDER)
    kind = models.CharField(_("类型"), max_length=12, choices=HolderKind.choices, default=HolderKind.ENTERPRISE)
    name = models.CharField(_("权利人"), max_length=200)  # of a person: masked
    enterprise = models.ForeignKey(
        "registry.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    landlord = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="tenants")
    land_cm2 = models.BigIntegerField(_("用地面积"), default=0)
    floor_cm2 = models.BigIntegerField(_("建筑面积"), default=0)
    listed_on = models.DateField(_("列入名单"))
    signed_on = models.DateField(_("签约"), null=True, blank=True)
    funded_on = models.DateField(_("资金到位"), null=True, blank=True)
    vacated_on = models.DateField(_("腾空"), null=True, blank=True)
    demolished_on = models.DateField(_("拆除"), null=True, blank=True)
    delivered_on = models.DateField(_("交付"), null=True, blank=True)
    dropped_on = models.DateField(_("移出名单"), null=True, blank=True)
    dropped_number = models.CharField(_("移出依据"), max_length=120, blank=True)
    reason = models.CharField(_("未签约原因"), max_length=32, blank=True)
    next_on = models.DateField(_("下一步时间"), null=True, blank=True)
    sealed = models.TextField(blank=True)
    papers = models.JSONField(default=dict, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["clearance", "number"]
        constraints = [models.UniqueConstraint(fields=["clearance", "number"], name="clearance_holder_number")]


class What(models.TextChoices):
    PLOT = "plot", _("地块")
    PARCEL = "parcel", _("宗地")
    BUILDING = "building", _("房屋")


class ClearedTarget(models.Model):
    """What is taken from one holder: land in a plot (only these carry land), a title, a building."""

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="targets")
    holder = models.ForeignKey(ClearedHolder, on_delete=models.PROTECT, related_name="targets")
    what = models.CharField(_("对象"), max_length=8, choices=What.choices)
    code = models.CharField(_("编码"), max_length=64)
    plot = models.ForeignKey("registry.Plot", null=True, on_delete=models.PROTECT, related_name="+")
    parcel = models.ForeignKey("registry.Parcel", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey("registry.Building", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area_cm2 = models.BigIntegerField(_("用地面积"), default=0)
    floor_cm2 = models.BigIntegerField(_("建筑面积"), default=0)

    class Meta:
        ordering = ["holder", "id"]
        indexes = [models.Index(fields=["clearance", "plot"], name="cleared_plot")]
