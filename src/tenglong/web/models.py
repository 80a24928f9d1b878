"""What the shell remembers for people: saved filters, chosen columns, and the ledger of figures given out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """Conditions of a list under a name; private to the user."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=48)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=2000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_key")]
        ordering = ["name"]


class ColumnChoice(models.Model):
    """Columns a user wants to see on a list, in their order."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="column_choices")
    page = models.CharField(max_length=48)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="column_choice_key")]


class FigureLedger(models.Model):
    """报数台账: one line per figure or list given out. Lines are added, never changed (office rule 23)."""

    number = models.CharField(_("报数编号"), max_length=24, unique=True)
    page = models.CharField(max_length=48)
    title = models.CharField(_("内容"), max_length=120)
    caliber = models.CharField(_("口径"), max_length=400)
    filter_text = models.CharField(_("筛选条件"), max_length=2000, blank=True)
    query = models.CharField(max_length=2000, blank=True)
    rows = models.PositiveIntegerField(_("行数"))
    totals = models.JSONField(default=dict, blank=True)
    rows_sha256 = models.CharField(_("行校验"), max_length=64)
    form = models.CharField(_("格式"), max_length=8)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="figures")
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)
    recipient = models.CharField(_("报给"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=200)

    class Meta:
        ordering = ["-id"]
