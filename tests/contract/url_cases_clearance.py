"""Cases of clearing: projects, holders, steps, money."""

from __future__ import annotations

from typing import Any

ROW, HOLDER = {"ulid": "{clearance}"}, {"ulid": "{cleared_holder}"}
GIVEN = {"recipient": "县政府", "purpose": "核对"}
PAPER = {"on": "2024-06-20", "number": "文1号"}
QUERIES = (
    "", "?town={code}&q=机密&project={clearance}", "?on=2024-06-15&signed=1&vacated=0", "?on=junk&reason=junk&kind=-",
    "?sort=-land_cm2&project=junk",
)


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"clearance:{name}": (Case(kind, parts, **more),) for name in names}

    def act(name: str, **more: Any) -> Any:
        return Case("clearance", {**HOLDER, "name": name}, get=False, **more)

    days = ("", "?on=2024-06-15&base=area", "?on=junk&base=junk")
    return {
        **lists("clearance:clearances", "clearance:holders", "clearance:plots", queries=QUERIES),
        **of("", {}, "new", post={"title": "新", "kind": "junk"}),
        **of("clearance", ROW, "clearance", "clearance-json", queries=days),
        **of("clearance", ROW, "gather", post={"codes": "没有这块地"}),
        **of("clearance", ROW, "add", post={"name": "王小二", "kind": "person", "area_cm2": "1"}),
        **of("clearance", ROW, "step", get=False, post={**PAPER, "step": "demolition_plan"}),
        **of("clearance", {"ulid": "{clearance_paper}"}, "paper", get=False, post={}),
        **of("", {}, "own-list"),
        **of("enterprise", HOLDER, "own"),
        **of("enterprise", {"ulid": "{clearance_paper}"}, "own-paper", get=False, post={}),
        **of("clearance", ROW, "asks", get=False, post={"asks": "征迁办", "asks_phone": "82000000"}),
        **of("clearance", {"ulid": "{clearance_correction}"}, "correction", get=False, post={"agree": "no", "number": "审1"}),
        **of("clearance", ROW, "step-file", get=False, post={"step": "offer"}, upload="file"),
        **of("clearance", {"ulid": "{clearance_survey}"}, "start", get=False, post=PAPER),
        **of("clearance", ROW, "end", get=False, post={**PAPER, "stop": "on"}),
        **of("clearance", ROW, "plan", get=False, post={"signed_first": "2024-06-01", "signed_last": "2024-08-31"}),
        **of("clearance", ROW, "export", get=False, post=GIVEN, also=("clearance.view",)),
        **of("clearance", ROW, "likeness", "likeness-json"),
        **of("clearance", ROW, "likeness-export", get=False, post=GIVEN, also=("clearance.money",)),
        **of("clearance", HOLDER, "holder", "holder-json"),
        **of("clearance", HOLDER, "reveal", get=False, post={"purpose": "通知评估结果"}),
        **of("clearance", HOLDER, "agreement", post={"number": "X"}, also=("clearance.work",)),
        "clearance:work": (act("sign", post={"on": "2024-06-20"}), act("explain", post={"reason": "terms"}),
                           act("contact", post={"phone": "13900000000"}), act("drop", post=PAPER)),
        "clearance:pay": (act("fund", post={**PAPER, "ordinal": "1"}, also=("clearance.work",)),),
        "clearance:decide": (act("void", post=PAPER),),
    }
