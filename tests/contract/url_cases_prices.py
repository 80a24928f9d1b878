"""Cases of the comparison of prices: deals belong to no town, so whoever may see deals sees them all."""

from __future__ import annotations

from typing import Any

GIVEN = {"recipient": "县政府", "purpose": "核对"}
QUERIES = ("", "?place=公开&by=city,method", "?place={code}&first=2017&last=2016&use=junk&method=junk&by=junk")


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""
    return {
        "supply:prices": (Case(queries=QUERIES),), "supply:prices-json": (Case(queries=QUERIES),),
        "supply:prices-export": (Case(get=False, post=GIVEN, also=("deal.view",)),),
    }
