"""Cases of the permit network: board, what departments owe, one network, its steps, papers and receipts."""

from __future__ import annotations

from datetime import date
from typing import Any

NETWORK, LOCK = {"ulid": "{permit}"}, {"lock_version": "9"}
STEP = {**NETWORK, "step": "land_permit"}
DAY = {"on": date.today().isoformat(), **LOCK}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"projects:{name}": (Case(kind, parts, **more),) for name in names}

    def post(parts: dict[str, str], name: str, data: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
        return of("permit", parts, name, get=False, post=data)

    return {
        **of("", {}, "permits", "permits-json", queries=("", "?town={code}&q=机密", "?page=junk&town=junk")),
        **of("", {}, "permits-owed", queries=("", "?town={code}&format=json", "?department=junk")),
        "projects:permit-new": (Case(), Case(
            "permit", queries=("?project={permit_project}",), post={"policy": "zj-90", "on": DAY["on"]})),
        **of("permit", NETWORK, "permit", "permit-json"),
        **of("permit", NETWORK, "permit-papers", post={"p-TOTAL_FORMS": "0", "p-INITIAL_FORMS": "0", **DAY}),
        **of("permit", STEP, "permit-step"),
        "projects:permit-move": tuple(
            Case("permit", {**STEP, "name": name}, get=False, post=data) for name, data in (
                ("start", DAY), ("omit", {"reason": "核对", **LOCK}))),
        **post(NETWORK, "permit-flip", DAY),
        **post(NETWORK, "permit-route", {"route": "serial", **LOCK}),
        **post(STEP, "permit-owe", {"material": "agent", "due_on": DAY["on"], "person": "核对", **LOCK}),
        **post({**NETWORK, "paper": "{permit_paper}"}, "permit-paper-void", {"reason": "核对", **LOCK}),
        **of("permit", {"ulid": "{permit_receipt}"}, "permit-receipt"),
        **of("enterprise", NETWORK, "own-permit"),
        **of("enterprise", {"ulid": "{permit_receipt}"}, "own-receipt"),
    }
