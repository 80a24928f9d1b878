"""Cases of plans and site searches: of whom they name, and of nobody else whatever the role."""

from __future__ import annotations

from typing import Any

PLAN, SITE = {"ulid": "{plan}"}, {"ulid": "{site}"}
GIVEN = {"recipient": "县政府", "purpose": "核对"}
PARTS = {"title": "方案", "aim": "least_shortfall", "target_all": "1", "max_members": "4", "seconds": "5", "first": "2025",
         "count": "1"}
LOCKS = {"lock-TOTAL_FORMS": "0", "lock-INITIAL_FORMS": "0"}


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"renewal:{name}": (Case(kind, parts, **more),) for name in names}

    return {
        **of("", {}, "plans", "plans-json", "sites", "sites-json", queries=("", "?q=机密&plan={plan}")),
        **of("", {}, "plan-new", queries=("", "?first=junk&count=99&run=x"), post=PARTS),
        **of("", {}, "site-new", post={"title": "选址", "min_mu": "0"}),
        **of("plan", PLAN, "plan", "plan-json", "plan-progress", "plan-readers"),
        **of("plan", {**PLAN, "code": "{plot_code1}"}, "plan-plot", "plan-plot-json"),
        **of("plan", {**PLAN, "other": "{plan}"}, "plan-compare", "plan-compare-json"),
        **of("plan", PLAN, "plan-edit", post={**PARTS, **LOCKS}),
        **of("plan", PLAN, "plan-solve", "plan-cancel", "plan-submit", "plan-publish", get=False, post={}),
        **of("plan", PLAN, "plan-retire", "plan-return", get=False, post={"reason": "有误"}),
        **of("plan", PLAN, "plan-approve", get=False, post={}, upload="document"),
        **of("plan", PLAN, "plan-export", get=False, post=GIVEN, also=("export.make",)),
        **of("plan", PLAN, "plan-reader-add", get=False, post={"person": "{person}", "reason": "属地"}),
        **of("plan", {**PLAN, "pk": "{plan_reader}"}, "plan-reader-drop", get=False, post={"reason": "调离"}),
        **of("site", SITE, "site", "site-json", "site-readers"),
        **of("site", SITE, "site-again", get=False, post={}),
        **of("site", SITE, "site-export", get=False, post=GIVEN, also=("export.make",)),
        **of("site", SITE, "site-reader-add", get=False, post={"person": "{person}", "reason": "属地"}),
        **of("site", {**SITE, "pk": "{site_reader}"}, "site-reader-drop", get=False, post={"reason": "调离"}),
    }
