"""What a person is bringing in: the file, how its columns are read, the rows as they would enter, and their defects.

Nothing here is the record. Rows wait in `StagedRow` until somebody confirms; a rejected row never leaves it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from ulid import ULID

from tenglong.domain.quality.issue import Issue, Severity


def new_ulid() -> str:
    return str(ULID())


class State(models.TextChoices):
    """Where a batch stands; `INTERRUPTED` means: nothing of it is in the record, start the step again."""

    UPLOADED = "uploaded", _("已上传")
    MAPPING = "mapping", _("待确认对应关系")
    STAGING = "staging", _("正在核对")
    PREVIEW = "preview", _("待确认入库")
    CONFIRMING = "confirming", _("正在入库")
    DONE = "done", _("已入库")
    REJECTED = "rejected", _("无法读取")
    INTERRUPTED = "interrupted", _("已中断")
    WITHDRAWN = "withdrawn", _("已撤回")


class Mode(models.TextChoices):
    """What a difference means."""

    CHANGE = "change", _("变更：情况变了，留下旧版本")
    CORRECTION = "correction", _("更正：原来录错了，改正现有版本")


class Action(models.TextChoices):
    NEW = "new", _("新增")
    CHANGED = "changed", _("变更")
    UNCHANGED = "unchanged", _("未变")
    REJECTED = "rejected", _("退回")


class ImportBatch(models.Model):
    """One table of one file on its way into the record."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    kind = models.CharField(_("数据类别"), max_length=16)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.UPLOADED, db_index=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    file_name = models.CharField(_("文件名"), max_length=200)
    file_size = models.BigIntegerField(_("大小"))
    stored_path = models.CharField(max_length=300)  # below TENGLONG_HOME
    encoding = models.CharField(max_length=32, blank=True)  # chosen by a person; "" = what the bytes suggest
    table_name = models.CharField(_("工作表"), max_length=120, blank=True)
    tables = models.JSONField(default=list, blank=True)  # what the file holds: name, rows, columns, samples
    mapping = models.JSONField(default=dict, blank=True)
    template = models.ForeignKey("MappingTemplate", null=True, blank=True, on_delete=models.SET_NULL)
    mapping_reason = models.CharField(max_length=300, blank=True)
    crs = models.CharField(_("坐标系"), max_length=64, blank=True)
    crs_candidates = models.JSONField(default=list, blank=True)
    county_profile = models.JSONField(default=dict, blank=True)
    survey_date = models.DateField(_("摸排日期"), null=True, blank=True)
    mode = models.CharField(_("差异的含义"), max_length=12, choices=Mode.choices, blank=True)
    counts = models.JSONField(default=dict, blank=True)  # rows and one count per action
    extra = models.JSONField(default=dict, blank=True)  # skipped checks, notes, figures of the report
    problem = models.CharField(max_length=500, blank=True)  # why it was rejected or interrupted
    settings_digest = models.CharField(max_length=64, blank=True)  # staging continues only under equal settings
    staged_chunks = models.PositiveIntegerField(default=0)
    revision = models.JSONField(default=dict, blank=True)  # registry revisions that the comparison saw
    job_ulid = models.CharField(max_length=26, blank=True)
    division_code = models.CharField(_("镇街"), max_length=12, blank=True, db_index=True)
    department_id = models.BigIntegerField(null=True, db_index=True)
    created_by_id = models.BigIntegerField(null=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    applied = models.JSONField(default=dict, blank=True)  # what confirm wrote: counts, digest, seconds
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "state"], name="batch_kind_state")]

    @property
    def open(self) -> bool:
        """Still waits for a person or a job."""
        return self.state not in {State.DONE, State.REJECTED, State.WITHDRAWN}


class StagedRow(models.Model):
    """A row as it would enter: canonical values, geometry and box ready, difference to the record worked out."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="staged")
    position = models.PositiveIntegerField()  # order in the file, from 0
    row = models.PositiveIntegerField()  # as the user sees it
    key = models.CharField(max_length=160, blank=True)
    action = models.CharField(max_length=10, choices=Action.choices)
    verdict = models.CharField(max_length=10, choices=Action.choices)  # what it would be were its errors waived
    values = models.JSONField(default=dict)
    delta = models.JSONField(default=list, blank=True)
    given = models.JSONField(default=dict, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_stamp = models.CharField(max_length=64, blank=True)
    links = models.JSONField(default=dict, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    wkb = models.BinaryField(null=True)
    minx = models.FloatField(null=True)
    miny = models.FloatField(null=True)
    maxx = models.FloatField(null=True)
    maxy = models.FloatField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="staged_row_once")]
        indexes = [models.Index(fields=["batch", "action", "position"], name="staged_row_action")]


class StagedIssue(models.Model):
    """One defect, the same fields as `domain.quality.Issue`."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="issues")
    dataset = models.CharField(max_length=32)
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=160, blank=True)
    field = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=48)
    value = models.TextField(blank=True)
    severity = models.CharField(max_length=8, choices=[(str(level), str(level)) for level in Severity])
    message = models.TextField()
    fix = models.TextField(blank=True)
    other = models.CharField(max_length=160, blank=True)
    other_row = models.PositiveIntegerField(default=0)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    size = models.JSONField(default=dict, blank=True)
    final = models.BooleanField(default=False)  # nothing to write it to: no reason can let the row in

    class Meta:
        ordering = ["row", "id"]
        indexes = [
            models.Index(fields=["batch", "rule", "row"], name="staged_issue_rule"),
            models.Index(fields=["batch", "row"], name="staged_issue_row"),
        ]

    def as_issue(self) -> Issue:
        """The domain's own shape, with the reason when it was waived."""
        waiver = getattr(self, "waiver", None)
        at = (self.lon, self.lat) if self.lon is not None and self.lat is not None else None
        return Issue(
            self.dataset,
            self.row,
            self.key,
            self.field,
            self.rule,
            self.value,
            Severity(self.severity),
            self.message,
            self.fix,
            self.other,
            self.other_row,
            at,
            self.size,
            waiver.reason if waiver else "",
        )


class Waiver(models.Model):
    """A person takes responsibility for a defect: who, when and why."""

    issue = models.OneToOneField(StagedIssue, on_delete=models.CASCADE, related_name="waiver")
    reason = models.CharField(max_length=300)
    user_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)


class MappingTemplate(models.Model):
    """How a department's headings are read; offered again when the same headings come."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    department_id = models.BigIntegerField(null=True, db_index=True)
    created_by_id = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, db_index=True)
    mapping = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "department_id", "fingerprint"], name="mapping_template_once"),
        ]
