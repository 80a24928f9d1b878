"""Cases of 履约监管: covenants, their checks, and the enterprise's own pages."""

from __future__ import annotations

from datetime import date
from typing import Any

COVENANT, CHECK = {"ulid": "{covenant}"}, {"ulid": "{covenant_check}"}
TODAY = date.today().isoformat()
GIVEN = {"recipient": "县政府", "purpose": "核对"}
PAPER = {"kind": "supplement", "number": "补9", "signed_on": "2024-05-01", "value-rd_share": "2", "first-rd_share": "2024"}
LATER = {"kind": "complete", "asked_on": "2098-01-01", "reason": "设备迟到"}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"supply:{name}": (Case(kind, parts, **more),) for name in names}

    return {
        **lists("supply:covenants", queries=("", "?lacking=complete&town={code}&q=机密", "?sort=price_fen&lacking=junk")),
        **of("", {}, "covenant-five", "covenant-five-json"),
        **of("", {}, "covenant-new", queries=("", "?plot={plot_code1}&uscc={uscc1}", "?listing={listing}"),
             post={"project_name": "新项目", "uscc": "没有", "plots": "没有", "land": "1"}),
        **of("plot", COVENANT, "covenant", "covenant-json"),
        **of("plot", COVENANT, "covenant-paper", queries=("", "?row=sc-longchang@2022:equipment", "?row=junk"), post=PAPER),
        **of("plot", {**COVENANT, "pk": "{covenant_paper}"}, "covenant-void", get=False, post={"reason": "录错了"}),
        **of("plot", COVENANT, "covenant-node", get=False, post={"kind": "complete", "done_on": TODAY}, upload="document"),
        **of("plot", COVENANT, "covenant-firm", get=False, post={"uscc": "{uscc1}", "registered": "1", "share": "50"}),
        **of("plot", COVENANT, "covenant-figure", get=False, upload="document",
             post={"measure": "tax_paid", "year": "2023", "value": "1"}),
        **of("plot", COVENANT, "covenant-extension", get=False, post=LATER),
        **of("plot", COVENANT, "covenant-check-new", get=False, post={}),
        **of("plot", COVENANT, "covenant-end", get=False, post={"reason": "期满"}),
        **of("plot", CHECK, "covenant-check", "covenant-check-json"),
        **of("plot", CHECK, "covenant-review", get=False, post={}),
        **of("plot", CHECK, "covenant-member", get=False, post={"username": "leader"}),
        **of("plot", CHECK, "covenant-check-export", get=False, post=GIVEN, also=("covenant.view",)),
        **of("", {}, "own-covenants"),
        **of("enterprise", COVENANT, "own-covenant"),
        **of("enterprise", COVENANT, "own-extension", get=False, post=LATER),
        **of("enterprise", {"ulid": "{covenant_told}"}, "own-statement", get=False, post={"text": "正在整改"}),
    }
