"""Findings of low-efficiency land of two years under the 上虞 set, and idle land in different states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import service as register
from tenglong.apps.renewal.service import findings, idle
from tenglong.demo.county import MARK
from tenglong.demo.story import Stage
from tenglong.domain.renewal import idle as rule

CRITERIA = "zj-shangyu"
YEARS = (2024, 2025)
PRICE = 12_000_000_00  # 分, invented


@dataclass(frozen=True)
class Tale:
    """One idle plot: how late it is, whether work began, how far the matter went; `cause`: the government delayed it."""

    steps: tuple[str, ...]
    late: int = 0
    stalled: bool = False
    cause: bool = False


TALES = (
    Tale(()),
    Tale(("inquiry",), late=500),
    Tale(("inquiry", "recognised"), late=450, cause=True),
    Tale(("inquiry", "recognised", "agreed"), late=600, stalled=True),
    Tale(("inquiry", "recognised", "hearing", "fee_decided"), late=500),
)
#: days before today on which a matter begins, and days between its steps
BEGAN, APART = 150, 30


def play(stage: Stage) -> None:
    """Runs first, so that idle land that was recognised afterwards stands in the next one."""
    for year in YEARS:
        findings.run(stage.officer, year, CRITERIA)
    plots = registry.plots(stage.officer).filter(status="idle_suspected").order_by("code")[: len(TALES)]
    for plot, tale in zip(plots, TALES, strict=False):
        _tell(stage, plot, tale)


def _tell(stage: Stage, plot: Any, tale: Tale) -> None:
    today = timezone.localdate()
    began = max(today - timedelta(days=BEGAN), plot.valid_from)
    made = idle.open_clue(stage.officer, plot.plot.ulid, note="摸排时发现长期没有动工、没有人用（示范）。", on=began)
    if tale.steps:
        paper = _paper(stage, plot, "权利人说明和现场照片", began)
        idle.enter_facts(stage.officer, made, _facts(tale, today), document=paper, price_fen=PRICE)
    if tale.cause:
        proof = _paper(stage, plot, "交付延期的函", began)
        idle.add_cause(stage.officer, made, "late_delivery", start=today - timedelta(days=tale.late), document=proof)
    for at, state in enumerate(tale.steps, 1):
        day = min(began + timedelta(days=APART * at), today)
        paper = _paper(stage, plot, rule.load().state(state).document, day)
        idle.step(stage.officer, made, state, document=paper, on=day)


def _facts(tale: Tale, today: date) -> dict[str, Any]:
    since = today - timedelta(days=tale.late)
    if tale.stalled:
        shares = {"built_share": Fraction(1, 5), "invested_share": Fraction(1, 10)}
        return {"started": True, "stopped": True, "stopped_on": since, **shares}
    return {"started": False, "agreed_start": since}


def _paper(stage: Stage, plot: Any, name: str, day: date) -> Any:
    """A document of one sentence on the plot, marked as invented."""
    text = f"{name}\n{plot.code}\n{day}\n\n（{MARK}，内容虚构）\n"
    return register.add_document(
        stage.officer, f"{name}.txt", text.encode(), kind="other", dated=day, subject_type="plot", subject_id=plot.plot_id)
