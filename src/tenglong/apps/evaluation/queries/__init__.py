"""What leaves the evaluation: every function takes the acting user first and returns only what that user may see."""

from tenglong.apps.evaluation.queries.after import (
    AdjustmentLine,
    adjustments,
    adjustments_of_year,
    appeal,
    appeals,
    evidence,
    notice,
    notices,
    publication,
    publications,
    statement_evidence,
    statements,
)
from tenglong.apps.evaluation.queries.areas import Gap, area, area_gaps, area_items, areas, objections
from tenglong.apps.evaluation.queries.areas import tolerance as gap_tolerance
from tenglong.apps.evaluation.queries.cycles import (
    cycle,
    cycles,
    finding,
    findings,
    formal_run,
    latest_snapshot,
    run,
    runs,
    snapshots,
)
from tenglong.apps.evaluation.queries.deliveries import (
    Cell,
    RowDiff,
    board,
    deliveries,
    delivery,
    lacking,
    reminders,
    version_diff,
    versions,
)
from tenglong.apps.evaluation.queries.firms import (
    attributes,
    decisions,
    joint_units,
    sheet,
    sheet_by_code,
    sheets,
    unread_scans,
)
from tenglong.apps.evaluation.queries.full import FullRow, full_row
from tenglong.apps.evaluation.queries.results import (
    Grade,
    Leader,
    Line,
    Near,
    borderline,
    grades,
    leaders,
    movers,
    plot_results,
    result,
    results,
    summary,
)

__all__ = [
    "AdjustmentLine", "Cell", "FullRow", "Gap", "Grade", "Leader", "Line", "Near", "RowDiff", "adjustments",
    "adjustments_of_year", "appeal", "appeals", "area", "area_gaps", "area_items", "areas", "attributes", "board",
    "borderline", "cycle", "cycles", "decisions", "deliveries", "delivery", "evidence", "finding", "findings", "formal_run",
    "full_row", "gap_tolerance", "grades", "joint_units", "lacking", "latest_snapshot", "leaders", "movers", "notice",
    "notices", "objections", "plot_results", "publication", "publications", "reminders", "result", "results", "run", "runs",
    "sheet", "sheet_by_code", "sheets", "snapshots", "statement_evidence", "statements", "summary", "unread_scans",
    "version_diff", "versions",
]
