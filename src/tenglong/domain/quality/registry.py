"""Checks say which rules they can report, for which kinds, and what they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenglong.domain.quality.issue import Issue
from tenglong.domain.quality.rules import RULES

if TYPE_CHECKING:
    from tenglong.domain.quality.subject import Subject

LAND = ("plots", "parcels")
DRAWN = (*LAND, "buildings")
ALL_KINDS = ("plots", "parcels", "links", "buildings", "enterprises", "occupancies", "accounts", "facts", "deals")


@dataclass(frozen=True)
class Check:
    """A function from one prepared batch to issues of `rules`."""

    run: Callable[[Subject], Iterable[Issue]]
    rules: tuple[str, ...]
    kinds: tuple[str, ...]
    needs: tuple[str, ...]


CHECKS: list[Check] = []


class NotApplicable(Exception):
    """Raised by a check that cannot say anything true about this data; the sentence goes to `skipped`."""


def check(*rules: str, kinds: tuple[str, ...], needs: tuple[str, ...] = ()
          ) -> Callable[[Callable[[Subject], Iterable[Issue]]], Callable[[Subject], Iterable[Issue]]]:
    """Register a check of `kinds`; `needs` are keys of `subject.NEEDS`. Raises ValueError for an undeclared rule."""
    if missing := [name for name in rules if name not in RULES]:
        raise ValueError(f"undeclared rules {missing}")

    def register(function: Callable[[Subject], Iterable[Issue]]) -> Callable[[Subject], Iterable[Issue]]:
        CHECKS.append(Check(function, rules, kinds, needs))
        return function

    return register
