"""Renewal plans and searches for a site: versions, answers with their bound, and the named persons who may read them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.models.base import Named, case_key, document_key, person_key, plot_key
from tenglong.apps.renewal.models.finding import FindingRun


class PlanState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SOLVING = "solving", _("计算中")
    SOLVED = "solved", _("已求解")
    SUBMITTED = "submitted", _("待批准")
    APPROVED = "approved", _("已批准")
    PUBLISHED = "published", _("已转办")
    RETIRED = "retired", _("已作废")


class Plan(Named):
    """One version of a plan: `problem` as typed parts, `answer` as solved (objective, bound, gap, binding, frontier…)."""

    title = models.CharField(_("方案名称"), max_length=120)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    division_code = models.CharField(max_length=12)
    finding_run = models.ForeignKey(FindingRun, null=True, on_delete=models.PROTECT, related_name="plans")
    state = models.CharField(_("状态"), max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)
    problem = models.JSONField(default=dict)
    answer = models.JSONField(default=dict, blank=True)
    policy_pins = models.JSONField(default=dict, blank=True)
    job_ulid = models.CharField(max_length=26, blank=True)
    approved_by = person_key()
    approved_on = models.DateField(null=True, blank=True)
    document = document_key()
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]


class PlanItem(models.Model):
    """One plot of one plan, taken or locked. Money in 分."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    plot = plot_key()
    plot_code = models.CharField(_("地块码"), max_length=24)
    division_code = models.CharField(_("镇街"), max_length=12)
    block = models.PositiveIntegerField(_("成片号"), null=True)
    route = models.CharField(_("路径"), max_length=32)
    year = models.PositiveSmallIntegerField(_("年度"))
    land_cm2 = models.BigIntegerField(_("面积"))
    cost_fen = models.BigIntegerField(_("成本"))
    uplift_fen = models.BigIntegerField(_("年增税收"))
    jobs_gained = models.IntegerField(_("新增岗位"), default=0)
    jobs_lost = models.IntegerField(_("减少岗位"), default=0)
    worth_fen = models.BigIntegerField(_("对方案的价值"), null=True)  # without it the plan costs so much more
    detail = models.JSONField(default=dict, blank=True)  # cost items with their parameters
    case = case_key()

    class Meta:
        ordering = ["plan", "year", "block", "plot_code"]
        constraints = [models.UniqueConstraint(fields=["plan", "plot"], name="plan_plot_once")]


class SiteSearch(Named):
    """Wanted site and ranked alternatives, each with its bound."""

    title = models.CharField(_("选址名称"), max_length=120)
    division_code = models.CharField(max_length=12)
    wanted = models.JSONField(default=dict)
    answer = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=12, default="solving")  # solving solved none failed
    job_ulid = models.CharField(max_length=26, blank=True)

    class Meta:
        ordering = ["-id"]


class SecretReader(models.Model):
    """A named person who may read one plan or one site search, by whom admitted."""

    plan = models.ForeignKey(Plan, null=True, on_delete=models.CASCADE, related_name="readers")
    site = models.ForeignKey(SiteSearch, null=True, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_by_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "user"], name="plan_reader_once"),
            models.UniqueConstraint(fields=["site", "user"], name="site_reader_once"),
            models.CheckConstraint(
                condition=models.Q(plan__isnull=False, site__isnull=True) | models.Q(plan__isnull=True, site__isnull=False),
                name="reader_of_one_thing",
            ),
        ]
