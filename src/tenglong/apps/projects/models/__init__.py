"""The record of projects; one import block for each part."""

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

__all__ = [
    "Blocker",
    "BlockerStep",
    "Duty",
    "Field",
    "FigureKind",
    "Level",
    "Meeting",
    "MeetingItem",
    "Member",
    "Milestone",
    "MonthFigure",
    "Phase",
    "PhasePlot",
    "Project",
    "Promise",
    "Stage",
    "Visit",
    "VisitPhoto",
]
