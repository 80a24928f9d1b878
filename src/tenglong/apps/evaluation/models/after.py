"""After the results: serving them, publishing, appeals, adjustments."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.models.base import Named, document_key, enterprise_key
from tenglong.apps.evaluation.models.cycle import Cycle
from tenglong.apps.evaluation.models.run import Run


class GradeNotice(Named):
    """A result served on a firm, with the days it has to state and defend itself before a list may name it."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="notices")
    enterprise = enterprise_key()
    division_code = models.CharField(max_length=12)
    grade = models.CharField(max_length=8)
    served_on = models.DateField(_("送达日期"))
    served_by = models.CharField(_("送达方式"), max_length=48, blank=True)
    proof_document = document_key(verbose_name=_("送达凭证"))
    window_ends_on = models.DateField(_("陈述申辩期满"))
    statement = models.TextField(_("陈述申辩"), blank=True)
    statement_document = document_key()
    stated_by_id = models.BigIntegerField(null=True)
    stated_at = models.DateTimeField(null=True)
    reply = models.TextField(_("答复"), blank=True)
    replied_by_id = models.BigIntegerField(null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "enterprise"], name="grade_notice_once"),
            models.CheckConstraint(
                condition=Q(replied_by_id__isnull=True) | ~Q(replied_by_id=F("stated_by_id")), name="statement_second_person"
            ),
        ]


class StatementEvidence(models.Model):
    notice = models.ForeignKey(GradeNotice, on_delete=models.CASCADE, related_name="evidence")
    document = models.ForeignKey("registry.SourceDocument", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "document"], name="statement_evidence_once")]


class PublicationKind(models.TextChoices):
    AREA = "area", _("用地面积公示")
    GRADES = "grades", _("评价结果公示")
    FINAL = "final", _("评价结果公布")


class PublicationState(models.TextChoices):
    DRAFT = "draft", _("拟稿")
    OPEN = "open", _("公示中")
    CLOSED = "closed", _("已结束")
    EXPIRED = "expired", _("已下架")


class Publication(Named):
    """`rows` are exactly what was published, in order; nothing else of the firms is in it."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="publications")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="publications")
    kind = models.CharField(_("种类"), max_length=8, choices=PublicationKind.choices)
    title = models.CharField(_("标题"), max_length=200)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))  # last day
    expires_on = models.DateField(_("下架日期"), null=True, blank=True)
    columns = models.JSONField(default=list)
    switch_on_document = document_key(verbose_name=_("增加公示内容的依据"))
    order = models.CharField(_("排序"), max_length=8, default="town")  # town uscc
    rows = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    document = document_key(verbose_name=_("公示文件"))
    state = models.CharField(_("状态"), max_length=8, choices=PublicationState.choices, default=PublicationState.DRAFT)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="publication_order"),
            models.UniqueConstraint(
                fields=["cycle", "kind"], condition=Q(state__in=["draft", "open"]), name="publication_one_open"
            ),
        ]


class Appeal(Named):
    """An appeal against a grade; its steps live in the case (definition `evaluation-appeal`)."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="appeals")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="appeals")
    enterprise = enterprise_key()
    division_code = models.CharField(max_length=12)
    text = models.TextField(_("申诉内容"))
    case_ulid = models.CharField(max_length=26, blank=True, db_index=True)
    reply = models.TextField(_("答复"), blank=True)
    outcome = models.CharField(  # "" open · upheld · rejected · withdrawn
        _("处理结果"), max_length=12, blank=True, default="",
        choices=[("", _("办理中")), ("upheld", _("成立")), ("rejected", _("不成立")), ("withdrawn", _("已撤回"))],
    )
    replied_by_id = models.BigIntegerField(null=True)
    replied_at = models.DateTimeField(null=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "enterprise"], condition=Q(outcome=""), name="appeal_one_open"),
        ]


class AppealEvidence(models.Model):
    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="evidence")
    document = models.ForeignKey("registry.SourceDocument", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appeal", "document"], name="appeal_evidence_once")]


class AdjustmentState(models.TextChoices):
    PROPOSED = "proposed", _("待批准")
    APPROVED = "approved", _("已批准")
    REJECTED = "rejected", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class Adjustment(Named):
    """调档: a collective decision (number and date) and two persons. `created_by_id` proposed it."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="adjustments")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="adjustments")
    enterprise = enterprise_key()
    division_code = models.CharField(max_length=12)
    appeal = models.ForeignKey(Appeal, null=True, blank=True, on_delete=models.PROTECT, related_name="adjustments")
    from_grade = models.CharField(_("原等级"), max_length=8)
    to_grade = models.CharField(_("调整为"), max_length=8)
    reason = models.TextField(_("理由"))
    document = models.ForeignKey(
        "registry.SourceDocument", on_delete=models.PROTECT, related_name="+", verbose_name=_("集体决定")
    )
    decision_number = models.CharField(_("决定文号"), max_length=120)
    decision_dated = models.DateField(_("决定日期"))
    approved_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=AdjustmentState.choices, default=AdjustmentState.PROPOSED)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True) | ~Q(approved_by_id=F("created_by_id")),
                name="adjustment_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | (Q(approved_by_id__isnull=False) & Q(created_by_id__isnull=False)),
                name="adjustment_approved_by_someone",
            ),
            models.UniqueConstraint(
                fields=["run", "enterprise"], condition=Q(state__in=["proposed", "approved"]), name="adjustment_one_in_force"
            ),
        ]
