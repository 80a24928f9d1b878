"""Cases of towers by floor and of ready plants for a project."""

from __future__ import annotations

from typing import Any

TOWER, PROJECT = {"ulid": "{tower}"}, {"ulid": "{plant_project}"}
HEAD = {"name": "改名", "division_code": "{code}", "lock_version": "1"}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"projects:{name}": (Case(kind, parts, **more),) for name in names}

    return {
        **of("", {}, "tower-board"),
        **lists("projects:towers", queries=(
            "", "?town={code}&q=机密&sort=-investment_fen", "?progress=junk&head=1&featured=0")),
        **of("", {}, "tower-new", post={**HEAD, "name": "新楼"}, drops=True),
        **of("tower", TOWER, "tower", "tower-json", queries=("", "?on=2024-03-01")),
        **of("tower", TOWER, "tower-edit", post=HEAD),
        **of("tower", TOWER, "tower-floor", get=False, post={"floor": "2", "lettable_cm2": "10"}),
        **of("tower", TOWER, "tower-tenant", get=False,
             post={"floor": "{tower_floor}", "name": "新租户", "area_cm2": "1", "since": "2024-01-01"}),
        **of("tower", {**TOWER, "pk": "{tenancy}"}, "tower-tenant-end", get=False, post={"until": "2024-02-01"}),
        **of("plant_project", PROJECT, "plants", "plants-json"),
        **of("plant_project", PROJECT, "plants-ask", get=False, post={"area_cm2": "20", "lock_version": "1"}),
    }
