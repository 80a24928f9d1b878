"""The record of the renewal."""

from tenglong.apps.renewal.models.conversion import Conversion, ConversionPart, ConversionState, PlantTurn, Use
from tenglong.apps.renewal.models.finding import Change, Finding, FindingAppeal, FindingRun, FindingWaiver, Verdict
from tenglong.apps.renewal.models.idle import IdleLand, IdleMember, IdleState
from tenglong.apps.renewal.models.plan import Plan, PlanItem, PlanState, SecretReader, SiteSearch
from tenglong.apps.renewal.models.treated import Treated

__all__ = [
    "Change",
    "Conversion",
    "ConversionPart",
    "ConversionState",
    "Finding",
    "FindingAppeal",
    "FindingRun",
    "FindingWaiver",
    "IdleLand",
    "IdleMember",
    "IdleState",
    "Plan",
    "PlanItem",
    "PlanState",
    "PlantTurn",
    "SecretReader",
    "SiteSearch",
    "Treated",
    "Use",
    "Verdict",
]
