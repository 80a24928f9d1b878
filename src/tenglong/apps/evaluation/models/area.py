"""用地核定: the assessed area of each enterprise, its parts, objections, and the explained differences per plot."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.models.base import Named, document_key, enterprise_key
from tenglong.apps.evaluation.models.cycle import Cycle


class AreaState(models.TextChoices):
    DRAFT = "draft", _("核定中")
    PUBLISHED = "published", _("已公示")
    OBJECTED = "objected", _("有异议")
    SETTLED = "settled", _("已定稿")


class AssessedArea(Named):
    """total = titled + untitled + leased in − leased out − deducted, and never below 0 (a negative sum is a finding)."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="areas")
    enterprise = enterprise_key()
    name = models.CharField(_("企业名称"), max_length=200)  # as published
    division_code = models.CharField(_("镇街"), max_length=12)
    titled_cm2 = models.BigIntegerField(_("自有证载"), default=0)
    untitled_cm2 = models.BigIntegerField(_("无证占用"), default=0)
    leased_in_cm2 = models.BigIntegerField(_("租入"), default=0)
    leased_out_cm2 = models.BigIntegerField(_("租出"), default=0)
    deducted_cm2 = models.BigIntegerField(_("扣除"), default=0)
    total_cm2 = models.BigIntegerField(_("核定用地"), default=0)
    carrier = models.BooleanField(_("国有平台载体"), default=False)
    state = models.CharField(_("状态"), max_length=12, choices=AreaState.choices, default=AreaState.DRAFT)
    version = models.PositiveIntegerField(default=1)  # raised when the figures change
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["division_code", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "enterprise"], name="assessed_area_once"),
            models.CheckConstraint(condition=Q(total_cm2__gte=0), name="assessed_area_not_negative"),
        ]
        indexes = [models.Index(fields=["cycle", "division_code", "state"], name="assessed_area_town")]


class ItemKind(models.TextChoices):
    TITLED = "titled", _("自有证载")
    UNTITLED = "untitled", _("无证占用")
    LEASED_IN = "leased_in", _("租入")
    LEASED_OUT = "leased_out", _("租出")
    DEDUCTION = "deduction", _("扣除")


class AreaItem(models.Model):
    """One part of an assessed area. `made_by` register: worked out anew at each assessment; person: kept."""

    area = models.ForeignKey(AssessedArea, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(_("类别"), max_length=12, choices=ItemKind.choices)
    plot = models.ForeignKey("registry.Plot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cm2 = models.BigIntegerField(_("面积"))
    document = document_key(verbose_name=_("依据"))
    expires_on = models.DateField(_("到期日"), null=True, blank=True)
    deduction_type = models.CharField(_("扣除类型"), max_length=48, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    occupancy_id = models.BigIntegerField(null=True)
    parcel_id = models.BigIntegerField(null=True)
    made_by = models.CharField(max_length=12, default="register")  # register person
    counted = models.BooleanField(default=True)  # an expired deduction stays listed and is not counted

    class Meta:
        ordering = ["kind", "id"]
        constraints = [models.CheckConstraint(condition=Q(cm2__gte=0), name="area_item_not_negative")]
        indexes = [models.Index(fields=["plot", "kind"], name="area_item_plot")]


class Outcome(models.TextChoices):
    OPEN = "", _("待处理")
    UPHELD = "upheld", _("成立")
    REJECTED = "rejected", _("不成立")


class AreaObjection(Named):
    """An objection to the published area; decided by somebody else than who brought it in."""

    area = models.ForeignKey(AssessedArea, on_delete=models.CASCADE, related_name="objections")
    text = models.TextField(_("异议内容"))
    claimed_cm2 = models.BigIntegerField(_("主张面积"), null=True, blank=True)
    document = document_key(verbose_name=_("材料"))
    reply = models.TextField(_("答复"), blank=True)
    outcome = models.CharField(_("处理结果"), max_length=12, choices=Outcome.choices, blank=True, default="")
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | Q(created_by_id__isnull=True) | ~Q(decided_by_id=F("created_by_id")),
                name="area_objection_second_person",
            )
        ]


class AreaGapNote(models.Model):
    """Why the assessed areas on a plot do not add up to the plot; holds for exactly that difference."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="gap_notes")
    plot = models.ForeignKey("registry.Plot", on_delete=models.PROTECT, related_name="+")
    gap_cm2 = models.BigIntegerField()
    note = models.CharField(_("原因"), max_length=300)
    document = document_key()
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "plot"], name="area_gap_note_once")]
