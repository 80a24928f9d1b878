"""The record of projects; one import block for each part."""

from tenglong.apps.projects.models.needs import PlantNeed
from tenglong.apps.projects.models.permits import (
    GivenMaterial,
    OwedPaper,
    PermitNetwork,
    PermitPolicy,
    PermitStep,
    Receipt,
    StepMaterial,
)
from tenglong.apps.projects.models.project import (
    Duty,
    FigureKind,
    Member,
    Milestone,
    MonthFigure,
    Phase,
    PhasePlot,
    Project,
    Stage,
)
from tenglong.apps.projects.models.service import (
    Blocker,
    BlockerStep,
    Field,
    Level,
    Meeting,
    MeetingItem,
    Promise,
    Visit,
    VisitPhoto,
)
from tenglong.apps.projects.models.towers import Tower, TowerFloor, TowerProgress, TowerTenancy

__all__ = [
    "Blocker",
    "BlockerStep",
    "Duty",
    "Field",
    "FigureKind",
    "GivenMaterial",
    "Level",
    "Meeting",
    "MeetingItem",
    "Member",
    "Milestone",
    "MonthFigure",
    "OwedPaper",
    "PermitNetwork",
    "PermitPolicy",
    "PermitStep",
    "Phase",
    "PhasePlot",
    "PlantNeed",
    "Project",
    "Promise",
    "Receipt",
    "Stage",
    "StepMaterial",
    "Tower",
    "TowerFloor",
    "TowerProgress",
    "TowerTenancy",
    "Visit",
    "VisitPhoto",
]
