"""重大项目: a project from first lead to full output, its phases, plots, dates, months and task force.

Dates that happened (`done_on`) and figures that were reached (`actual_fen`) are typed by a person; what is planned or expected
stands in columns of its own and never becomes a fact.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.projects.models.base import Named, document_key, person_key, plot_key


class Stage(models.TextChoices):
    """How far a project is: the last stage whose day is known. The order of the members is the order of the stages."""

    LEAD = "lead", _("线索")
    SIGNED = "signed", _("签约")
    APPROVED = "approved", _("立项")
    LAND = "land", _("用地")
    PERMITS = "permits", _("审批")
    STARTED = "started", _("开工")
    TOPPED_OUT = "topped_out", _("封顶")
    COMPLETED = "completed", _("竣工")
    PRODUCING = "producing", _("投产")
    ABOVE_SCALE = "above_scale", _("上规")
    FULL_OUTPUT = "full_output", _("达产")


class Project(Named):
    """One project. Money in 分, land in cm²; `park_key`: ulid of its park; `cluster`: name of the cluster inside the park."""

    code = models.CharField(_("项目编号"), max_length=24, unique=True)
    name = models.CharField(_("项目名称"), max_length=200)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    zone_code = models.CharField(_("平台"), max_length=32, blank=True)
    enterprise = models.ForeignKey(
        "registry.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("企业"))
    industry = models.CharField(_("行业"), max_length=16, blank=True)  # code of GB/T 4754
    stage = models.CharField(_("阶段"), max_length=16, choices=Stage.choices, default=Stage.LEAD, db_index=True)
    total_investment_fen = models.BigIntegerField(_("计划总投资"), null=True, blank=True)
    land_cm2 = models.BigIntegerField(_("用地面积"), null=True, blank=True)
    listing = models.ForeignKey("supply.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    covenant = models.ForeignKey("supply.Covenant", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    park_key = models.CharField(max_length=26, blank=True, db_index=True)
    cluster = models.CharField(_("组团"), max_length=64, blank=True)
    needs = models.CharField(_("落地方式"), max_length=8, default="land",
                             choices=[("land", _("供地新建")), ("plant", _("租购厂房"))])
    milestone_policy = models.CharField(max_length=80, blank=True)  # pin of the county's milestone pairs
    stopped_on = models.DateField(_("终止日期"), null=True, blank=True)
    stop_reason = models.CharField(_("终止理由"), max_length=300, blank=True)
    note = models.CharField(_("内部说明"), max_length=500, blank=True)  # never for the enterprise
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]


class Phase(models.Model):
    """A phase: its land, investment, and what is expected of it each year once it is in full output."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phases")
    ordinal = models.PositiveSmallIntegerField(_("期次"))
    name = models.CharField(_("名称"), max_length=80, blank=True)
    land_cm2 = models.BigIntegerField(_("用地面积"), null=True, blank=True)
    investment_fen = models.BigIntegerField(_("计划投资"), null=True, blank=True)
    output_fen = models.BigIntegerField(_("达产年产值（预期）"), null=True, blank=True)
    tax_fen = models.BigIntegerField(_("达产年税收（预期）"), null=True, blank=True)
    ramp_months = models.PositiveSmallIntegerField(_("投产到达产（月）"), default=36)
    expected_by = models.CharField(_("预期的出处"), max_length=200, blank=True)

    class Meta:
        ordering = ["project", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["project", "ordinal"], name="phase_of_project_once")]


class PhasePlot(models.Model):
    """Land of a phase that is a plot of the register; `land_cm2` the part of the plot that belongs to the phase."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="plots")
    plot = plot_key()
    plot_code = models.CharField(_("地块码"), max_length=24)
    land_cm2 = models.BigIntegerField(_("面积"), null=True, blank=True)

    class Meta:
        ordering = ["phase", "plot_code"]
        constraints = [models.UniqueConstraint(fields=["phase", "plot"], name="plot_of_phase_once")]


class Milestone(models.Model):
    """A dated event of a project or of one of its phases; `kind` is a stage or another kind of the milestone policy."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    phase = models.ForeignKey(Phase, null=True, blank=True, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(_("节点"), max_length=32)
    planned_on = models.DateField(_("计划日期"), null=True, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    document = document_key()
    reason = models.CharField(_("依据"), max_length=300, blank=True)
    entered_by = person_key()
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["project", "phase", "kind"]
        indexes = [models.Index(fields=["kind", "done_on"], name="milestone_kind_day")]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], condition=Q(phase__isnull=True), name="milestone_once"),
            models.UniqueConstraint(fields=["phase", "kind"], condition=Q(phase__isnull=False), name="milestone_of_phase_once"),
        ]


class FigureKind(models.TextChoices):
    INVEST = "invest", _("投资")
    OUTPUT = "output", _("产值")
    TAX = "tax", _("税收")


class MonthFigure(models.Model):
    """One month of one kind; `month` is its first day. What is not known is null, never 0."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="months")
    phase = models.ForeignKey(Phase, null=True, blank=True, on_delete=models.CASCADE, related_name="months")
    kind = models.CharField(_("指标"), max_length=8, choices=FigureKind.choices)
    month = models.DateField(_("月份"))
    planned_fen = models.BigIntegerField(_("计划"), null=True, blank=True)
    actual_fen = models.BigIntegerField(_("实际"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=120, blank=True)
    entered_by = person_key()
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["project", "kind", "month"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "month"], condition=Q(phase__isnull=True), name="month_once"),
            models.UniqueConstraint(
                fields=["phase", "kind", "month"], condition=Q(phase__isnull=False), name="month_of_phase_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_is_first_day"),
        ]


class Duty(models.TextChoices):
    CHIEF = "chief", _("专班组长")
    CONTACT = "contact", _("联系人")
    MEMBER = "member", _("成员")


class Member(models.Model):
    """Who serves a project. `phone` is the office number that the firm may ring; nobody's own number."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(_("职责"), max_length=8, choices=Duty.choices, default=Duty.MEMBER)
    phone = models.CharField(_("办公电话"), max_length=24, blank=True)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        ordering = ["project", "duty", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], condition=Q(until__isnull=True), name="member_once"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="member_until_after_since"),
        ]
