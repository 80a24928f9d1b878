"""审批网络: the steps of one project (or phase) by a pinned policy, what has happened to them, and papers given once.

Before the deal nobody holds the land: reviews stand under the name of its intended user, and no permit carries a holder.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.projects.models.base import Frozen, Named, document_key, person_key
from tenglong.apps.projects.models.project import Phase, Project


class PermitPolicy(models.Model):
    """The text of a network as a project began with it; never changed. It names no project."""

    sha256 = models.CharField(max_length=64, unique=True)
    policy_id = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    verified = models.BooleanField(default=False)
    body = models.JSONField()


class PermitNetwork(Named):
    """`start_on`: the day it entered the network. `intended`: 意向用地单位 as printed on reviews. `outlook`: what was last
    worked out ({"lock", "on", "holds", …}), for lists; nobody types it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="networks")
    phase = models.ForeignKey(Phase, null=True, blank=True, on_delete=models.PROTECT, related_name="networks")
    policy = models.ForeignKey(PermitPolicy, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(_("办法"), max_length=48)
    start_on = models.DateField(_("起算日期"))
    intended = models.CharField(_("意向用地单位"), max_length=200, blank=True)
    floor_cm2 = models.BigIntegerField(_("总建筑面积"), null=True, blank=True)
    functions = models.JSONField(default=list, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    outlook = models.JSONField(default=dict, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["project", "phase", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(phase__isnull=True), name="network_of_project_once"),
            models.UniqueConstraint(fields=["phase"], condition=Q(phase__isnull=False), name="network_of_phase_once"),
        ]


class PermitStep(models.Model):
    """What has happened to one step; no row: nothing yet. `number`: of the permit; `holder`: only once there is a buyer."""

    network = models.ForeignKey(PermitNetwork, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(_("步骤"), max_length=48)
    pre_started_on = models.DateField(_("预审受理"), null=True, blank=True)
    pre_done_on = models.DateField(_("预审完成"), null=True, blank=True)
    started_on = models.DateField(_("受理日期"), null=True, blank=True)
    done_on = models.DateField(_("办结日期"), null=True, blank=True)
    omitted = models.BooleanField(_("不涉及"), default=False)
    reason = models.CharField(_("依据"), max_length=300, blank=True)  # of leaving it out, or of a correction
    number = models.CharField(_("证照编号"), max_length=80, blank=True)
    holder = models.ForeignKey(
        "registry.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("权利人"))
    document = document_key()
    note = models.CharField(_("内部说明"), max_length=300, blank=True)  # never for the enterprise
    entered_by = person_key()
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["network", "id"]
        indexes = [models.Index(fields=["step", "done_on"], name="permit_step_day")]
        constraints = [
            models.UniqueConstraint(fields=["network", "step"], name="permit_step_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(started_on__isnull=True) | Q(done_on__gte=F("started_on")),
                name="permit_done_after_start"),
            models.CheckConstraint(condition=Q(holder__isnull=True) | Q(done_on__isnull=False), name="holder_when_done"),
        ]


class Receipt(Named):
    """收件回执: which papers were taken in, from whom, on which day. `items` as printed; written once."""

    number = models.CharField(_("回执编号"), max_length=40, unique=True)
    network = models.ForeignKey(PermitNetwork, on_delete=models.PROTECT, related_name="receipts")
    given_on = models.DateField(_("收件日期"))
    giver = models.CharField(_("提交单位"), max_length=200)
    items = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    taken_by = person_key()

    class Meta:
        ordering = ["-given_on", "-id"]


class GivenMaterial(Named):
    """A paper given once for the whole project; later steps use it while it stands (`until`, null: as long as the project)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="materials")
    material = models.CharField(_("材料"), max_length=48)
    document = models.ForeignKey("registry.SourceDocument", on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField(_("提交日期"))
    until = models.DateField(_("有效期至"), null=True, blank=True)
    receipt = models.ForeignKey(Receipt, null=True, blank=True, on_delete=models.PROTECT, related_name="materials")
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("作废理由"), max_length=300, blank=True)

    class Meta:
        ordering = ["project", "material", "given_on", "id"]


class StepMaterial(Frozen):
    """That a step was done with that paper: what need not be handed in again."""

    step = models.ForeignKey(PermitStep, on_delete=models.PROTECT, related_name="used")
    given = models.ForeignKey(GivenMaterial, on_delete=models.PROTECT, related_name="used")
    on = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "given"], name="paper_used_once_per_step")]


class OwedPaper(Named):
    """容缺承诺: a paper that a step was taken in hand without. `person` of the firm promised it by `due_on`; once that day is
    past and the paper is not there, `blocker` stands on the step."""

    network = models.ForeignKey(PermitNetwork, on_delete=models.PROTECT, related_name="owed")
    step = models.CharField(_("步骤"), max_length=48)
    material = models.CharField(_("材料"), max_length=48)
    due_on = models.DateField(_("补齐期限"), db_index=True)
    person = models.CharField(_("承诺人和职务"), max_length=80)
    promised_on = models.DateField(_("承诺日期"))
    taken_by = person_key(verbose_name=_("登记人"))
    blocker = models.ForeignKey(
        "projects.Blocker", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("卡点"))

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["network", "step", "material"], name="paper_owed_once_per_step")]
