"""Cases of the evaluation up to the freeze; `cycle` and `delivery` carry counts and are every office's."""

from __future__ import annotations

from typing import Any

CYCLE, AREA, SHEET, DELIVERY = {"ulid": "{cycle}"}, {"ulid": "{area}"}, {"ulid": "{sheet}"}, {"ulid": "{delivery}"}
NOTICE = {"ulid": "{notice}"}
LIST_QUERIES = ("", "?q=机密&sort=-total_cm2&size=200", "?town={code}&state=junk", "?waived=1&void=1")
GIVEN = {"form": "xlsx", "recipient": "县政府", "purpose": "核对"}
NEW_CYCLE = {"title": "新批次", "year": "2022", "scheme": "world@1", "measure_day": "", "attribution": "location"}
ATTRIBUTE = {"enterprise_id": "{uscc1}", "attribute": "newly_above", "value": "是", "valid_from": "2024-01-01"}
DECISION = {"enterprise_id": "{uscc1}", "veto": "newly_above", "number": "新1号", "dated": "2024-05-01", "state": "effective"}
JOINT = {"name": "甲集团", "members": "{uscc1}", "valid_from": "2024-01-01", "valid_to": "2025-01-01"}
ITEM = {"kind": "untitled", "cm2": "1", "note": "现场测量", "lock_version": "1"}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def plain(parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"evaluation:{name}": (Case(parts=parts, **more),) for name in names}

    def of(what: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"evaluation:{name}": (Case(what, parts, **more),) for name in names}

    def inside(*names: str) -> dict[str, tuple[Any, ...]]:
        """Lists of a cycle: page, twin, export."""
        found = plain(CYCLE, *names, *(f"{name}-json" for name in names), queries=LIST_QUERIES)
        return found | plain(CYCLE, *(f"{name}-export" for name in names), queries=LIST_QUERIES, get=False, post=GIVEN)

    return {
        **lists("evaluation:cycles", "evaluation:attributes", "evaluation:decisions"),
        **plain(CYCLE, "cycle", "cycle-json"),
        **plain({}, "cycle-new", post=NEW_CYCLE),
        **inside("areas", "area-objections", "sheets", "findings"),
        **plain(CYCLE, "area-gaps", "area-gaps-json", queries=("", "?all=1&page=9")),
        **plain(CYCLE, "deliveries", "deliveries-json", "joint", "joint-json"),
        **plain(CYCLE, "area-assess", "area-settle", "sheets-prepare", "check", get=False, post={}),
        **plain(CYCLE, "area-publication", post={"starts_on": "2024-06-01", "ends_on": "2024-06-20"}),
        **plain(CYCLE, "delivery-ask", queries=("", "?of={delivery}"),
                post={"department": "新部门", "measures": ["profit"], "due_on": "2030-01-01"}),
        **plain(CYCLE, "sheets-print", queries=("", "?pick={sheet}"), post={"pick": ["{sheet}"]}),
        **plain(CYCLE, "sheets-deliver", queries=("", "?pick={sheet}"),
                post={"pick": ["{sheet}"], "on": "2024-06-01", "how": "邮寄"}),
        **plain(CYCLE, "scans", post={}),
        **plain({**CYCLE, "job": "{scan_job}"}, "scan-result"),
        **plain({**CYCLE, "job": "{scan_job}", "number": "0"}, "scan-picture"),
        **plain({"ulid": "{print_job}"}, "sheets-pdf"),
        **plain(CYCLE, "unread", "unread-json"),
        **plain(CYCLE, "unread-match", get=False, post={"page": ["{unread}"], "firm": "{uscc1}", "agrees": "yes"}),
        **of("enterprise", SHEET, "unread-decide", get=False, post={"step": "file"}),
        **plain({"ulid": "{unread}"}, "unread-picture"),
        **plain({"ulid": "{unread}"}, "unread-dismiss", get=False, post={"reason": "封面"}),
        **plain(CYCLE, "freeze", post={"typed": "2022"}),
        **plain(CYCLE, "joint-new", post=JOINT, upload="file"),
        **plain({}, "attribute-new", post=ATTRIBUTE),
        **plain({}, "attribute-import", post={}, upload="file"),
        **plain({}, "decision-new", post=DECISION, upload="file"),
        **plain({"ulid": "{land_list}"}, "area-published"),
        **plain({"ulid": "{land_list}"}, "area-publication-close", get=False, post={}),
        **of("enterprise", AREA, "area"),
        **of("enterprise", AREA, "area-item", get=False, post=ITEM, upload="file"),
        **of("enterprise", {**AREA, "pk": "{area_item}"}, "area-item-remove", get=False,
             post={"reason": "重复", "lock_version": "1"}),
        **of("enterprise", AREA, "area-object", get=False, post={"text": "不对"}),
        **of("enterprise", AREA, "area-decide", get=False, post={"outcome": "rejected", "reply": "核实"}),
        **of("plot", {**CYCLE, "pk": "{plot_pk1}"}, "area-gap", post={"note": "已核实"}),
        **plain(DELIVERY, "delivery", queries=("", "?lacking=tax_paid", "?old=1&new=junk")),
        **plain(DELIVERY, "delivery-json"),
        **plain({**DELIVERY, "number": "1"}, "delivery-receipt", "reminder"),
        **plain(DELIVERY, "delivery-receive", get=False, post={"batch": "{batch}"}),
        **plain(DELIVERY, "delivery-return", get=False, post={"reason": "缺表"}),
        **plain(DELIVERY, "delivery-accept", "delivery-remind", get=False, post={}),
        **of("enterprise", SHEET, "sheet"),
        **of("enterprise", SHEET, "sheet-deliver", get=False, post={"on": "2024-06-01", "how": "邮寄"}),
        **of("enterprise", SHEET, "sheet-object", get=False, post={"text": "不对"}),
        **of("enterprise", SHEET, "sheet-refuse", get=False, post={"note": "不签"}, upload="file"),
        **of("enterprise", SHEET, "sheet-overdue", get=False, post={"clause": "第十二条"}),
        **of("enterprise", {"pk": "{finding}"}, "finding"),
        **of("enterprise", {"pk": "{finding}"}, "finding-waive", get=False, post={"reason": "已核实无误"}),
        **of("enterprise", {"ulid": "{decision}"}, "decision"),
        **of("enterprise", {"ulid": "{decision}"}, "decision-change", get=False,
             post={"state": "revoked", "reason": "撤销", "lock_version": "1"}),
        **plain({}, "mine", "own-answers", "own-answers-json"),
        **of("enterprise", NOTICE, "own-statement", post={"text": "不服"}),
        **plain(CYCLE, "statements", "statements-json"),
        **of("enterprise", NOTICE, "statement"),
        **of("enterprise", NOTICE, "statement-add", get=False, post={"text": "不服"}),
        **of("enterprise", NOTICE, "statement-reply", get=False, post={"reply": "已复核"}),
        **of("enterprise", AREA, "own-area", post={"text": "不对"}),
        **of("enterprise", SHEET, "own-sheet", "own-sheet-pdf"),
        **of("enterprise", SHEET, "own-sheet-object", get=False, post={"text": "不对"}),
        **of("enterprise", SHEET, "own-sheet-confirm", get=False, post={}, upload="file"),
    }
