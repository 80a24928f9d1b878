"""The words a list page is declared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from tenglong.web import formats

Text = str | Promise
Choices = Sequence[tuple[str, Text]] | Callable[[Any], Sequence[tuple[str, Text]]]

#: formats shown at the right edge, with tabular figures
NUMBERS = frozenset({"mu", "m2", "wan_yuan", "int", "number", "percent"})


@dataclass(frozen=True)
class Column:
    """One column. `source` is the ORM path (default `name`).

    `format`: text code mu m2 wan_yuan int number date chip choice.

    `kind` names the word list of chips and choices; `total` sums it in the last row; `lead` is the title of a card;
    `computed` columns are filled by `ListPage.decorate` and cannot be sorted; `wrap` shows long sentences in full.
    """

    name: str
    label: Text
    source: str = ""
    unit: Text = ""
    format: str = "text"
    kind: str = ""
    total: bool = False
    default: bool = True
    sortable: bool = True
    lead: bool = False
    computed: bool = False
    wrap: bool = False

    @property
    def path(self) -> str:
        return self.source or self.name

    @property
    def numeric(self) -> bool:
        return self.format in NUMBERS

    @property
    def can_sort(self) -> bool:
        """A computed column sorts only by the stored one that it stands for."""
        return self.sortable and (not self.computed or bool(self.source))

    def text(self, value: Any) -> str:
        """The value as people read it, without the unit."""
        if value is None or value == "":
            return ""
        shapers: dict[str, Callable[[Any], str]] = {
            "mu": formats.mu,
            "m2": formats.square_metres,
            "wan_yuan": formats.wan_yuan,
            "int": formats.thousands,
            "number": formats.thousands,
            "date": formats.day,
            "chip": self._word,
            "choice": self._word,
        }
        return shapers.get(self.format, str)(value)

    def _word(self, value: Any) -> str:
        return str(formats.choice(self.kind, value))

    def tone(self, value: Any) -> str:
        return formats.tone(self.kind, value) if self.format == "chip" and value else ""


@dataclass(frozen=True)
class Filter:
    """One condition. `kind`: text (any of `source` contains it), choice, range and date (`_min`, `_max`), flag.

    `unit` of a range: mu and m2 are turned into cm², wan_yuan into 分. `choices` may be a function of the user.
    """

    name: str
    label: Text
    kind: str = "text"
    source: str | Sequence[str] = ""
    choices: Choices = ()
    unit: str = ""
    prefix: bool = False  # text: starts with, served by an index

    @property
    def paths(self) -> tuple[str, ...]:
        return ((self.source or self.name),) if isinstance(self.source, str) else tuple(self.source)

    def choices_for(self, user: Any) -> list[tuple[str, Text]]:
        return list(self.choices(user) if callable(self.choices) else self.choices)


@dataclass(frozen=True)
class Tool:
    """A button of the tool bar."""

    label: Text
    url_name: str
    verb: str
    icon: str = "plus"
    primary: bool = False
    query: str = ""


@dataclass(frozen=True)
class Action:
    """A batch action on ticked rows; they arrive as `pick=<ulid>` in the query of `url_name`."""

    label: Text
    url_name: str
    verb: str
    needs: int = 1
    icon: str = "edit"
