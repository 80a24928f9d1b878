"""What departments are asked for and what they send."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.models.base import Frozen, Named
from tenglong.apps.evaluation.models.cycle import Cycle


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("待报送")
    DELIVERED = "delivered", _("已报送")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已验收")


class Delivery(Named):
    """A department answers for these measures: its fact is the one that counts. Late = `due_on` passed and not delivered."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="deliveries")
    department = models.CharField(_("部门"), max_length=48)  # as in Fact.department
    department_key = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("对应机构")
    )
    measures = models.JSONField(_("指标"), default=list)
    contact = models.CharField(_("联系人"), max_length=100, blank=True)
    due_on = models.DateField(_("截止日期"))
    state = models.CharField(_("状态"), max_length=12, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    return_reason = models.CharField(_("退回原因"), max_length=300, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "department"]
        constraints = [models.UniqueConstraint(fields=["cycle", "department"], name="delivery_once")]


class DeliveryVersion(Frozen):
    """One sending, tied to the import batch whose rows it is; the receipt number is printed on the receipt."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    batch = models.ForeignKey("survey.ImportBatch", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    receipt_no = models.CharField(_("回执号"), max_length=48, unique=True)
    received_at = models.DateTimeField(auto_now_add=True)
    received_by_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["delivery", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="delivery_version_once"),
            models.UniqueConstraint(fields=["delivery", "batch"], name="delivery_batch_once"),
        ]


class Reminder(models.Model):
    """A reminder letter that went out."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="reminders")
    number = models.PositiveIntegerField()
    sent_on = models.DateField()
    missing = models.JSONField(default=dict, blank=True)  # measure → how many enterprises lack it
    sent_by_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["delivery", "-number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="reminder_once")]
