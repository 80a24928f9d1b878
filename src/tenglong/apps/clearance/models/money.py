"""Valuation, agreement, payments. Amounts are for those with `clearance.money` alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.clearance.models.clearance import ClearedHolder, person_key
from tenglong.store.records import Frozen, Named


class ValuationCause(models.TextChoices):
    FIRST = "first", _("首次评估")
    REVIEW = "review", _("复核")
    APPRAISAL = "appraisal", _("专家鉴定")
    DATA = "data", _("基础数据更正")


class Valuation(Frozen):
    """A report of the appraiser; a later one replaces it, and both stay."""

    holder = models.ForeignKey(ClearedHolder, on_delete=models.PROTECT, related_name="valuations")
    on = models.DateField(_("评估日期"))
    appraiser = models.CharField(_("评估机构"), max_length=120)
    number = models.CharField(_("报告编号"), max_length=120)
    amount_fen = models.BigIntegerField(_("评估金额"))
    cause = models.CharField(_("原因"), max_length=12, choices=ValuationCause.choices, default=ValuationCause.FIRST)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["on", "id"]


class AgreementState(models.TextChoices):
    DRAFT = "draft", _("草拟")
    SUBMITTED = "submitted", _("待审定")
    APPROVED = "approved", _("已审定，待签")
    SIGNED = "signed", _("已签约")
    VOID = "void", _("已作废")


class Way(models.TextChoices):
    CASH = "cash", _("货币补偿")
    SWAP = "swap", _("产权调换或置换")
    BOTH = "both", _("货币和调换结合")


class Agreement(Named):
    """One that stands per holder. `basis`: number of the paper that allows items outside the range."""

    holder = models.ForeignKey(ClearedHolder, on_delete=models.PROTECT, related_name="agreements")
    number = models.CharField(_("协议编号"), max_length=120)
    way = models.CharField(_("补偿方式"), max_length=8, choices=Way.choices, default=Way.CASH)
    state = models.CharField(_("状态"), max_length=12, choices=AgreementState.choices, default=AgreementState.DRAFT)
    amount_fen = models.BigIntegerField(_("补偿金额"), default=0)
    basis = models.CharField(_("超幅度依据文号"), max_length=120, blank=True)
    submitted_by = person_key()
    approved_by = person_key()
    approved_on = models.DateField(_("审定日期"), null=True, blank=True)
    signed_on = models.DateField(_("签约日期"), null=True, blank=True)
    vacate_by = models.DateField(_("约定腾空日期"), null=True, blank=True)
    void_number = models.CharField(_("作废依据"), max_length=120, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["holder"], condition=~models.Q(state="void"), name="one_agreement_stands")]


class AgreementItem(models.Model):
    """`quantity_e4`: quantity × 10⁴ in the unit of the kind; prices in 分; the range as it was that day."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(_("项目"), max_length=32)
    quantity_e4 = models.BigIntegerField(_("数量"))
    unit_fen = models.BigIntegerField(_("单价"))
    amount_fen = models.BigIntegerField(_("金额"))
    low_fen = models.BigIntegerField(null=True)
    high_fen = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]


class Payment(models.Model):
    """An instalment: due, its funds in place, paid out by voucher."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="payments")
    ordinal = models.PositiveSmallIntegerField(_("期"))
    amount_fen = models.BigIntegerField(_("金额"))
    due_on = models.DateField(_("应付日期"))
    funded_on = models.DateField(_("资金到位"), null=True, blank=True)
    paid_on = models.DateField(_("支付日期"), null=True, blank=True)
    voucher = models.CharField(_("凭证号"), max_length=120, blank=True)

    class Meta:
        ordering = ["agreement", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["agreement", "ordinal"], name="payment_ordinal")]
