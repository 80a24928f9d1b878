"""The record of land and enterprises: identity rows, dated versions, codes, lineage, facts, documents.

Identity never changes; a *change* adds a version, a *correction* edits one and only the audit keeps the old value.
Versions are half-open [valid_from, valid_to) and do not overlap. Areas are integer cm², money integer 分.
"""

from __future__ import annotations

from tenglong.apps.registry.models.base import CodeRow, Dated, Identity, Owned, version_constraints
from tenglong.apps.registry.models.land import (
    Building,
    BuildingVersion,
    Lineage,
    Parcel,
    ParcelVersion,
    Plot,
    PlotCode,
    PlotEvent,
    PlotParcel,
    PlotVersion,
)
from tenglong.apps.registry.models.papers import CodeSerial, DocumentLink, Fact, Revision, SourceDocument
from tenglong.apps.registry.models.parties import (
    AccountLink,
    Attribution,
    Enterprise,
    EnterpriseCode,
    EnterpriseVersion,
    Occupancy,
)
from tenglong.apps.registry.models.places import Division, Zone
from tenglong.apps.registry.models.premises import LetUnit, LetUnitStep, LetUnitVersion, Park, ParkVersion
from tenglong.apps.registry.ulids import new_ulid

__all__ = [
    "AccountLink",
    "Attribution",
    "Building",
    "BuildingVersion",
    "CodeRow",
    "CodeSerial",
    "Dated",
    "Division",
    "DocumentLink",
    "Enterprise",
    "EnterpriseCode",
    "EnterpriseVersion",
    "Fact",
    "Identity",
    "LetUnit",
    "LetUnitStep",
    "LetUnitVersion",
    "Lineage",
    "Occupancy",
    "Owned",
    "Parcel",
    "ParcelVersion",
    "Park",
    "ParkVersion",
    "Plot",
    "PlotCode",
    "PlotEvent",
    "PlotParcel",
    "PlotVersion",
    "Revision",
    "SourceDocument",
    "Zone",
    "new_ulid",
    "version_constraints",
]
