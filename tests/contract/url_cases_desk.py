"""Cases of the second half of casework: board, orders, bulletins, hand-over, a new version of a procedure."""

from __future__ import annotations

from datetime import date
from typing import Any

TODAY = date.today().isoformat()
GIVEN = {"recipient": "县政府", "purpose": "核对"}
ORDER = {"office": "街道办", "text": "请限期办结此案", "due_on": "2099-01-01"}
WORDS = {"title": "改名", "office": "单位", "lead": "导语", "lock_version": "1", "heading-0": "一", "text-0": "文字"}
PEOPLE = "?person={person}&to={person}"


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(what: str, *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"casework:{name}": (Case(what, {"ulid": f"{{{what}}}"}, **more),) for name in names}

    def plain(*names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"casework:{name}": (Case(**more),) for name in names}

    return {
        **lists("casework:supervisions"),
        **plain("board", "board-json", queries=("", "?definition=evaluation-appeal", "?town={code}", "?town=junk")),
        **plain("escalations", "escalations-json", queries=("", "?page=99")),
        **plain("escalations-note", get=False, post={}),
        **plain("hand-over", queries=("", PEOPLE), post={"person": "{person}", "to": "{person}", "reason": "移交"}),
        **plain("migrate", queries=("", "?renames=junk")),
        **plain("migrate-apply", get=False, post={"from": "1", "renames": "", "seen": "forged"}),
        **plain("bulletins", queries=("", "?page=9"), post={"kind": "week", "day": TODAY}),
        **of("bulletin", "bulletin", post=WORDS),
        **of("bulletin", "bulletin-json"),
        **of("bulletin", "bulletin-file", get=False, post={"form": "docx", **GIVEN}),
        **of("case", "pause", "resume", get=False, post={"reason": "等待裁定"}),
        **of("case", "comment", get=False, post={"text": "记一笔"}),
        **of("case", "supervise", post=ORDER),
        "casework:escalate": (Case("case", {"ulid": "{task}"}, get=False, post={"reason": "提请"}),),
        **of("supervision", "supervision", "supervision-json", "supervision-letter"),
        **of("supervision", "supervision-reply", get=False, post={"text": "已经办结此事"}),
        **of("supervision", "supervision-close", "supervision-return", get=False, post={"note": "同意"}),
    }
