"""What the evaluation must know of a firm besides measures: attributes with dates, decisions, joint units."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.models.base import Named, document_key, enterprise_key
from tenglong.apps.evaluation.models.cycle import Cycle


class AttributeRecord(Named):
    """Half-open [valid_from, valid_to): honours, carrier, newly_above, exempt_applied… `value` as text: flag true/false."""

    enterprise = enterprise_key()
    attribute = models.CharField(_("属性"), max_length=48)
    value = models.CharField(_("值"), max_length=120)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    document = document_key(verbose_name=_("依据"))
    note = models.CharField(max_length=300, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["attribute", "enterprise_id", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "attribute", "valid_from"], name="attribute_record_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="attribute_record_order"
            ),
        ]


class DecisionState(models.TextChoices):
    EFFECTIVE = "effective", _("已生效")
    UNDER_REVIEW = "under_review", _("复议诉讼中")
    REVOKED = "revoked", _("已撤销")


class Decision(Named):
    """A decision that a veto may cite. Only an effective one that has not expired on the day counts."""

    enterprise = enterprise_key()
    veto = models.CharField(_("否决事项"), max_length=48)  # flag attribute that it raises
    number = models.CharField(_("文号"), max_length=120)
    authority = models.CharField(_("作出机关"), max_length=120, blank=True)
    dated = models.DateField(_("日期"))
    state = models.CharField(_("状态"), max_length=16, choices=DecisionState.choices)
    expires_on = models.DateField(_("失效日期"), null=True, blank=True)
    document = document_key(verbose_name=_("决定书"))
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-dated", "-id"]
        constraints = [models.UniqueConstraint(fields=["enterprise", "veto", "number"], name="decision_once")]


class JointUnit(Named):
    """Group evaluation: dated, sealed, for the whole year and all members."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="joint_units")
    name = models.CharField(_("合并评价单元"), max_length=200)
    document = document_key(verbose_name=_("盖章申请"))
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "name"], name="joint_unit_once"),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="joint_unit_order"),
        ]


class JointMember(models.Model):
    """`cycle` repeats the unit's, so that the database itself keeps a firm from standing in two units of a cycle."""

    unit = models.ForeignKey(JointUnit, on_delete=models.CASCADE, related_name="members")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+")
    enterprise = enterprise_key()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "enterprise"], name="joint_member_once")]
