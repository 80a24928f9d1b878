"""一对一服务: visits, what was promised, what is stuck and whose it is, and the meetings that settle it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.projects.models.base import Frozen, Named, document_key, person_key
from tenglong.apps.projects.models.project import Phase, Project


class Visit(Named):
    """One visit. `met` names who was met by name and position; no private number is kept."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="visits")
    on = models.DateField(_("走访日期"), db_index=True)
    by = person_key(verbose_name=_("走访人"))
    met = models.CharField(_("接待人和职务"), max_length=120)
    told = models.TextField(_("走访情况"), max_length=2000)

    class Meta:
        ordering = ["-on", "-id"]


class VisitPhoto(Frozen):
    """A picture taken on a visit or on the site; `document` holds the file."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="photos")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="photos")
    document = models.ForeignKey("registry.SourceDocument", on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("拍摄日期"))
    caption = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        ordering = ["on", "id"]


class Promise(Named):
    """有事就联系: a question of the firm, what was promised, by whom and until when."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="promises")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="promises")
    question = models.CharField(_("问题"), max_length=500)
    promise = models.CharField(_("答复和承诺"), max_length=500, blank=True)
    asked_on = models.DateField(_("提出日期"))
    by_firm = models.BooleanField(_("企业提出"), default=False)
    owner = person_key(verbose_name=_("责任人"))
    due_on = models.DateField(_("期限"))
    done_on = models.DateField(_("办结日期"), null=True, blank=True)
    outcome = models.CharField(_("办理结果"), max_length=500, blank=True)

    class Meta:
        ordering = ["due_on", "id"]


class Level(models.TextChoices):
    """Who has to solve it; the order of the members is the order of escalation."""

    TEAM = "team", _("项目专班")
    PARK = "park", _("园区")
    COUNTY = "county", _("县级")


class Field(models.TextChoices):
    """What it is about."""

    LAND = "land", _("用地")
    PERMIT = "permit", _("审批")
    UTILITIES = "utilities", _("水电气路")
    MONEY = "money", _("资金")
    LABOUR = "labour", _("用工")
    BUILDING = "building", _("施工")
    OTHER = "other", _("其他")


class Blocker(Named):
    """卡点. `step`: id of the permit step that cannot end before `expected_on`; `level_since`: day it came to its level."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="blockers")
    phase = models.ForeignKey(Phase, null=True, blank=True, on_delete=models.PROTECT, related_name="blockers")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="blockers")
    title = models.CharField(_("卡点"), max_length=120)
    field = models.CharField(_("类别"), max_length=12, choices=Field.choices, default=Field.OTHER)
    detail = models.CharField(_("情况"), max_length=1000, blank=True)
    office = models.CharField(_("责任单位"), max_length=120, blank=True)
    owner = person_key(verbose_name=_("责任人"))
    level = models.CharField(_("层级"), max_length=8, choices=Level.choices, default=Level.TEAM, db_index=True)
    level_since = models.DateField(_("到本级日期"))
    opened_on = models.DateField(_("发现日期"))
    step = models.CharField(_("卡住的审批步骤"), max_length=48, blank=True)
    expected_on = models.DateField(_("预计解决"), null=True, blank=True)
    solved_on = models.DateField(_("解决日期"), null=True, blank=True, db_index=True)
    solved_how = models.CharField(_("怎么解决的"), max_length=500, blank=True)
    document = document_key()
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(solved_on__isnull=True) | Q(solved_on__gte=F("opened_on")), name="solved_after_open"),
        ]


class BlockerStep(Frozen):
    """What happened to a blocker; `by` null: by itself, since its days at a level had passed."""

    blocker = models.ForeignKey(Blocker, on_delete=models.PROTECT, related_name="steps")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=12)  # open escalate hand expect solve reopen
    by = person_key()
    level = models.CharField(max_length=8, choices=Level.choices)
    told = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]


class Meeting(Named):
    """A meeting of a level, its agenda drawn from open blockers."""

    title = models.CharField(_("会议名称"), max_length=120)
    division_code = models.CharField(_("镇街或县"), max_length=12, db_index=True)
    level = models.CharField(_("层级"), max_length=8, choices=Level.choices)
    on = models.DateField(_("会议日期"))
    chair = models.CharField(_("主持"), max_length=60, blank=True)
    held = models.BooleanField(_("已开"), default=False)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-on", "-id"]


class MeetingItem(models.Model):
    """One matter: a blocker or another matter of a project, what was decided, who does it until when, and when it was done."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="meeting_items")
    blocker = models.ForeignKey(Blocker, null=True, blank=True, on_delete=models.PROTECT, related_name="meeting_items")
    matter = models.CharField(_("议题"), max_length=300)
    decision = models.CharField(_("议定"), max_length=1000, blank=True)
    office = models.CharField(_("落实单位"), max_length=120, blank=True)
    owner = person_key(verbose_name=_("落实人"))
    due_on = models.DateField(_("期限"), null=True, blank=True)
    done_on = models.DateField(_("落实日期"), null=True, blank=True)
    outcome = models.CharField(_("落实情况"), max_length=500, blank=True)

    class Meta:
        ordering = ["meeting", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["meeting", "ordinal"], name="meeting_item_once")]
