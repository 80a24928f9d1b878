"""Networks by name."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.landing.permits.policy import KIND, Permits
from tenglong.domain.policy.document import Document
from tenglong.domain.policy.shelf import Ref, packaged, refs

__all__ = ["calendar", "compiled", "load", "presets"]


def presets() -> list[Ref]:
    """Networks that come with the program."""
    return refs(KIND)


@lru_cache(maxsize=32)
def load(name: str, *, on: date | None = None) -> Permits:
    """`ID@VERSION`, or `ID` where there is one version. Raises LookupError with a sentence."""
    return compiled(packaged(KIND, name, on=on))


def compiled(document: Document) -> Permits:
    return Permits.model_validate(document.data)


@lru_cache(maxsize=4)
def calendar(name: str = "cn") -> WorkCalendar:
    """The packaged calendar of working days."""
    return WorkCalendar.of(CalendarSpec.model_validate(packaged("calendar", name).data).years)
