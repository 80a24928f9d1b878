"""The record of 亩均评价, by noun. Areas are integer cm², measures value × 10⁶ in their own unit, totals × 10^decimals."""

from tenglong.apps.evaluation.models.after import (
    Adjustment,
    Appeal,
    AppealEvidence,
    GradeNotice,
    Publication,
    StatementEvidence,
)
from tenglong.apps.evaluation.models.area import AreaGapNote, AreaItem, AreaObjection, AssessedArea
from tenglong.apps.evaluation.models.cycle import Cycle, Finding
from tenglong.apps.evaluation.models.delivery import Delivery, DeliveryVersion, Reminder
from tenglong.apps.evaluation.models.firm import AttributeRecord, Decision, JointMember, JointUnit
from tenglong.apps.evaluation.models.run import PlotResult, Result, Run, Snapshot
from tenglong.apps.evaluation.models.sheet import Sheet, UnreadScan

__all__ = [
    "Adjustment", "Appeal", "AppealEvidence", "AreaGapNote", "AreaItem", "AreaObjection", "AssessedArea", "AttributeRecord",
    "Cycle", "Decision", "Delivery", "DeliveryVersion", "Finding", "GradeNotice", "JointMember", "JointUnit", "PlotResult",
    "Publication", "Reminder", "Result", "Run", "Sheet", "Snapshot", "StatementEvidence", "UnreadScan",
]
