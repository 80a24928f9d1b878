"""The chain of what was done: append only, each entry sealed with the seal of the one before."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(models.QuerySet["AuditEntry"]):
    """No bulk update or delete by way of the ORM; tampering by SQL is what `verify` finds."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("审计记录只能追加，不能修改")

    def delete(self) -> NoReturn:
        raise TypeError("审计记录只能追加，不能删除")


class AuditEntry(models.Model):
    """`seq` runs 1, 2, 3 … without a hole; `mac` = HMAC-SHA256(key, previous mac + canonical content)."""

    seq = models.BigIntegerField(_("序号"), unique=True)
    ts = models.DateTimeField(_("时间"), db_index=True)
    user_id_text = models.CharField(_("用户编号"), max_length=26, blank=True, db_index=True)
    user_name = models.CharField(_("用户"), max_length=130)
    role = models.CharField(_("角色"), max_length=120, blank=True)
    ip = models.CharField(_("地址"), max_length=45, blank=True)
    action = models.CharField(_("动作"), max_length=48, db_index=True)
    subject_type = models.CharField(_("对象类型"), max_length=32)
    subject_id = models.CharField(_("对象"), max_length=64, blank=True)
    deltas = models.JSONField(_("变化"), default=list, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    result = models.CharField(_("结果"), max_length=12, default="ok")  # ok refused failed
    trace_id = models.CharField(_("追踪号"), max_length=32, blank=True)
    batch_id = models.BigIntegerField(_("批次"), null=True)
    count = models.BigIntegerField(_("行数"), default=1)
    digest = models.CharField(_("摘要"), max_length=64, blank=True)
    prev_mac = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["-seq"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("审计记录只能追加，不能修改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("审计记录只能追加，不能删除")


class AuditHead(models.Model):
    """One row: the last entry. Locking it puts appends in line; it is not itself evidence."""

    seq = models.BigIntegerField(default=0)
    mac = models.CharField(max_length=64, default="")
    anchored_on = models.DateField(null=True)
