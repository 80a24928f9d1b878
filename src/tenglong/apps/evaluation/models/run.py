"""Frozen data, runs over it and their results: written once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.models.base import Frozen, Named, enterprise_key
from tenglong.apps.evaluation.models.cycle import Cycle


class SnapshotKind(models.TextChoices):
    TRIAL = "trial", _("试算快照")
    FROZEN = "frozen", _("冻结快照")


class Snapshot(Frozen, Named):
    """Rows of one moment. `sha256` is over the canonical rows; the Parquet file bears its name. `sources_sha256`: where each
    value came from. `notes`: blocked firms, conflicts, what was missing."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="snapshots")
    kind = models.CharField(_("种类"), max_length=8, choices=SnapshotKind.choices)
    sha256 = models.CharField(max_length=64, db_index=True)
    sources_sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    size = models.BigIntegerField()
    complete = models.BooleanField(default=False)  # every delivery accepted
    notes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]


class RunKind(models.TextChoices):
    TRIAL = "trial", _("试算")
    FORMAL = "formal", _("正式运算")
    WHATIF = "whatif", _("推演")


class Run(Frozen, Named):
    """Scheme + snapshot + parameters + software → results. `released_on`: from that day each firm may read its own result."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="runs")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(_("种类"), max_length=8, choices=RunKind.choices)
    scheme_id = models.CharField(max_length=64)
    scheme_version = models.CharField(max_length=32)
    scheme_pin = models.CharField(max_length=64)
    scheme_text = models.TextField(editable=False)
    software = models.CharField(max_length=32)
    params = models.JSONField(default=dict, blank=True)
    result_sha256 = models.CharField(max_length=64)
    result_size = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)  # group → standing/grade → number
    watermark = models.CharField(max_length=48, blank=True)
    released_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]


class Result(Frozen):
    """One line of a run for lists; the whole row with its trace columns lies in the run's Parquet."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results")
    enterprise = enterprise_key()
    key = models.CharField(max_length=24)
    name = models.CharField(_("企业名称"), max_length=200)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    group = models.CharField(_("评价组"), max_length=48, blank=True)
    standing = models.CharField(_("结论"), max_length=12)
    standing_id = models.CharField(max_length=64, blank=True)
    total = models.BigIntegerField(_("总分"), null=True)
    decimals = models.PositiveSmallIntegerField(default=0)
    rank = models.PositiveIntegerField(_("名次"), null=True)
    n = models.PositiveIntegerField(_("参评数"), null=True)
    rank_grade = models.CharField(max_length=8, blank=True)
    grade = models.CharField(_("等级"), max_length=8, blank=True)
    town = models.CharField(_("镇街"), max_length=12, blank=True)
    zone = models.CharField(_("片区"), max_length=32, blank=True)
    industry = models.CharField(_("行业"), max_length=8, blank=True)

    class Meta:
        ordering = ["run", "group", "rank", "key"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="result_once")]
        indexes = [
            models.Index(fields=["run", "group", "rank"], name="result_rank"),
            models.Index(fields=["run", "town"], name="result_town"),
            models.Index(fields=["enterprise", "run"], name="result_enterprise"),
        ]


class PlotResult(Frozen):
    """A plot as its occupants make it: sums by the share of each occupant's assessed mu that lies here."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="plots")
    plot = models.ForeignKey("registry.Plot", on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField(max_length=12)
    occupied_cm2 = models.BigIntegerField()
    measures = models.JSONField(default=dict)  # measure → value × 10⁶ as text; sensitive ones masked in queries
    grades = models.JSONField(default=list)  # [[enterprise_id, grade, cm2]]
    occupants = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["run", "plot_id"]
        constraints = [models.UniqueConstraint(fields=["run", "plot"], name="plot_result_once")]
