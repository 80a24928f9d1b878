"""Cases of the evaluation from the trial run to the archive; `run`, `cycle`, `snapshot` carry counts and are every office's."""

from __future__ import annotations

from typing import Any

FIRM = {"ulid": "{run}", "key": "{uscc1}"}
CYCLE, RUN, SNAPSHOT = {"ulid": "{cycle}"}, {"ulid": "{run}"}, {"ulid": "{snapshot}"}
PUBLICATION = {"ulid": "{publication}"}
CLEAR = ("sensitive.view",)
APPEAL = {"ground": "grade", "text": "不服", "source": "电话"}
ADJUST = {"to_grade": "B", "reason": "核实", "decision_number": "纪要1号", "decision_dated": "2024-06-10"}



def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of_firm(prefix: str, also: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
        """Pages of one firm: for an office in scope, and for the firm itself."""
        return {
            f"evaluation:{prefix}result": (Case("enterprise", FIRM),),
            f"evaluation:{prefix}result-json": (Case("enterprise", FIRM),),
            f"evaluation:{prefix}result-book": (Case("enterprise", FIRM, also=also),),
            f"evaluation:{prefix}result-print": (Case("enterprise", FIRM, also=also),),
            f"evaluation:{prefix}source": (Case("enterprise", {**FIRM, "column": "tax_paid"}),),
            f"evaluation:{prefix}appeal-new": (Case("enterprise", FIRM, post=APPEAL),),
            f"evaluation:{prefix}appeal": (Case("enterprise", {"ulid": "{appeal}"}),),
            f"evaluation:{prefix}appeal-withdraw": (
                Case("enterprise", {"ulid": "{appeal}"}, get=False, post={"reason": "撤回申诉"}),),
        }

    def plain(parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"evaluation:{name}": (Case(parts=parts, **more),) for name in names}

    return {
        **lists("evaluation:results", queries=("", "?run={run}&grade=A", "?run=junk", "?town={code}&q=机密&sort=-total")),
        **of_firm("", CLEAR), **of_firm("own-", ()),
        **plain(RUN, "run", "run-json", "run-plots", "leaders", "notices", queries=("", "?by=industry&page=99")),
        **plain(RUN, "run-book", also=("sensitive.view", "export.make")),
        **plain(CYCLE, "runs", "publications", "appeals", "adjustments", "closing", "minutes"),
        **plain({}, "adjustments-year", "adjustments-year-json", queries=("", "?year=2023", "?year=junk")),
        **plain({}, "compare", "compare-json", queries=("", "?before={run}&after={run}")),
        **plain({}, "schemes", "schemes-json", "whatif-pick"),
        **plain({"id": "demo", "version": "1"}, "scheme", "own-scheme"),
        **plain(PUBLICATION, "publication", "publication-json", "publication-file", "publication-print", "publication-csv",
                "publication-docx"),
        **plain(CYCLE, "run-start", get=False, post={"kind": "trial"}),
        **plain(CYCLE, "finalise", "archive", get=False, post={"minutes_number": "1"}),
        **plain(RUN, "notice-serve", get=False, upload="proof",
                post={"firm": "{uscc1}", "served_on": "2024-06-10", "how": "直接送达"}),
        **plain(RUN, "publication-new", post={"starts_on": "2024-06-01", "ends_on": "2024-06-20", "order": "town"}),
        **plain({**PUBLICATION, "name": "withdraw"}, "publication-step", get=False, post={"reason": "名单有误"}),
        **plain(SNAPSHOT, "whatif", post={"cuts.all.A": "30"}),
        **plain(SNAPSHOT, "whatif-run", get=False, post={"cuts.all.A": "30"}),
        **plain(SNAPSHOT, "whatif-save", get=False, post={"cuts.all.A": "30"}, also=("evaluation.whatif",)),
        "evaluation:adjustment-new": (Case("enterprise", FIRM, post=ADJUST, upload="document"),),
        "evaluation:adjustment": (Case("enterprise", {"ulid": "{adjustment}"}),),
        "evaluation:adjustment-step": (
            Case("enterprise", {"ulid": "{adjustment}", "name": "approve"}, get=False, post={"reason": "同意"},
                 also=("evaluation.approve",)),),
        "evaluation:appeal-reply": (
            Case("enterprise", {"ulid": "{appeal}"}, get=False, post={"outcome": "rejected", "reply": "核实"}),),
        "evaluation:appeal-letter": (Case("enterprise", {"ulid": "{appeal}"}),),
        "evaluation:own-appeal-letter": (Case("enterprise", {"ulid": "{appeal}"}),),
}
