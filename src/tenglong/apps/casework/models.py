"""Cases: the definition each began with, where it stands, its tasks, its history and its material."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from ulid import ULID


def new_ulid() -> str:
    return str(ULID())


class PinnedDefinition(models.Model):
    """A definition as cases began with it: `text` as written, `body` as read with what it extends. Never changes."""

    definition = models.CharField(_("流程"), max_length=64)
    version = models.CharField(_("版本"), max_length=32)
    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField(_("内容"))
    body = models.JSONField()
    pinned_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["definition", "id"]


class Case(models.Model):
    """One case. `definition`, `version`, `sha256` repeat the pin for lists; `pinned` holds its text."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    definition = models.CharField(_("流程"), max_length=64, db_index=True)
    version = models.CharField(_("版本"), max_length=32)
    sha256 = models.CharField(max_length=64)
    pinned = models.ForeignKey(PinnedDefinition, on_delete=models.PROTECT, related_name="cases")
    subject_type = models.CharField(_("对象类型"), max_length=32)
    subject_id = models.BigIntegerField(_("对象"), null=True, blank=True)
    title = models.CharField(_("案件名称"), max_length=200)
    state = models.CharField(_("状态"), max_length=48)
    state_label = models.CharField(_("状态"), max_length=64)
    entered_on = models.DateField(_("进入本状态"))
    fields = models.JSONField(default=dict, blank=True)
    division_code = models.CharField(_("区划"), max_length=12, db_index=True)
    department_id = models.BigIntegerField(null=True, db_index=True)
    visible_to_subject = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    single = models.BooleanField(default=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField(_("发起日期"))
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    paused_on = models.DateField(_("暂停日期"), null=True, blank=True)
    #: earliest deadline of an open task that can be late; kept by `working.settle_due`
    next_due = models.DateField(_("最近期限"), null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="case_subject"),
            models.Index(fields=["definition", "state", "closed_at", "next_due"], name="case_definition_state_due"),
            models.Index(fields=["division_code", "definition", "state", "closed_at", "next_due"], name="case_board"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["definition", "subject_type", "subject_id"], name="case_one_open_per_subject",
                                    condition=Q(single=True, closed_at__isnull=True)),
        ]

    @property
    def open(self) -> bool:
        return self.closed_at is None


class Task(models.Model):
    """One opening of a task. `roles` is `|role|verb|` so that either database can search it."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    task = models.CharField(_("任务"), max_length=48)
    label = models.CharField(_("任务"), max_length=100)
    roles = models.CharField(_("承办角色"), max_length=300)
    kind = models.CharField(_("期限性质"), max_length=16)
    amber = models.PositiveSmallIntegerField(default=2)
    division_code = models.CharField(_("区划"), max_length=12, db_index=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                 verbose_name=_("承办人"))
    opened_on = models.DateField(_("开始日期"))
    due_on = models.DateField(_("期限"), null=True, blank=True)
    unpublished = models.JSONField(default=list, blank=True)  # years counted without an announced calendar
    done_on = models.DateField(_("办结日期"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("结果"), max_length=12, blank=True)  # done, lapsed
    held_due = models.DateField(_("暂停时的期限"), null=True, blank=True)
    paused_days = models.PositiveIntegerField(_("暂停顺延的工作日"), default=0)
    #: overdue beyond what the definition lets pass, after this day
    escalates_after = models.DateField(null=True, blank=True)
    escalated_on = models.DateField(_("提请领导的日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["done_on", "due_on"], name="task_open_due"),
            models.Index(fields=["done_on", "division_code", "due_on"], name="task_town_open_due"),
            models.Index(fields=["escalates_after"], name="task_to_escalate",
                         condition=Q(done_on__isnull=True, escalates_after__isnull=False)),
            models.Index(fields=["escalated_on"], name="task_escalated",
                         condition=Q(done_on__isnull=True, escalated_on__isnull=False)),
        ]

    @property
    def powers(self) -> tuple[str, ...]:
        return tuple(self.roles.strip("|").split("|"))

    def wait_over(self, today: date) -> bool:
        return self.kind != "min_wait" or self.due_on is None or today > self.due_on


class CaseEvent(models.Model):
    """What happened, in order: opened, moved, task closed, assigned, material added. Written once."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    #: open move task take assign evidence comment pause resume escalate supervise migrate
    kind = models.CharField(max_length=12)
    transition = models.CharField(max_length=48, blank=True)
    label = models.CharField(max_length=200)
    to_state = models.CharField(max_length=48, blank=True)
    told = models.BooleanField(default=False)  # the subject may read the reason
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=1000, blank=True)
    documents = models.JSONField(default=list, blank=True)
    data = models.JSONField(default=dict, blank=True)  # of a migration: the versions and what was renamed

    class Meta:
        ordering = ["id"]


class Evidence(models.Model):
    """Material on file, by the kind that the definition asks for."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evidence")
    document = models.ForeignKey("registry.SourceDocument", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=48)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "document", "kind"], name="evidence_once")]


class Supervision(models.Model):
    """督办单: an order to finish something by a day, numbered by year, answered, and struck off by a second person."""

    STATES = (("issued", _("待回复")), ("replied", _("已回复，待销号")), ("returned", _("退回重报")), ("closed", _("已销号")))

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    year = models.PositiveSmallIntegerField(_("年度"))
    serial = models.PositiveIntegerField(_("序号"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supervisions")
    office = models.CharField(_("承办单位"), max_length=100)
    text = models.TextField(_("督办事项和要求"))
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_on = models.DateField(_("发出日期"))
    due_on = models.DateField(_("回复期限"))
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default="issued")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(_("销号日期"), null=True, blank=True)
    note = models.CharField(_("销号意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["-year", "-serial"]
        constraints = [models.UniqueConstraint(fields=["year", "serial"], name="supervision_number")]
        indexes = [models.Index(fields=["state", "due_on"], name="supervision_open_due")]

    @property
    def number(self) -> str:
        return f"督〔{self.year}〕{self.serial}号"


class SupervisionReply(models.Model):
    """One answer to an order; an answer that was sent back stays."""

    supervision = models.ForeignKey(Supervision, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField(_("办理情况"))
    document = models.ForeignKey("registry.SourceDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("回复日期"))
    verdict = models.CharField(max_length=12, blank=True)  # "", closed, returned
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    judged_on = models.DateField(null=True, blank=True)
    note = models.CharField(_("意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]


class CaseBulletin(models.Model):
    """周报 or 半月清单 as it was made: figures never change, its words may until it is given out."""

    KINDS = (("week", _("周报")), ("half", _("半月清单")))

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    kind = models.CharField(_("种类"), max_length=8, choices=KINDS)
    year = models.PositiveSmallIntegerField(_("年度"))
    issue = models.PositiveIntegerField(_("期号"))
    first = models.DateField(_("起"))
    last = models.DateField(_("止"))
    title = models.CharField(_("标题"), max_length=100)
    office = models.CharField(_("落款单位"), max_length=80)
    division_code = models.CharField(_("区划"), max_length=12, blank=True, db_index=True)
    lead = models.TextField(_("导语"), blank=True)
    sections = models.JSONField(default=list)  # [{heading, text}]
    figures = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "year", "division_code", "issue"], name="case_bulletin_issue")]
