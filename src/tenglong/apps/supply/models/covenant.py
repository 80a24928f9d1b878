"""履约监管: what a firm promised for its land, in which paper, what was reached, and what was made of a shortfall.

Values agreed are exact decimal text; figures value × 10⁶ in the unit of the measure. Amounts of a check are read only through
`queries_covenants`: office-rule 18.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenglong.store.records import Frozen, Named, document_key


def _case() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("casework.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="+")


def _firm() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")


class Covenant(Named):
    """One project on its land. `lacking`: first node not reached, "" when all are; `due_on`: its day as agreed today; both
    follow `service.covenants.settle`. `ended_on`: supervision is over."""

    number = models.CharField(_("监管编号"), max_length=64, unique=True)
    project_name = models.CharField(_("项目名称"), max_length=200)
    enterprise = _firm()
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    industry = models.CharField(_("行业"), max_length=16, blank=True)
    land_cm2 = models.BigIntegerField(_("宗地面积"))
    price_fen = models.BigIntegerField(_("出让价款"), null=True, blank=True)
    listing = models.ForeignKey("supply.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=160)
    lacking = models.CharField(_("五未"), max_length=24, blank=True, db_index=True)
    due_on = models.DateField(_("约定日期"), null=True, blank=True)
    ended_on = models.DateField(_("监管结束"), null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]


class CovenantPlot(models.Model):
    """A plot that the project stands on."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="plots")
    plot = models.ForeignKey("registry.Plot", on_delete=models.PROTECT, related_name="+")
    plot_code = models.CharField(_("地块码"), max_length=24)

    class Meta:
        ordering = ["plot_code"]
        constraints = [models.UniqueConstraint(fields=["covenant", "plot"], name="covenant_plot_once")]


class CovenantPaper(Named):
    """投资协议、监管协议、出让合同、补充协议. A paper entered wrongly is voided with a reason and stays to be seen."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(_("文书"), max_length=24)
    number = models.CharField(_("文号"), max_length=120)
    signed_on = models.DateField(_("签订日期"))
    effective_on = models.DateField(_("生效日期"))
    document = document_key()
    note = models.CharField(_("说明"), max_length=300, blank=True)
    voided_on = models.DateField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["effective_on", "id"]


class Pledged(models.Model):
    """What a paper says of an indicator; `at_least` "": the paper takes the indicator out again."""

    paper = models.ForeignKey(CovenantPaper, on_delete=models.CASCADE, related_name="pledged")
    indicator = models.CharField(max_length=32)
    at_least = models.CharField(_("约定值"), max_length=32, blank=True)
    mode = models.CharField(_("考核方式"), max_length=12, default="single")
    first_year = models.PositiveSmallIntegerField(_("起始年度"), null=True, blank=True)
    after = models.CharField(_("起算节点"), max_length=24, blank=True)
    plus = models.PositiveSmallIntegerField(_("第几个完整年度"), default=1)
    years = models.PositiveSmallIntegerField(_("考核年数"), default=1)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["paper", "indicator"], name="pledged_once_per_paper")]


class Node(models.Model):
    """The day by which a paper wants a node reached; `permille`: ‰ of the price per day late, as the contract states."""

    paper = models.ForeignKey(CovenantPaper, on_delete=models.CASCADE, related_name="nodes")
    kind = models.CharField(max_length=24)
    agreed_on = models.DateField(_("约定日期"), null=True, blank=True)
    permille = models.CharField(_("每日违约金（‰）"), max_length=16, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["paper", "kind"], name="node_once_per_paper")]


class NodeDone(models.Model):
    """A node that was reached, with its paper."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="done")
    kind = models.CharField(max_length=24)
    done_on = models.DateField(_("实际日期"))
    document = document_key()
    entered_by_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["done_on", "id"]
        constraints = [models.UniqueConstraint(fields=["covenant", "kind"], name="covenant_node_done_once")]


class CovenantFirm(models.Model):
    """A firm whose figures may count: registered and producing here (None: not known); `share_bp` of them is for here."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="firms")
    enterprise = _firm()
    registered = models.BooleanField(_("在本宗地注册"), null=True)
    producing = models.BooleanField(_("在本宗地生产"), null=True)
    share_bp = models.PositiveIntegerField(_("计入比例"), default=10_000)
    document = document_key()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["covenant", "enterprise"], name="covenant_firm_once")]


class ProvenFigure(models.Model):
    """A figure of the whole project that a paper proves (验收报告、审计报告): it comes before what departments reported.
    `so_far`: the total from the first paper to the end of that year."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    value_e6 = models.BigIntegerField()
    so_far = models.BooleanField(default=False)
    document = document_key()
    entered_by_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["measure", "year"]
        constraints = [models.UniqueConstraint(fields=["covenant", "measure", "year"], name="proven_figure_once")]


class CovenantCheck(Named):
    """What a look at the record made of the covenant on a day. `result` and `amounts` as `service.covenants_facts` writes them;
    `stage` is "" until a review case is opened, then the state of the case."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="checks")
    on = models.DateField(_("核查日期"))
    policy = models.CharField(max_length=160)
    result = models.JSONField(default=dict)
    amounts = models.JSONField(default=list)
    short = models.PositiveSmallIntegerField(_("未达标"), default=0)
    lacking = models.PositiveSmallIntegerField(_("缺数"), default=0)
    stage = models.CharField(_("阶段"), max_length=16, blank=True, db_index=True)
    case = _case()
    statement = models.CharField(_("陈述申辩"), max_length=1000, blank=True)
    stated_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-id"]


class CheckMember(models.Model):
    """A person of the case: sees its amounts from the beginning and moves it."""

    check_row = models.ForeignKey(CovenantCheck, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_by_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_row", "user"], name="covenant_check_member_once")]


class Extension(Named):
    """A later day asked for a node, worked as the case `covenant-extension`; approved, it becomes a paper with the new day."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="extensions")
    kind = models.CharField(max_length=24)
    asked_on = models.DateField(_("申请延至"))
    reason = models.CharField(_("延期理由"), max_length=1000)
    state = models.CharField(_("状态"), max_length=16, default="filed")
    granted_on = models.DateField(_("同意延至"), null=True, blank=True)
    paper = models.ForeignKey(CovenantPaper, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    case = _case()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["covenant", "kind"], condition=Q(state__in=("filed", "proposed")), name="one_open_extension_per_node")
        ]


class NodeReminder(Frozen):
    """People were told that a node is near; once for each day agreed and each step ahead."""

    covenant = models.ForeignKey(Covenant, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=24)
    agreed_on = models.DateField()
    ahead = models.PositiveSmallIntegerField()
    made_on = models.DateField()

    class Meta:
        ordering = ["agreed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["covenant", "kind", "agreed_on", "ahead"], name="node_reminder_once")
        ]
