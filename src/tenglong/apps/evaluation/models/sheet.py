"""一企一单: what a firm is shown and confirms before the freeze."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.models.base import Named, document_key, enterprise_key
from tenglong.apps.evaluation.models.cycle import Cycle


class SheetState(models.TextChoices):
    UNDELIVERED = "undelivered", _("未送达")
    DELIVERED = "delivered", _("已送达")
    SEALED = "sealed", _("已盖章")
    OBJECTED = "objected", _("有异议")
    REFUSED = "refused", _("拒签")
    OVERDUE = "overdue", _("逾期")


class Sheet(Named):
    """One version of a firm's sheet. `version_hash` is over the firm's data; other data voids this one, a new number begins."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="sheets")
    enterprise = enterprise_key()
    division_code = models.CharField(max_length=12)
    number = models.PositiveIntegerField(default=1)
    version_hash = models.CharField(max_length=64, db_index=True)
    code = models.CharField(_("核对码"), max_length=40, unique=True)  # what the QR holds
    content = models.JSONField(default=dict)  # what was printed: measures, area, sources
    state = models.CharField(_("状态"), max_length=12, choices=SheetState.choices, default=SheetState.UNDELIVERED)
    delivered_on = models.DateField(_("送达日期"), null=True, blank=True)
    delivered_by = models.CharField(_("送达方式"), max_length=48, blank=True)
    proof_document = document_key(verbose_name=_("送达凭证"))
    due_on = models.DateField(_("反馈期限"), null=True, blank=True)
    scanned_document = document_key(verbose_name=_("盖章扫描件"))
    sealed_on = models.DateField(null=True, blank=True)
    objection = models.TextField(_("异议内容"), blank=True)
    objection_document = document_key()
    overdue_clause = models.CharField(_("逾期条款"), max_length=200, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["division_code", "enterprise_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "enterprise", "number"], name="sheet_number_once"),
            models.UniqueConstraint(
                fields=["cycle", "enterprise"], condition=Q(voided_at__isnull=True), name="sheet_one_valid"
            ),
            models.CheckConstraint(
                condition=~Q(state="overdue") | (Q(proof_document__isnull=False) & ~Q(overdue_clause="")),
                name="sheet_overdue_needs_proof_and_clause",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "state"], name="sheet_state")]


class UnreadState(models.TextChoices):
    OPEN = "open", _("待核对")
    MATCHED = "matched", _("待复核")
    FILED = "filed", _("已归档")
    DISMISSED = "dismissed", _("不归档")


class UnreadScan(Named):
    """A scanned page that its code did not bring to a sheet: one person says whose it is, a second one looks and files it."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="unread_scans")
    job_ulid = models.CharField(max_length=26)
    place = models.PositiveIntegerField()  # in the order of the batch
    file = models.CharField(_("文件"), max_length=200)
    page = models.PositiveIntegerField(_("页"))
    trouble = models.CharField(_("情况"), max_length=24)  # code of files.scans
    hint = models.CharField(max_length=40, blank=True)  # code of the sheet, where one was read
    document = document_key(verbose_name=_("原页"))
    state = models.CharField(_("状态"), max_length=12, choices=UnreadState.choices, default=UnreadState.OPEN)
    sheet = models.ForeignKey(Sheet, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    printed = models.CharField(_("纸上的核对码"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    matched_by_id = models.BigIntegerField(null=True)
    matched_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-job_ulid", "place"]
        constraints = [
            models.UniqueConstraint(fields=["job_ulid", "place"], name="unread_scan_once"),
            models.CheckConstraint(
                condition=~Q(state="filed")
                | (Q(sheet__isnull=False) & Q(matched_by_id__isnull=False) & Q(decided_by_id__isnull=False)
                   & ~Q(decided_by_id=F("matched_by_id"))),
                name="unread_scan_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "state"], name="unread_scan_state")]
