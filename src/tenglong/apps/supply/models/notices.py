"""What is mended in the open: corrections of steps that were written down wrongly."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.supply.models.land import LandStep
from tenglong.store.records import Frozen, Named, document_key


class StepCorrection(Frozen, Named):
    """One correction of a step: what stood there and what stands there since, why, and which later steps were told.

    The step itself carries the day, paper and file that hold now.
    """

    step = models.ForeignKey(LandStep, on_delete=models.PROTECT, related_name="corrections")
    on_before = models.DateField(_("原日期"))
    on_after = models.DateField(_("更正后日期"))
    paper_before = models.CharField(_("原文书"), max_length=160)
    paper_after = models.CharField(_("更正后文书"), max_length=160)
    document_before = document_key()
    document_after = document_key()
    reason = models.CharField(_("更正理由"), max_length=500)
    told = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
