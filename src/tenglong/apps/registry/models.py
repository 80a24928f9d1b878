"""The record of land and enterprises: identity rows, dated versions, codes, lineage, facts, documents.

Identity never changes; a *change* adds a version, a *correction* edits one and only the audit keeps the old value.
Versions are half-open [valid_from, valid_to) and do not overlap. Areas are integer cm², money integer 分.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.ulids import new_ulid


class Dated(models.Model):
    """Half-open business dates of a row."""

    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        abstract = True


class Owned(models.Model):
    """Where a row belongs: the columns that row scope reads, and where it came from."""

    division_code = models.CharField(_("所属镇街"), max_length=12)  # each model has an index that begins with it
    department_id = models.BigIntegerField(_("录入部门"), null=True)
    created_by_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True, db_index=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def version_constraints(owner: str, name: str) -> list[models.BaseConstraint]:
    """One open version and one per start date; dates in order. Overlap of closed ones is the service's to refuse."""
    return [
        models.UniqueConstraint(fields=[owner], condition=Q(valid_to__isnull=True), name=f"{name}_one_open"),
        models.UniqueConstraint(fields=[owner, "valid_from"], name=f"{name}_one_start"),
        models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=f"{name}_order"),
    ]


class Division(Dated):
    """Administrative division: system + code + valid dates."""

    system = models.CharField(max_length=16, default="GB/T 2260")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=64)
    level = models.CharField(max_length=16)  # province city county town
    parent_code = models.CharField(max_length=12, blank=True)
    shape_id = models.BigIntegerField(null=True)
    invented = models.BooleanField(default=False)  # demo outline

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code", "valid_from"], name="division_key")]


class Zone(Dated):
    """Planning unit: platform, town_park, small_firm_park, quarter, axis, core, community."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=32)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12, db_index=True)
    tags = models.JSONField(default=list, blank=True)
    shape_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="zone_key")]


class Identity(models.Model):
    """What stays the same for life."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    batch_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        abstract = True


class CodeRow(Dated):
    """A code held for a time; a code once given is never given again."""

    system = models.CharField(max_length=24)
    code = models.CharField(max_length=64, db_index=True)

    class Meta:
        abstract = True


class Plot(Identity):
    """地块: a surveyed yard as used."""


class PlotCode(CodeRow):
    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="codes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="plot_code_never_reused")]


class PlotVersion(Dated, Owned):
    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="versions", db_index=False)  # see the constraint
    code = models.CharField(_("地块码"), max_length=24, db_index=True)
    survey_number = models.CharField(_("摸排编号"), max_length=64, blank=True)
    name = models.CharField(_("地块名称"), max_length=200, blank=True)
    address = models.CharField(_("坐落"), max_length=300, blank=True)
    zone_code = models.CharField(_("片区"), max_length=32, blank=True, db_index=True)
    land_use = models.CharField(_("用途"), max_length=24, blank=True)
    land_use_system = models.CharField(_("用途分类标准"), max_length=32, blank=True)
    status = models.CharField(_("现状"), max_length=24, blank=True)  # in_use idle_suspected building vacated retired
    stage = models.CharField(_("环节"), max_length=24, default="survey", db_index=True)  # place in the loop
    control_line = models.CharField(_("工业控制线"), max_length=8, blank=True)  # in out
    acquisition = models.CharField(_("取得方式"), max_length=24, blank=True)
    title_status = models.CharField(_("权证状态"), max_length=24, blank=True)
    surveyed_cm2 = models.BigIntegerField(_("实测面积"), null=True)
    stated_cm2 = models.BigIntegerField(_("证载面积"), null=True)
    stated_text = models.CharField(max_length=48, blank=True)  # as given, with its unit
    soil = models.JSONField(default=dict, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    shape_id = models.BigIntegerField(null=True, db_index=True)
    cell = models.BigIntegerField(null=True, editable=False)  # quadkey of the box centre at z20: tiles count by range

    class Meta:
        constraints = version_constraints("plot", "plot_version")
        indexes = [
            models.Index(fields=["division_code", "code"], condition=Q(valid_to__isnull=True), name="plot_current_town"),
            models.Index(fields=["division_code", "survey_number"], name="plot_survey_number"),
            # all that an aggregate tile reads, so that it never touches the rows themselves
            models.Index(
                fields=["cell", "division_code", "zone_code", "department_id", "created_by_id", "surveyed_cm2", "plot",
                        "valid_to"],
                condition=Q(valid_to__isnull=True),
                name="plot_current_cell",
            ),
        ]


class Lineage(models.Model):
    """parent → child by split, merge or replan; the chain that lives when codes change."""

    parent = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="children_links")
    child = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="parent_links")
    event = models.CharField(max_length=16)  # split merge replan undo
    date = models.DateField()
    area_cm2 = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "child", "event", "date"], name="lineage_once")]


class PlotEvent(models.Model):
    """One split or merge with the rows it closed, made and moved, so that it can be taken back while nothing hangs on it."""

    kind = models.CharField(max_length=16)  # split merge
    date = models.DateField()
    detail = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)


class Parcel(Identity):
    """宗地: a cadastral title unit."""

    code = models.CharField(_("宗地代码"), max_length=28, unique=True)


class ParcelVersion(Dated, Owned):
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="versions", db_index=False)  # see the constraint
    right_holder = models.CharField(_("权利人"), max_length=200, blank=True)
    holder_uscc = models.CharField(max_length=18, blank=True)
    stated_cm2 = models.BigIntegerField(_("证载面积"), null=True)
    stated_text = models.CharField(max_length=48, blank=True)
    acquisition = models.CharField(_("取得方式"), max_length=24, blank=True)
    title_status = models.CharField(_("权证状态"), max_length=24, blank=True)
    title_number = models.CharField(_("权证号"), max_length=64, blank=True)
    granted_on = models.DateField(_("取得日期"), null=True)
    ends_on = models.DateField(_("到期日期"), null=True)
    price_fen = models.BigIntegerField(_("价款"), null=True)
    agreed_plot_ratio = models.CharField(_("约定容积率"), max_length=24, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    shape_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = version_constraints("parcel", "parcel_version")
        indexes = [
            models.Index(fields=["division_code"], name="parcel_town"),
            models.Index(fields=["shape_id"], name="parcel_shape"),
        ]


class PlotParcel(Dated):
    """How much of a title lies in a plot; many to many."""

    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="parcel_links")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="plot_links")
    area_cm2 = models.BigIntegerField(null=True)
    basis = models.CharField(max_length=24, blank=True)  # title overlay declared carried
    needs_review = models.BooleanField(_("待复核"), default=False)  # carried over a split or merge, not yet confirmed
    batch_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plot", "parcel", "valid_from"], name="plot_parcel_key")]


class Building(Identity):
    """定着物 / 厂房."""

    code = models.CharField(_("建筑编号"), max_length=64, unique=True)


class BuildingVersion(Dated, Owned):
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, related_name="versions", db_index=False
    )  # see the constraint
    plot = models.ForeignKey(Plot, null=True, on_delete=models.PROTECT, related_name="buildings")
    parcel = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="buildings")
    name = models.CharField(_("名称"), max_length=200, blank=True)
    floors = models.PositiveSmallIntegerField(_("层数"), null=True)
    floor_cm2 = models.BigIntegerField(_("建筑面积"), null=True)
    built_year = models.PositiveSmallIntegerField(_("建成年份"), null=True)
    structure = models.CharField(_("结构"), max_length=32, blank=True)
    use = models.CharField(_("用途"), max_length=64, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    shape_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = version_constraints("building", "building_version")
        indexes = [
            models.Index(fields=["division_code"], name="building_town"),
            models.Index(fields=["shape_id"], name="building_shape"),
        ]


class Enterprise(Identity):
    """A market subject; `key` is its USCC, or our provisional key."""

    key = models.CharField(max_length=24, unique=True)


class EnterpriseCode(CodeRow):
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="codes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="enterprise_code_never_reused")]


class EnterpriseVersion(Dated, Owned):
    """`division_code` is the registered place; occupied places come from Occupancy."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="versions", db_index=False
    )  # see the constraint
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, db_index=True)
    name = models.CharField(_("企业名称"), max_length=200)
    former_names = models.JSONField(default=list, blank=True)
    industry = models.CharField(_("行业代码"), max_length=8, blank=True)
    industry_year = models.PositiveSmallIntegerField(default=2017)
    scale = models.CharField(_("规模"), max_length=16, blank=True)  # above_scale below_scale
    status = models.CharField(_("经营状态"), max_length=24, blank=True)
    listed = models.CharField(_("上市情况"), max_length=48, blank=True)
    honours = models.JSONField(default=list, blank=True)
    address = models.CharField(_("注册地址"), max_length=300, blank=True)
    registered_on = models.DateField(_("成立日期"), null=True)
    contact_cipher = models.TextField(blank=True)  # name and phone, encrypted at rest
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = version_constraints("enterprise", "enterprise_version")
        indexes = [
            models.Index(fields=["division_code", "uscc"], name="enterprise_town"),
        ]


class Attribution(Dated):
    """属地 / 管理 / 税收入库 / 统计归属 / 生产: dated; each ranking names which one it uses."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="attributions")
    kind = models.CharField(max_length=16)  # location manager tax statistics production
    division_code = models.CharField(max_length=12)


class Occupancy(Dated, Owned):
    """用地关系: who uses which part of which plot or building; `landlord_link` makes the sublease chain."""

    plot = models.ForeignKey(Plot, null=True, on_delete=models.PROTECT, related_name="occupancies")
    building = models.ForeignKey(Building, null=True, on_delete=models.PROTECT, related_name="occupancies")
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="occupancies")
    role = models.CharField(max_length=12)  # owner lessee sublessee idle
    area_cm2 = models.BigIntegerField(_("占地面积"), null=True)
    floor_cm2 = models.BigIntegerField(_("建筑面积"), null=True)
    contract = models.CharField(_("合同号"), max_length=64, blank=True)
    needs_review = models.BooleanField(_("待复核"), default=False)
    landlord_link = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="tenants")
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(plot__isnull=False) | Q(building__isnull=False), name="occupancy_somewhere"),
            models.UniqueConstraint(fields=["plot", "building", "enterprise", "role", "valid_from"], name="occupancy_key"),
        ]
        indexes = [models.Index(fields=["division_code", "enterprise"], name="occupancy_town")]


class AccountLink(Dated):
    """电表户号 / 水表 / 排污许可证 / 税号 → enterprise and plot, by share (basis points)."""

    kind = models.CharField(max_length=16)  # power water discharge tax
    number = models.CharField(max_length=64, db_index=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="accounts")
    plot = models.ForeignKey(Plot, null=True, on_delete=models.PROTECT, related_name="accounts")
    share_bp = models.PositiveIntegerField(default=10_000)
    evidence = models.CharField(max_length=200, blank=True)
    needs_review = models.BooleanField(_("待复核"), default=False)
    batch_id = models.BigIntegerField(null=True, db_index=True)


class Fact(models.Model):
    """A measure of a subject in a period from a department; `value_e6` = value × 10⁶ in the measure's own unit."""

    subject_type = models.CharField(max_length=12)  # enterprise plot zone
    subject_id = models.BigIntegerField()
    measure = models.CharField(max_length=32)
    period = models.CharField(max_length=8)
    value_e6 = models.BigIntegerField()
    given = models.CharField(max_length=48, blank=True)
    department = models.CharField(max_length=48)
    legal_basis = models.CharField(max_length=32)  # declared shared public statistics
    legal_document = models.CharField(max_length=120, blank=True)
    batch_id = models.BigIntegerField(null=True, db_index=True)
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "measure", "period"], name="fact_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "measure", "period", "department"],
                condition=Q(superseded_by__isnull=True),
                name="fact_key",
            )
        ]


class SourceDocument(models.Model):
    """A file by hash: kind, number, date, and who may see it."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32)
    number = models.CharField(max_length=64, blank=True)
    dated = models.DateField(null=True, blank=True)
    mime = models.CharField(max_length=100)
    size = models.BigIntegerField()
    division_code = models.CharField(max_length=12, db_index=True)
    department_id = models.BigIntegerField(null=True)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)


class DocumentLink(models.Model):
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="links")
    subject_type = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "subject_type", "subject_id"], name="document_link_once")]


class Revision(models.Model):
    """Counter per layer: raised by every write, carried in tile addresses."""

    layer = models.CharField(max_length=24, unique=True)
    number = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)


class CodeSerial(models.Model):
    """Last serial given per code prefix; taken under lock so that no code is given twice."""

    prefix = models.CharField(max_length=16, unique=True)
    last = models.BigIntegerField(default=0)
