"""Published land deals, kept as comparables for the whole county."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from ulid import ULID


def new_ulid() -> str:
    return str(ULID())


class Deal(models.Model):
    """One published deal. Areas in cm², money in 分; plot ratios are exact decimal text, as given even when swapped."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    key = models.CharField(max_length=80, unique=True, editable=False)  # natural key: number, else digest of what was published
    source = models.CharField(_("来源"), max_length=64, blank=True)
    contract_number = models.CharField(_("合同编号"), max_length=64, blank=True)
    region = models.CharField(_("地区"), max_length=60, blank=True)
    division = models.CharField(_("行政区"), max_length=64, blank=True)
    division_code = models.CharField(_("行政区代码"), max_length=12, blank=True, db_index=True)
    location = models.CharField(_("土地坐落"), max_length=300, blank=True)
    area_cm2 = models.BigIntegerField(_("面积"), null=True)
    land_use = models.CharField(_("土地用途"), max_length=64, blank=True)
    supply_method = models.CharField(_("供地方式"), max_length=32, blank=True)
    signed_on = models.DateField(_("合同签订日期"), null=True, db_index=True)
    project_name = models.CharField(_("项目名称"), max_length=200, blank=True)
    project_location = models.CharField(_("项目位置"), max_length=300, blank=True)
    source_area_cm2 = models.BigIntegerField(_("土地来源"), null=True)
    term_years = models.CharField(_("土地使用年限"), max_length=64, blank=True)
    industry = models.CharField(_("行业分类"), max_length=64, blank=True)
    land_grade = models.CharField(_("土地级别"), max_length=32, blank=True)
    price_fen = models.BigIntegerField(_("成交价格"), null=True)
    instalments = models.CharField(_("分期支付"), max_length=500, blank=True)
    holder = models.CharField(_("土地使用权人"), max_length=200, blank=True)
    far_upper = models.CharField(_("约定容积率上限"), max_length=24, blank=True)
    far_lower = models.CharField(_("约定容积率下限"), max_length=24, blank=True)
    delivery_on = models.DateField(_("约定交地时间"), null=True)
    start_on = models.DateField(_("约定开工时间"), null=True)
    completion_on = models.DateField(_("约定竣工时间"), null=True)
    approver = models.CharField(_("批准单位"), max_length=120, blank=True)
    department_id = models.BigIntegerField(null=True)
    created_by_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True, db_index=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-signed_on", "id"]
