"""The record of policies: text, hash, state. An approved text never changes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from ulid import ULID

STATES = [("draft", _("草稿")), ("submitted", _("待审批")), ("approved", _("已批准")), ("retired", _("已停用"))]
_FIXED = ("kind", "policy_id", "version", "sha256", "yaml_text", "valid_from", "origin")


def new_ulid() -> str:
    return str(ULID())


class PolicyVersion(models.Model):
    """`yaml_text` is the policy; every other column is read from it or says what people did with it."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    kind = models.CharField(_("种类"), max_length=32)
    policy_id = models.CharField(_("标识"), max_length=64)
    version = models.CharField(_("版本"), max_length=32)
    sha256 = models.CharField(max_length=64)
    yaml_text = models.TextField(_("内容"))
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default="draft")
    valid_from = models.DateField(_("生效日期"), null=True)
    valid_to = models.DateField(_("失效日期"), null=True)
    origin = models.CharField(_("来源"), max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    approved_at = models.DateTimeField(null=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["kind", "policy_id", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "policy_id", "version"], name="policy_version_once"),
            models.CheckConstraint(condition=Q(approver__isnull=True) | Q(author__isnull=True) | ~Q(approver=F("author")),
                                   name="policy_second_person"),
            models.CheckConstraint(condition=~Q(state="approved") | Q(approver__isnull=False),
                                   name="policy_approved_by_someone"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises TypeError when an approved or retired text would change."""
        if self.pk:
            before = PolicyVersion.objects.filter(pk=self.pk, state__in=("approved", "retired")).first()
            if before and any(getattr(before, name) != getattr(self, name) for name in _FIXED):
                raise TypeError("已批准的政策版本不能修改，请另存为新版本")
        super().save(*args, **kwargs)
