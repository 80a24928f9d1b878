"""One year's evaluation of one county, and what its checks found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.models.base import Named, enterprise_key


class Cycle(Named):
    """`year` is the year of the data. The scheme is pinned with its text when the cycle opens, and when changed on purpose.

    `stage` is the state of the case (definition `evaluation-cycle`) as last seen; `terms` are the days and thresholds of this
    cycle, copied from the policy `evaluation_terms` when it opened, each with its source.
    """

    year = models.PositiveSmallIntegerField(_("数据年度"))
    title = models.CharField(_("名称"), max_length=200)
    division_code = models.CharField(_("辖区"), max_length=12)
    scheme_id = models.CharField(_("评价办法"), max_length=64)
    scheme_version = models.CharField(_("版本"), max_length=32)
    scheme_pin = models.CharField(max_length=64)
    scheme_text = models.TextField(editable=False)
    terms = models.JSONField(default=dict, blank=True)
    attribution = models.CharField(_("排名所用属地"), max_length=16, default="location")  # Attribution.kind
    measure_day = models.DateField(_("用地核定日"))  # occupancies and titles in force that day
    case_ulid = models.CharField(max_length=26, blank=True, db_index=True)
    stage = models.CharField(_("环节"), max_length=48, default="land", db_index=True)
    minutes = models.ForeignKey(
        "registry.SourceDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("会议纪要")
    )
    final_run = models.ForeignKey("evaluation.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    finalised_on = models.DateField(null=True, blank=True)
    archived_on = models.DateField(null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["division_code", "year", "title"], name="cycle_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Severity(models.TextChoices):
    ERROR = "error", _("错误")  # that firm is not frozen
    WARNING = "warning", _("警告")
    INFO = "info", _("提示")


class Finding(models.Model):
    """Something to look at before the freeze: row, rule, sentence, how to mend. `key`: the same one when checked again."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(_("规则"), max_length=48)
    severity = models.CharField(_("程度"), max_length=8, choices=Severity.choices)
    enterprise = enterprise_key(null=True, blank=True)
    plot = models.ForeignKey("registry.Plot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField(max_length=12, blank=True)
    measure = models.CharField(max_length=32, blank=True)
    subject = models.CharField(_("对象"), max_length=200, blank=True)  # name, code or account number as shown
    key = models.CharField(max_length=120)
    value = models.CharField(max_length=64, blank=True)
    expected = models.CharField(max_length=64, blank=True)
    message = models.TextField(_("问题"))
    fix = models.TextField(_("怎么改"), blank=True)
    source = models.JSONField(default=dict, blank=True)  # fact, batch, row, department
    sensitive = models.BooleanField(default=False)  # value, expected and message hold a sensitive figure
    waived_reason = models.CharField(_("豁免理由"), max_length=300, blank=True)
    waived_by_id = models.BigIntegerField(null=True)
    waived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["rule", "subject", "id"]
        constraints = [models.UniqueConstraint(fields=["cycle", "rule", "key"], name="finding_once")]
        indexes = [models.Index(fields=["cycle", "severity", "rule"], name="finding_list")]
