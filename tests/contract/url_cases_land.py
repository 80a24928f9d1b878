"""Cases of replanning, reserve, batches, listings and what is secret about a listing."""

from __future__ import annotations

from datetime import date
from typing import Any

TODAY = date.today().isoformat()
LOCK = {"lock_version": "9"}
LOT, CHANGE, BATCH, LISTING = ({"ulid": f"{{{name}}}"} for name in ("lot", "change", "lots", "listing"))
PLACE = {"title": "新建", "division_code": "{code}", "area_cm2": "10"}
MONEY = {"on": TODAY, "cost_fen": "1", "rate": "3", "day_count": "act/365", "paper": "凭证"}
SALE = {**PLACE, **LOCK, "number": "公告{code}", "land_use": "工业用地", "method": "listing", "start_price_fen": "1",
        "c-TOTAL_FORMS": "0", "c-INITIAL_FORMS": "0"}
FIX = {"on": TODAY, "paper": "文书", "reason": "写错", **LOCK}
STEP = {"on": TODAY, "paper": "文书", **LOCK}
WORK = ("supply.work",)
QUERIES = ("", "?town={code}&q=机密&sort=-area_cm2", "?state=junk&method=junk&sort=junk")
DAYS = ("", "?on=2024-03-01&town={code}", "?on=junk&town=junk")


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"supply:{name}": (Case(kind, parts, **more),) for name in names}

    def post(kind: str, parts: dict[str, str], name: str, data: dict[str, Any], **more: Any) -> dict[str, tuple[Any, ...]]:
        return of(kind, parts, name, get=False, post=data, **more)

    return {
        **lists("supply:plan-changes", "supply:supply-batches", "supply:land-listings", queries=QUERIES),
        **of("", {}, "reserve", "reserve-json", queries=DAYS),
        **of("", {}, "bodies"),
        **of("", {}, "lot-new", post={**PLACE, **MONEY, "body_id": "1"}, drops=True),
        **of("lot", LOT, "lot", "lot-json", queries=("", "?on=2024-03-01", "?on=junk")),
        **post("lot", {**LOT, "name": "cost"}, "lot-write", MONEY),
        **post("lot", LOT, "lot-reverse", {"reason": "写错"}),
        **post("", {"ulid": "{reserve_body}"}, "body-delist", {"reason": "撤销"}),
        **of("", {}, "change-new", drops=True,
             post={**PLACE, "plan_unit": "甲", "use_before": "乙", "use_after": "丙", "reason": "丁"}),
        **of("change", CHANGE, "change", "change-json"),
        **post("change", CHANGE, "change-step", {"step": "argued", **STEP}),
        **post("change", CHANGE, "change-correct", {"step": "argued", **FIX}),
        **post("change", CHANGE, "change-withdraw", {"reason": "不办了", **LOCK}),
        **of("", {}, "batch-new", post=PLACE, drops=True),
        **of("lots", BATCH, "batch", "batch-json"),
        **post("lots", BATCH, "batch-plot", {"lot": "1", "area_cm2": "1", "land_use": "工业用地", **LOCK}),
        **post("lots", BATCH, "batch-standard", {"choice": "demo@1|machinery", **LOCK}),
        **post("lots", {**BATCH, "name": "submit"}, "batch-move", LOCK, also=WORK),
        **of("", {}, "listing-new", queries=("", "?lot={lot}&batch={lots}"), post=SALE, drops=True),
        **of("listing", LISTING, "listing", "listing-json"),
        **of("listing", LISTING, "listing-edit", post=SALE),
        **post("listing", LISTING, "listing-standard", {"choice": "demo@1|machinery", **LOCK}),
        **post("listing", LISTING, "listing-step", {"step": "started", **STEP}),
        **post("listing", LISTING, "listing-correct", {"step": "announced", **FIX}),
        **post("listing", {**LISTING, "name": "submit"}, "listing-move", LOCK, also=WORK),
        **post("listing", LISTING, "listing-floor", {"key": "", **LOCK}),
        **of("listing", LISTING, "supplement-new", post={**SALE, "reason": "写错"}),
        **post("listing", {**LISTING, "name": "approve"}, "supplement-act", LOCK, also=("supply.decide",)),
        **of("sealed", LISTING, "listing-secret"),
        **post("sealed", {**LISTING, "name": "see"}, "listing-secret-act", {"reason": "核对"}),
    }
