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
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="case_subject"),
            models.Index(fields=["definition", "state"], name="case_definition_state"),
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
    note = models.CharField(_("说明"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["done_on", "due_on"], name="task_open_due")]

    @property
    def powers(self) -> tuple[str, ...]:
        return tuple(self.roles.strip("|").split("|"))

    def wait_over(self, today: date) -> bool:
        return self.kind != "min_wait" or self.due_on is None or today > self.due_on


class CaseEvent(models.Model):
    """What happened, in order: opened, moved, task closed, assigned, material added. Written once."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)  # open move task take assign evidence
    transition = models.CharField(max_length=48, blank=True)
    label = models.CharField(max_length=200)
    to_state = models.CharField(max_length=48, blank=True)
    told = models.BooleanField(default=False)  # the subject may read the reason
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=1000, blank=True)
    documents = models.JSONField(default=list, blank=True)

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
