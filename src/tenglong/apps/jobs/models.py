"""Long work: what was asked, by whom, and how it ended. Progress lives in files, never in a write transaction."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from ulid import ULID

STATES = [
    ("queued", _("排队")), ("running", _("进行中")), ("done", _("完成")), ("failed", _("失败")),
    ("cancelled", _("已取消")), ("interrupted", _("中断")),
]
ENDED = ("done", "failed", "cancelled", "interrupted")


def new_ulid() -> str:
    return str(ULID())


class Job(models.Model):
    """`committed` is set inside the handler's own transaction: it says whether an interrupted job took effect."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    kind = models.CharField(max_length=48, db_index=True)
    queue = models.CharField(max_length=12, default="long")
    args = models.JSONField(default=dict)
    subject = models.CharField(_("内容"), max_length=200, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="jobs")
    department_id = models.BigIntegerField(null=True, db_index=True)
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default="queued")
    committed = models.BooleanField(default=False)
    result = models.JSONField(default=dict, blank=True)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "queue", "id"], name="job_waiting")]

    @property
    def ended(self) -> bool:
        return self.state in ENDED
