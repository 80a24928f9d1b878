"""The one door for writing the evaluation: each call checks verb and row scope, is one transaction, and is audited."""

from tenglong.apps.evaluation.errors import EvaluationError, Stale
from tenglong.apps.evaluation.service.afterwards import Delivered, Listed, enter_attributes, enter_notices, enter_sheets
from tenglong.apps.evaluation.service.appeals import (
    approve_adjustment,
    file_appeal,
    propose_adjustment,
    reject_adjustment,
    reply_appeal,
    withdraw_adjustment,
    withdraw_appeal,
)
from tenglong.apps.evaluation.service.areas import add_item, assess_areas, assess_now, remove_item, settle_areas
from tenglong.apps.evaluation.service.case import step
from tenglong.apps.evaluation.service.checks import checks_now, run_checks, waive_check
from tenglong.apps.evaluation.service.cycle import archive, change_scheme, finalise, open_cycle, rule_of
from tenglong.apps.evaluation.service.deliveries import (
    Ask,
    accept_delivery,
    ask_departments,
    receive_delivery,
    remind,
    return_delivery,
)
from tenglong.apps.evaluation.service.effective import effective
from tenglong.apps.evaluation.service.firms import change_decision, make_joint_unit, record_attribute, record_decision
from tenglong.apps.evaluation.service.frozen import freeze, take_snapshot
from tenglong.apps.evaluation.service.notices import record_statement, reply_statement, serve_grade
from tenglong.apps.evaluation.service.objections import decide_objection, explain_gap, object_area
from tenglong.apps.evaluation.service.publications import (
    close_publication,
    expire_publications,
    low_grades,
    publish,
    publish_areas,
    withdraw_publication,
)
from tenglong.apps.evaluation.service.runs import WhatIf, again, run, run_now, whatif
from tenglong.apps.evaluation.service.sheets import (
    Filed,
    Scan,
    file_scans,
    mark_delivered,
    mark_overdue,
    mark_refused,
    prepare_sheets,
    record_objection,
    sheets_now,
)
from tenglong.apps.evaluation.service.unread import (
    dismiss_unread,
    file_matched,
    keep_unread,
    match_unread,
    return_matched,
)
from tenglong.apps.evaluation.stages import STAGES

__all__ = [
    "STAGES", "Ask", "Delivered", "EvaluationError", "Filed", "Listed", "Scan", "Stale", "WhatIf", "accept_delivery",
    "add_item", "again", "approve_adjustment", "archive", "ask_departments", "assess_areas", "assess_now", "change_decision",
    "change_scheme", "checks_now", "close_publication", "decide_objection", "effective", "enter_attributes",
    "enter_notices", "enter_sheets", "expire_publications", "explain_gap", "file_appeal",
    "file_scans", "finalise", "freeze", "low_grades", "make_joint_unit", "mark_delivered", "mark_overdue", "mark_refused",
    "object_area", "open_cycle", "prepare_sheets", "propose_adjustment", "publish", "publish_areas", "receive_delivery",
    "record_attribute", "record_decision", "record_objection", "record_statement", "reject_adjustment", "remind", "remove_item",
    "reply_appeal", "return_delivery", "rule_of", "run", "run_checks", "run_now", "serve_grade", "settle_areas", "sheets_now",
    "dismiss_unread", "file_matched", "keep_unread", "match_unread", "reply_statement", "return_matched",
    "step", "take_snapshot", "waive_check", "whatif", "withdraw_adjustment", "withdraw_appeal", "withdraw_publication",
]
