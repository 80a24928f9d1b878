"""The versioned things of the register, described once for single and bulk writers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_noop as _

from tenglong.apps.registry import models as m

#: columns that the writers set themselves
KEPT = (
    "id",
    "valid_from",
    "valid_to",
    "lock_version",
    "batch_id",
    "created_by_id",
    "department_id",
    "shape_id",
    "cell",
    "code",
)


@dataclass(frozen=True)
class Noun:
    """`owner` is the column of the version that names its identity; `layer` the map layer, "" for none."""

    name: str
    label: str
    identity: type[Model]
    version: type[Model]
    owner: str
    layer: str
    view: str
    edit: str

    def columns(self) -> list[str]:
        """Attribute names of a version, without its own id."""
        return [field.attname for field in self.version._meta.concrete_fields if field.attname != "id"]

    def editable(self) -> list[str]:
        return [name for name in self.columns() if name not in KEPT and name != self.owner]

    def objects(self) -> Any:
        return self.version._default_manager

    def identities(self) -> Any:
        return self.identity._default_manager


PLOT = Noun("plot", _("地块"), m.Plot, m.PlotVersion, "plot_id", "plots", "plot.view", "plot.edit")
PARCEL = Noun("parcel", _("宗地"), m.Parcel, m.ParcelVersion, "parcel_id", "parcels", "plot.view", "plot.edit")
BUILDING = Noun("building", _("建筑"), m.Building, m.BuildingVersion, "building_id", "buildings", "plot.view", "plot.edit")
ENTERPRISE = Noun(
    "enterprise", _("企业"), m.Enterprise, m.EnterpriseVersion, "enterprise_id", "", "enterprise.view", "enterprise.edit")
PARK = Noun("park", _("园区"), m.Park, m.ParkVersion, "park_id", "", "premises.view", "premises.edit")
UNIT = Noun("unit", _("房源"), m.LetUnit, m.LetUnitVersion, "unit_id", "", "premises.view", "premises.edit")
BY_KIND = {"plots": PLOT, "parcels": PARCEL, "buildings": BUILDING, "enterprises": ENTERPRISE}
