"""What is mended in the open: corrections of steps that were written down wrongly, and supplementary notices of listings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.supply.models.land import LandStep, Listing
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


class SupplementState(models.TextChoices):
    PROPOSED = "proposed", _("待审定")
    APPROVED = "approved", _("已审定，待公告")
    PUBLISHED = "published", _("已公告")
    DROPPED = "dropped", _("已撤回")


class SupplementNotice(Named):
    """补充公告 of a published listing. `changes`: [{"fact", "before", "after"}]; they hold from the day of the notice.

    `weighty`: the policy lets the wait run anew; `findings`: of the check of changed conditions.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="supplements")
    ordinal = models.PositiveSmallIntegerField()
    changes = models.JSONField()
    weighty = models.BooleanField()
    reason = models.CharField(_("变更理由"), max_length=500)
    findings = models.JSONField(null=True)
    state = models.CharField(_("状态"), max_length=12, choices=SupplementState.choices, default=SupplementState.PROPOSED)
    approved_by_id = models.BigIntegerField(null=True)
    published_on = models.DateField(_("补充公告日期"), null=True, blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["listing", "ordinal"], name="supply_supplement_once")]
