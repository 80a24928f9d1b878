"""Cases of projects: board, record, forms, visits, promises, blockers, meetings, parks, the firm's own."""

from __future__ import annotations

from datetime import date
from typing import Any

TODAY = date.today().isoformat()
PROJECT, BLOCKER, MEETING, PROMISE = ({"ulid": f"{{{name}}}"} for name in ("project", "blocker", "meeting", "promise"))
LISTS = (
    "", "?q=机密&town={code}&sort=-pk", "?stage=junk&level=junk&park={park}&cluster=机密", "?on_min=junk&due_on_max=2030-01-01",
)
TABS = ("", "?tab=figures", "?tab=phases", "?tab=blockers", "?tab=service", "?tab=photos", "?print=1", "?on=2026-03-04")
HEAD = {"name": "改名", "division_code": "{code}", "needs": "land", "lock_version": "99"}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"projects:{name}": (Case(kind, parts, **more),) for name in names}

    return {
        **lists("projects:projects", "projects:visits", "projects:promises", "projects:blockers", "projects:meetings",
                queries=LISTS),
        **of("", {}, "board", queries=("", "?town={code}")),
        **of("", {}, "solving"),
        **of("", {}, "new", post={**HEAD, "on": TODAY, "total_investment_fen": "junk"}, drops=True),
        **of("project", PROJECT, "project", queries=TABS),
        **of("project", PROJECT, "project-json", "path", queries=("", "?on=2026-03-04")),
        **of("project", PROJECT, "edit", post=HEAD),
        **of("project", PROJECT, "phases", post={"p-TOTAL_FORMS": "0", "p-INITIAL_FORMS": "0"}),
        **of("project", {**PROJECT, "kind": "invest"}, "months", queries=("", "?year=2026&phase=1"), post={"p1": "1"}),
        **of("project", PROJECT, "milestone", get=False, post={"kind": "approved", "planned_on": TODAY}),
        **of("project", PROJECT, "member", get=False, post={"person": "1", "duty": "member"}),
        **of("project", PROJECT, "stop", get=False, post={"on": TODAY, "reason": "核对"}),
        **of("project", PROJECT, "visit-new", post={"on": TODAY, "met": "某人", "told": "情况正常"}),
        **of("project", PROJECT, "photo", get=False, post={"on": TODAY}, upload="photos"),
        **of("project", PROJECT, "blocker-new", post={"title": "没水", "field": "other", "on": TODAY}),
        **of("visit", {"ulid": "{visit}"}, "visit"),
        **of("visit", {"pk": "{picture}"}, "picture"),
        **of("promise", PROMISE, "promise"),
        **of("promise", {**PROMISE, "name": "answer"}, "promise-step", get=False, post={"text": "会办"}),
        **of("blocker", BLOCKER, "blocker", "blocker-json"),
        **of("blocker", {**BLOCKER, "name": "change"}, "blocker-step", get=False, post={"office": "某局", "lock_version": "1"},
             also=("project.work",)),
        **of("", {}, "meeting-new", drops=True,
             post={"title": "会议", "on": TODAY, "level": "team", "division_code": "{code}"}),
        **of("meeting", MEETING, "meeting", "minutes"),
        **of("meeting", {**MEETING, "name": "add"}, "meeting-step", get=False, also=("project.work",),
             post={"code": "{project_code}", "matter": "议题"}),
        **of("park", {"ulid": "{park}"}, "park", "park-json", queries=("", "?on=2026-03-04")),
        **of("", {}, "own-list"),
        **of("enterprise", PROJECT, "own"),
        **of("enterprise", PROJECT, "own-ask", get=False, post={"question": "路何时通"}),
    }
