"""Cases of the counters, the rows behind them and the effect on one firm."""

from __future__ import annotations

from typing import Any

ROW = {"ulid": "{treated}"}
GIVEN = {"recipient": "县政府", "purpose": "核对"}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"renewal:{name}": (Case(kind, parts, **more),) for name in names}

    return {
        **of("", {}, "treated", "treated-json"),
        **of("", {}, "treated-export", get=False, post=GIVEN, also=("renewal.view",)),
        **lists("renewal:treated-rows", queries=("", "?counter=land_treated&year=2024", "?counter=junk&year=junk&state=junk",
                                                 "?town={code}&q=机密&sort=-land_cm2", "?state=void&route=upgrade")),
        **of("plot", ROW, "treated-row", "treated-row-json"),
        **of("plot", ROW, "treated-void", get=False, post={"reason": "登记有误"}),
        **of("enterprise", ROW, "own-treated"),
    }
