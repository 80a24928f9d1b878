"""低效用地识别: a run of one set of criteria over one year, what it found, and what was said against it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.models.base import Frozen, Named, case_key, document_key, person_key, plot_key


class FindingRun(Frozen, Named):
    """Criteria + rows → findings. `rows_sha256` is over the canonical rows; the Parquet file of the rows bears its name."""

    year = models.PositiveSmallIntegerField(_("年度"))
    division_code = models.CharField(_("区划"), max_length=12)
    policy_id = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=32)
    policy_pin = models.CharField(max_length=64)
    policy_text = models.TextField(editable=False)
    evaluation_run_id = models.BigIntegerField(null=True)  # grades came from here
    software = models.CharField(max_length=32)
    rows_sha256 = models.CharField(max_length=64)
    result_sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict, blank=True)  # verdict and criterion → plots, cm²
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "-id"]


class Verdict(models.TextChoices):
    HIT = "hit", _("疑似低效")
    CLEAR = "clear", _("不属低效")
    UNKNOWN = "unknown", _("无法判断")
    WAIVED = "waived", _("已豁免")
    OUTSIDE = "outside", _("不在认定范围")


class Change(models.TextChoices):
    NEW = "new", _("新增")
    STILL = "still", _("延续")
    GONE = "gone", _("退出")
    SAME = "same", _("未变")


class Finding(Frozen, Named):
    """One plot of one run. `hits`: [{criterion, label, waived, waiver: {document, reason}}]; `lacks`: [{name, label}] of the
    figures that are missing. Sentences and figures are told from the rows of the run (`queries.told`)."""

    run = models.ForeignKey(FindingRun, on_delete=models.PROTECT, related_name="findings")
    plot = plot_key()
    plot_code = models.CharField(_("地块码"), max_length=24)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    zone_code = models.CharField(_("片区"), max_length=32, blank=True)
    land_cm2 = models.BigIntegerField(_("面积"))
    holder_id = models.BigIntegerField(null=True, db_index=True)  # enterprise that owns the land
    verdict = models.CharField(_("结论"), max_length=8, choices=Verdict.choices)
    grade_class = models.CharField(_("类别"), max_length=48, blank=True)  # class of the criteria, e.g. 优先整治
    priority = models.PositiveSmallIntegerField(_("优先级"), null=True)
    hits = models.JSONField(default=list, blank=True)
    lacks = models.JSONField(default=list, blank=True)
    change = models.CharField(_("与上年比"), max_length=8, choices=Change.choices, blank=True)

    class Meta:
        ordering = ["run", "priority", "plot_code"]
        constraints = [models.UniqueConstraint(fields=["run", "plot"], name="low_finding_once")]
        indexes = [models.Index(fields=["run", "verdict", "priority"], name="low_finding_list")]


class FindingAppeal(Named):
    """What the holder says against a finding; worked as a case."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="appeals")
    enterprise_id = models.BigIntegerField(db_index=True)
    division_code = models.CharField(max_length=12, db_index=True)
    reason = models.CharField(_("理由"), max_length=1000)
    document = document_key()
    state = models.CharField(_("状态"), max_length=12, default="open")  # open upheld rejected withdrawn
    reply = models.CharField(_("答复"), max_length=1000, blank=True)
    replied_by = person_key()
    replied_on = models.DateField(_("答复日期"), null=True, blank=True)
    case = case_key()

    class Meta:
        ordering = ["-id"]


class FindingWaiver(Named):
    """A criterion does not count for a plot until a date, by a document, approved by a second person."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="waivers")
    division_code = models.CharField(max_length=12, db_index=True)
    reason = models.CharField(_("理由"), max_length=1000)
    document = document_key()
    criterion = models.CharField(_("豁免的条件"), max_length=48, blank=True)  # "": every criterion that the finding met
    until = models.DateField(_("有效期至"))
    state = models.CharField(_("状态"), max_length=12, default="proposed")  # proposed approved refused ended
    approved_by = person_key()
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
