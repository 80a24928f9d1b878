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

__all__ = [
    "Duty",
    "FigureKind",
    "Member",
    "Milestone",
    "MonthFigure",
    "Phase",
    "PhasePlot",
    "Project",
    "Stage",
]
