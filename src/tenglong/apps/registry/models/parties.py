"""Enterprises, and who uses which land."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.models.base import CodeRow, Dated, Identity, Owned, version_constraints
from tenglong.apps.registry.models.land import Building, Plot


class Enterprise(Identity):
    """A market subject; `key` is its USCC, or our provisional key."""

    key = models.CharField(max_length=24, unique=True)


class EnterpriseCode(CodeRow):
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="codes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="enterprise_code_never_reused")]


class EnterpriseVersion(Dated, Owned):
    """`division_code` is the registered place; occupied places come from Occupancy."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="versions", db_index=False
    )  # see the constraint
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, db_index=True)
    name = models.CharField(_("企业名称"), max_length=200)
    former_names = models.JSONField(default=list, blank=True)
    industry = models.CharField(_("行业代码"), max_length=8, blank=True)
    industry_year = models.PositiveSmallIntegerField(default=2017)
    scale = models.CharField(_("规模"), max_length=16, blank=True)  # above_scale below_scale
    status = models.CharField(_("经营状态"), max_length=24, blank=True)
    listed = models.CharField(_("上市情况"), max_length=48, blank=True)
    honours = models.JSONField(default=list, blank=True)
    address = models.CharField(_("注册地址"), max_length=300, blank=True)
    registered_on = models.DateField(_("成立日期"), null=True)
    contact_cipher = models.TextField(blank=True)  # name and phone, encrypted at rest
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = version_constraints("enterprise", "enterprise_version")
        indexes = [
            models.Index(fields=["division_code", "uscc"], name="enterprise_town"),
        ]


class Attribution(Dated):
    """属地 / 管理 / 税收入库 / 统计归属 / 生产: dated; each ranking names which one it uses."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="attributions")
    kind = models.CharField(max_length=16)  # location manager tax statistics production
    division_code = models.CharField(max_length=12)


class Occupancy(Dated, Owned):
    """用地关系: who uses which part of which plot or building; `landlord_link` makes the sublease chain."""

    plot = models.ForeignKey(Plot, null=True, on_delete=models.PROTECT, related_name="occupancies")
    building = models.ForeignKey(Building, null=True, on_delete=models.PROTECT, related_name="occupancies")
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="occupancies")
    role = models.CharField(max_length=12)  # owner lessee sublessee idle
    area_cm2 = models.BigIntegerField(_("占地面积"), null=True)
    floor_cm2 = models.BigIntegerField(_("建筑面积"), null=True)
    contract = models.CharField(_("合同号"), max_length=64, blank=True)
    needs_review = models.BooleanField(_("待复核"), default=False)
    landlord_link = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="tenants")
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(plot__isnull=False) | Q(building__isnull=False), name="occupancy_somewhere"),
            models.UniqueConstraint(fields=["plot", "building", "enterprise", "role", "valid_from"], name="occupancy_key"),
        ]
        indexes = [models.Index(fields=["division_code", "enterprise"], name="occupancy_town")]


class AccountLink(Dated):
    """电表户号 / 水表 / 排污许可证 / 税号 → enterprise and plot, by share (basis points)."""

    kind = models.CharField(max_length=16)  # power water discharge tax
    number = models.CharField(max_length=64, db_index=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="accounts")
    plot = models.ForeignKey(Plot, null=True, on_delete=models.PROTECT, related_name="accounts")
    share_bp = models.PositiveIntegerField(default=10_000)
    evidence = models.CharField(max_length=200, blank=True)
    needs_review = models.BooleanField(_("待复核"), default=False)
    batch_id = models.BigIntegerField(null=True, db_index=True)
