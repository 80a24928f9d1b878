"""Files of clearing, and corrections of what was entered wrongly. Both stay: a newer one stands beside."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.clearance.models.clearance import Clearance, ClearedHolder, Step, person_key
from tenglong.apps.clearance.models.money import Payment
from tenglong.store.records import Frozen, Named


class ClearancePaper(Frozen, Named):
    """One version of a file. `what`: a step of the kind, or a paper of one holder; `part`: the instalment of a voucher, else 0.

    `amounts`: it tells money or payees, so only those with `clearance.money`, and the firm that it is about, may open it.
    """

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="files")
    holder = models.ForeignKey(ClearedHolder, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    what = models.CharField(_("材料"), max_length=32)
    part = models.PositiveSmallIntegerField(_("期"), default=0)
    version = models.PositiveSmallIntegerField(_("版本"))
    number = models.CharField(_("文号"), max_length=120)
    amounts = models.BooleanField(_("含补偿金额或收款信息"), default=False)
    document = models.ForeignKey("registry.SourceDocument", on_delete=models.PROTECT, related_name="+")
    added_by = person_key()

    class Meta:
        ordering = ["what", "part", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["clearance", "what", "version"], condition=models.Q(holder__isnull=True),
                                    name="clearance_file_version"),
            models.UniqueConstraint(fields=["holder", "what", "part", "version"], condition=models.Q(holder__isnull=False),
                                    name="cleared_holder_file_version")]


class CorrectionState(models.TextChoices):
    WAITING = "waiting", _("待另一人审定")
    DONE = "done", _("已更正")
    REFUSED = "refused", _("未同意")


class Correction(Named):
    """Another day or number for a step, or for an instalment. `before`, `after`: field → value as text, "" for none.

    `warns`: what the change means for later steps, as it was told. Where money or the decision is corrected a second person
    decides; nothing changes before that.
    """

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="corrections")
    step = models.ForeignKey(Step, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(_("更正依据"), max_length=120)
    warns = models.JSONField(default=list, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=CorrectionState.choices)
    asked_by = person_key()
    decided_by = person_key()
    decided_on = models.DateField(_("审定日期"), null=True, blank=True)
    decided_number = models.CharField(_("审定依据"), max_length=120, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["step"], condition=models.Q(state="waiting"), name="one_step_correction_waits"),
            models.UniqueConstraint(fields=["payment"], condition=models.Q(state="waiting"),
                                    name="one_payment_correction_waits")]
