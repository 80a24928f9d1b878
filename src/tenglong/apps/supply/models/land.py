"""Replanning, reserve, batches, listings and bids: what the county itself does before a plot is dealt.

Dates that happened stand in `LandStep`, each with its paper; a reserve price and the sums bid are kept enciphered until the
opening, and their rows are for persons named to the listing (office-rule 21).
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenglong.store.records import Frozen, Named, document_key


class ReserveBody(Named):
    """A body listed as one that reserves land (名录). Only such a body takes land in; a state company's purchase is none."""

    name = models.CharField(_("机构名称"), max_length=120)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    division_code = models.CharField(_("行政区"), max_length=12, db_index=True)
    listed_on = models.DateField(_("列入名录日期"))
    listed_paper = models.CharField(_("名录文号"), max_length=120)
    delisted_on = models.DateField(_("移出名录日期"), null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]


class ChangeState(models.TextChoices):
    OPEN = "open", _("办理中")
    DONE = "done", _("已完成")
    WITHDRAWN = "withdrawn", _("已撤回")


class ControlPlanChange(Named):
    """控规调整 of one plot or unit. `clocks`: pin of the policy whose steps and waits it follows."""

    title = models.CharField(_("名称"), max_length=120)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    plot = models.ForeignKey("registry.Plot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    plan_unit = models.CharField(_("控规单元"), max_length=64)
    area_cm2 = models.BigIntegerField(_("面积"))
    use_before = models.CharField(_("现行用途"), max_length=64)
    use_after = models.CharField(_("拟调整用途"), max_length=64)
    far_before = models.CharField(_("现行容积率"), max_length=24, blank=True)
    far_after = models.CharField(_("拟调整容积率"), max_length=24, blank=True)
    reason = models.CharField(_("调整理由"), max_length=500)
    clocks = models.CharField(max_length=160)
    procedure = models.CharField(max_length=40)
    state = models.CharField(_("状态"), max_length=12, choices=ChangeState.choices, default=ChangeState.OPEN)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]


class EntryKind(models.TextChoices):
    IN = "in", _("入库")
    COST = "cost", _("投入")
    OUT = "out", _("出库")


class DayCount(models.TextChoices):
    ACT_365 = "act/365", _("实际天数 / 365")
    ACT_360 = "act/360", _("实际天数 / 360")
    D30_360 = "30/360", _("每月 30 天 / 360")


class ReserveEntry(Frozen, Named):
    """One line of the reserve account. `lot`: the entry by which the land came in (null for that entry itself).

    A wrong line is never changed: `reverses` names the line that this one takes back.
    """

    kind = models.CharField(_("事项"), max_length=4, choices=EntryKind.choices)
    lot = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    title = models.CharField(_("地块名称"), max_length=120)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    plot = models.ForeignKey("registry.Plot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(ReserveBody, on_delete=models.PROTECT, related_name="entries")
    on = models.DateField(_("日期"), db_index=True)
    area_cm2 = models.BigIntegerField(_("面积"), default=0)
    cost_fen = models.BigIntegerField(_("成本"), default=0)
    rate = models.CharField(_("年利率"), max_length=24, blank=True)  # exact decimal text, 0.0345 for 3.45 %
    day_count = models.CharField(_("计息天数"), max_length=8, choices=DayCount.choices, default=DayCount.ACT_365)
    paper = models.CharField(_("依据文号"), max_length=160)
    document = document_key()
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["on", "id"]

    @property
    def percent(self) -> str:
        """The yearly rate as people write it: 3.45%."""
        return f"{(Decimal(self.rate or 0) * 100).normalize():f}%"


class BatchState(models.TextChoices):
    DRAFT = "draft", _("草拟")
    SUBMITTED = "submitted", _("待审定")
    APPROVED = "approved", _("已审定")


class SupplyBatch(Named):
    """Plots meant to be supplied together. `standard`: pin of the indicator table, `standard_row` the industry in it."""

    title = models.CharField(_("批次名称"), max_length=120)
    division_code = models.CharField(_("镇街或县"), max_length=12, db_index=True)
    planned_on = models.DateField(_("计划供应日期"), null=True, blank=True)
    standard = models.CharField(max_length=160, blank=True)
    standard_row = models.CharField(max_length=40, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=BatchState.choices, default=BatchState.DRAFT)
    submitted_by_id = models.BigIntegerField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_on = models.DateField(_("审定日期"), null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]


class BatchPlot(models.Model):
    """One plot of a batch, out of stock (`lot`)."""

    batch = models.ForeignKey(SupplyBatch, on_delete=models.CASCADE, related_name="plots")
    lot = models.ForeignKey(ReserveEntry, on_delete=models.PROTECT, related_name="+")
    area_cm2 = models.BigIntegerField(_("面积"))
    land_use = models.CharField(_("用途"), max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "lot"], name="supply_batch_lot_once")]


class ListingMethod(models.TextChoices):
    TENDER = "tender", _("招标")
    AUCTION = "auction", _("拍卖")
    LISTING = "listing", _("挂牌")


class ListingState(models.TextChoices):
    DRAFT = "draft", _("草拟")
    SUBMITTED = "submitted", _("待审定")
    APPROVED = "approved", _("已审定")
    RUNNING = "running", _("公告或挂牌中")
    OPENED = "opened", _("已开启报价")
    DEALT = "dealt", _("已成交")
    CONTRACTED = "contracted", _("已签合同")
    FAILED = "failed", _("未成交")
    WITHDRAWN = "withdrawn", _("已终止")


class Listing(Named):
    """One plot offered by 招标、拍卖 or 挂牌, with its conditions and agreed indicators. Money in 分, area in cm².

    `conditions`: [{"text", "measure", "op", "value"}]; `indicators`: [{"id", "label", "unit", "op", "value"}] as attached;
    `findings`: what the check of conditions found when it was last run, `answer`: why they stand all the same;
    `floor_case`: {"key", "label", "document", "reason", "policy"} of a declared case in which less than the floor is lawful.
    """

    number = models.CharField(_("公告编号"), max_length=64, unique=True)
    title = models.CharField(_("地块名称"), max_length=120)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    batch = models.ForeignKey(SupplyBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="listings")
    lot = models.ForeignKey(ReserveEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    plot = models.ForeignKey("registry.Plot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area_cm2 = models.BigIntegerField(_("面积"))
    land_use = models.CharField(_("用途"), max_length=64)
    term_years = models.CharField(_("出让年限"), max_length=16, blank=True)
    method = models.CharField(_("出让方式"), max_length=8, choices=ListingMethod.choices)
    industry = models.CharField(_("行业"), max_length=16, blank=True)
    start_price_fen = models.BigIntegerField(_("起始价"))
    deposit_fen = models.BigIntegerField(_("竞买保证金"), null=True, blank=True)
    closes_on = models.DateField(_("报价截止日期"), null=True, blank=True)
    clocks = models.CharField(max_length=160)
    procedure = models.CharField(max_length=40)
    standard = models.CharField(max_length=160, blank=True)
    standard_row = models.CharField(max_length=40, blank=True)
    indicators = models.JSONField(default=list)
    conditions = models.JSONField(default=list)
    findings = models.JSONField(null=True)
    checked_at = models.DateTimeField(null=True)
    answer = models.CharField(_("对疑似量身定制的说明"), max_length=500, blank=True)
    floor_case = models.JSONField(null=True)
    floor_paper = document_key()
    state = models.CharField(_("状态"), max_length=12, choices=ListingState.choices, default=ListingState.DRAFT, db_index=True)
    submitted_by_id = models.BigIntegerField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    opened_on = models.DateField(_("开启日期"), null=True, blank=True)
    winner = models.ForeignKey("supply.Bid", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    price_fen = models.BigIntegerField(_("成交价"), null=True, blank=True)
    contract_number = models.CharField(_("合同编号"), max_length=64, blank=True)
    deal = models.ForeignKey("supply.Deal", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]


class ListingReader(models.Model):
    """A person named to the secrets of one listing, by whom admitted."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_by_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "user"], name="supply_listing_reader_once")]


class ReservePrice(models.Model):
    """底价 of a listing, enciphered; for named persons until the opening, and each look leaves a line in the audit."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="reserve_price")
    sealed = models.CharField(max_length=200)
    paper = models.CharField(_("定价依据"), max_length=160)
    set_by_id = models.BigIntegerField()
    set_at = models.DateTimeField(auto_now_add=True)


class BidState(models.TextChoices):
    SEALED = "sealed", _("已密封")
    WITHDRAWN = "withdrawn", _("已撤回")
    OPENED = "opened", _("已开启")
    WON = "won", _("成交")
    LOST = "lost", _("未成交")


class Bid(Named):
    """One offer. `sealed` holds the sum until the opening writes `amount_fen`."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="bids")
    enterprise = models.ForeignKey("registry.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    bidder = models.CharField(_("竞买人"), max_length=200)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    received_on = models.DateField(_("收到日期"))
    deposit_paid_on = models.DateField(_("保证金到账日期"), null=True, blank=True)
    sealed = models.CharField(max_length=200)
    amount_fen = models.BigIntegerField(_("报价"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=BidState.choices, default=BidState.SEALED)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "uscc"], condition=~Q(state="withdrawn"), name="supply_bid_once")
        ]


class LandStep(Frozen, Named):
    """A step that was done on a day, with its paper; `warnings`: what its clocks said. Steps of a change or of a listing."""

    change = models.ForeignKey(ControlPlanChange, null=True, on_delete=models.PROTECT, related_name="steps")
    listing = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=40)
    on = models.DateField(_("日期"))
    paper = models.CharField(_("文书"), max_length=160)
    document = document_key()
    warnings = models.JSONField(default=list)

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(change__isnull=False, listing__isnull=True) | Q(change__isnull=True, listing__isnull=False),
                name="supply_step_of_one_thing",
            ),
            models.UniqueConstraint(fields=["change", "step"], name="supply_change_step_once"),
            models.UniqueConstraint(fields=["listing", "step"], name="supply_listing_step_once"),
        ]
