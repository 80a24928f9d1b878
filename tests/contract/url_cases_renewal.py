"""Cases of findings and idle land; the run carries counts and is every office's."""

from __future__ import annotations

from typing import Any

RUN, FINDING, IDLE = {"ulid": "{finding_run}"}, {"ulid": "{low_finding}"}, {"ulid": "{idle_land}"}
OBJECTION = {"ulid": "{low_objection}"}
WAIVER = {"reason": "列入改造计划", "until": "2099-01-01"}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"renewal:{name}": (Case(kind, parts, **more),) for name in names}

    tile = {"z": "14", "x": "{x14}", "y": "{y14}"}
    return {
        **lists("renewal:findings", queries=("", "?run={finding_run}&verdict=hit", "?criterion=above_low_tax",
                                             "?criterion=junk%22&run=junk", "?town={code}&q=机密&sort=-land_cm2")),
        **lists("renewal:idle-lands", queries=("", "?town={code}&state=clue", "?sort=price_fen&price_fen__gt=1")),
        **of("", {}, "finding-runs", "finding-runs-json"),
        **of("", RUN, "finding-run", "finding-run-json"),
        **of("", {}, "finding-run-new", post={"year": "2024", "policy": "zj-shangyu@1"}),
        **of("plot", FINDING, "finding", "finding-json"),
        **of("plot", FINDING, "finding-appeal", get=False, post={"text": "数据有误"}),
        **of("plot", FINDING, "finding-waiver", get=False, post=WAIVER, upload="document"),
        **of("plot", OBJECTION, "finding-reply", get=False, post={"outcome": "rejected", "text": "核实无误"}),
        **of("plot", {"ulid": "{low_waiver}", "name": "refuse"}, "waiver-step", get=False, post={"reason": "依据不足"}),
        **of("", {}, "own-findings"),
        **of("enterprise", FINDING, "own-finding"),
        **of("enterprise", FINDING, "own-finding-appeal", get=False, post={"text": "数据有误"}),
        **of("enterprise", OBJECTION, "own-finding-withdraw", get=False, post={"reason": "已改正"}),
        **of("", tile, "low-tile"),
        **of("", {}, "idle-new", post={"plot": "没有这块地", "note": "长期空置"}),
        **of("plot", IDLE, "idle-land", "idle-land-json"),
        **of("plot", IDLE, "idle-facts", get=False, post={"started": "false", "price": "1"}, upload="document"),
        **of("plot", IDLE, "idle-cause", get=False, post={"cause": "late_delivery", "start": "2024-01-01"}),
        **of("plot", IDLE, "idle-step", get=False, post={"state": "inquiry"}, upload="document"),
        **of("plot", IDLE, "idle-member", get=False, post={"username": "county_admin"}),
    }
