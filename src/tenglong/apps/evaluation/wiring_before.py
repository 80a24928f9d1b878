"""Verbs, menu entries and cycle tabs of the pages up to the freeze."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation import cycle_tabs, words
from tenglong.web import access, menu
from tenglong.web.listing import register_access

#: URL name → verb
VERBS: dict[str, str] = {
    "area": "evaluation.view", "area-gaps": "evaluation.view", "area-gaps-json": "evaluation.view",
    "area-published": "evaluation.view",
    "area-assess": "evaluation.area", "area-settle": "evaluation.area", "area-item": "evaluation.area",
    "area-item-remove": "evaluation.area", "area-object": "evaluation.area", "area-decide": "evaluation.area",
    "area-gap": "evaluation.area", "area-publication": "evaluation.publish", "area-publication-close": "evaluation.publish",
    "deliveries": "evaluation.view", "deliveries-json": "evaluation.view", "delivery": "evaluation.view",
    "delivery-receipt": "evaluation.view", "delivery-receive": "evaluation.deliver", "delivery-ask": "evaluation.manage",
    "delivery-return": "evaluation.manage", "delivery-accept": "evaluation.manage", "delivery-remind": "evaluation.manage",
    "reminder": "evaluation.manage", "delivery-json": "evaluation.view", "joint-json": "evaluation.view",
    "sheet": "evaluation.view", "sheets-prepare": "evaluation.manage", "sheets-print": "evaluation.manage",
    "sheets-pdf": "evaluation.manage", "scans": "evaluation.manage", "scan-result": "evaluation.manage",
    "scan-picture": "evaluation.manage", "sheets-deliver": "evaluation.area", "sheet-deliver": "evaluation.area",
    "sheet-object": "evaluation.area", "sheet-refuse": "evaluation.area", "sheet-overdue": "evaluation.area",
    "unread": "evaluation.manage", "unread-json": "evaluation.manage", "unread-match": "evaluation.manage",
    "unread-decide": "evaluation.manage", "unread-dismiss": "evaluation.manage", "unread-picture": "evaluation.manage",
    "finding": "evaluation.view", "check": "evaluation.manage", "finding-waive": "evaluation.manage",
    "freeze": "evaluation.freeze",
    "attribute-new": "evaluation.area", "attribute-import": "evaluation.area", "decision-new": "evaluation.manage",
    "decision": "evaluation.view", "decision-change": "evaluation.manage", "joint": "evaluation.view",
    "joint-new": "evaluation.manage",
    "mine": "evaluation.own", "own-area": "evaluation.own", "own-sheet": "evaluation.own", "own-sheet-pdf": "evaluation.own",
    "own-answers": "evaluation.own", "own-answers-json": "evaluation.own", "own-statement": "evaluation.own",
    "own-sheet-object": "evaluation.own", "own-sheet-confirm": "evaluation.own",
}
LISTS: dict[str, str] = {"areas": "evaluation.view", "area-objections": "evaluation.view", "sheets": "evaluation.view",
                         "findings": "evaluation.view", "attributes": "evaluation.view", "decisions": "evaluation.view"}


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.evaluation import jobs_sheets

    assert jobs_sheets  # imported for the jobs it registers
    words.register()
    for name, verb in VERBS.items():
        access.register(f"evaluation:{name}", verb)
    for name, verb in LISTS.items():
        register_access("evaluation", name, verb)
    cycle_tabs.register("areas", _("用地核定"), "evaluation:areas", "evaluation.view", 10)
    cycle_tabs.register("deliveries", _("部门数据"), "evaluation:deliveries", "evaluation.view", 20)
    cycle_tabs.register("sheets", _("一企一单"), "evaluation:sheets", "evaluation.view", 40)
    cycle_tabs.register("findings", _("数据核查"), "evaluation:findings", "evaluation.view", 30)
    cycle_tabs.register("freeze", _("数据冻结"), "evaluation:freeze", "evaluation.freeze", 50)
    menu.register("evaluation", _("本企业评价"), "evaluation:mine", "evaluation.own", 5)
    menu.register("evaluation", _("陈述、异议与申诉"), "evaluation:own-answers", "evaluation.own", 6)
    cycle_tabs.register("joint", _("合并评价"), "evaluation:joint", "evaluation.view", 45)
    menu.register("evaluation", _("企业属性"), "evaluation:attributes", "evaluation.view", 40)
    menu.register("evaluation", _("否决决定"), "evaluation:decisions", "evaluation.view", 50)
