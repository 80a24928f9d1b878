"""Plots, their codes and lineage, titles and buildings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.models.base import CodeRow, Dated, Identity, Owned, version_constraints


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
                fields=[
                    "cell",
                    "division_code",
                    "zone_code",
                    "department_id",
                    "created_by_id",
                    "surveyed_cm2",
                    "plot",
                    "valid_to",
                ],
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
