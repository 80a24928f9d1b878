"""The way of one holder: signed, funds in place, vacated, demolished, delivered. What a date may not be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tenglong.domain.landing.clearance.policy import STAGES, Stage

LABELS: Final[dict[Stage, str]] = {
    "signed": "签约", "funded": "资金到位", "vacated": "腾空", "demolished": "拆除", "delivered": "交付",
}
#: stage → stages that come before it; funds are paid in parts and stand beside the line
BEFORE: Final[dict[Stage, tuple[Stage, ...]]] = {
    "signed": (), "funded": ("signed",), "vacated": ("signed",), "demolished": ("vacated",), "delivered": ("vacated",),
}
#: colours of the map, furthest first; funds are no colour
SHOWN: Final[tuple[str, ...]] = ("demolished", "vacated", "signed", "unsigned")


@dataclass(frozen=True)
class Dates:
    """Days on which something happened; None: not yet."""

    listed: date
    signed: date | None = None
    funded: date | None = None
    vacated: date | None = None
    demolished: date | None = None
    delivered: date | None = None
    dropped: date | None = None

    def on(self, stage: Stage) -> date | None:
        found: date | None = getattr(self, stage)
        return found

    def put(self, stage: Stage, day: date | None) -> Dates:
        """The same with another day for one stage."""
        return replace(self, **{stage: day})  # type: ignore[arg-type]

    def counts(self, day: date) -> bool:
        """In the list on that day: entered, and not taken off it."""
        return self.listed <= day and (self.dropped is None or day < self.dropped)

    def reached(self, stage: Stage, day: date) -> bool:
        at = self.on(stage)
        return at is not None and at <= day


def problems(dates: Dates, today: date) -> list[str]:
    """Why these days cannot stand; empty when they can."""
    found = []
    for stage in STAGES:
        at = dates.on(stage)
        if at is None:
            continue
        if at > today:
            found.append(f"{LABELS[stage]}日期 {at} 还没有到；发生了才登记，预计的不登记")
        if at < dates.listed:
            found.append(f"{LABELS[stage]}日期 {at} 早于列入名单的日期 {dates.listed}")
        for before in BEFORE[stage]:
            earlier = dates.on(before)
            if earlier is None:
                found.append(f"还没有{LABELS[before]}，不能登记{LABELS[stage]}")
            elif at < earlier and stage != "funded":
                found.append(f"{LABELS[stage]}日期 {at} 早于{LABELS[before]}日期 {earlier}")
    return found


def standing(dates: Dates, day: date) -> str:
    """Which of the four colours the land of a holder has on a day: unsigned, signed, vacated, demolished."""
    for name in SHOWN[:-1]:
        if dates.reached(name, day):  # type: ignore[arg-type]
            return name
    return SHOWN[-1]
