"""投资协议–监管协议–出让合同–补充协议: which paper stands for an indicator or a node on a date, and where papers differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from tenglong.domain.landing.covenant.policy import PaperKind

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Paper:
    """`effective_on`: the day from which it holds; `id` breaks ties in the order of entry."""

    id: int
    kind: str
    effective_on: date
    number: str = ""


@dataclass(frozen=True)
class Line(Generic[T]):
    """What one paper says of one thing. `terms` None: this paper takes the thing out again."""

    paper: Paper
    terms: T | None


@dataclass(frozen=True)
class Standing(Generic[T]):
    """`line`: what is used; `living`: all not superseded; `over`: what a supplement ended; `conflict`: living papers differ."""

    line: Line[T] | None = None
    living: tuple[Line[T], ...] = ()
    over: tuple[Line[T], ...] = ()

    @property
    def conflict(self) -> bool:
        return len({line.terms for line in self.living}) > 1

    @property
    def terms(self) -> T | None:
        return self.line.terms if self.line else None


def standing(lines: Iterable[Line[T]], on: date, kinds: Mapping[str, PaperKind]) -> Standing[T]:
    """What stands on `on`. A supplement supersedes everything effective on its day or before; papers of the chain stand
    side by side and the one of the highest rank is used. Raises LookupError for a kind that the policy does not know."""
    begun = sorted((line for line in lines if line.paper.effective_on <= on), key=_entered)
    for line in begun:
        if line.paper.kind not in kinds:
            raise LookupError(f"政策参数里没有文书种类“{line.paper.kind}”，可用：{'、'.join(kinds)}")
    turns = [line.paper.effective_on for line in begun if kinds[line.paper.kind].supersedes]
    last = max(turns, default=None)
    living = tuple(line for line in begun if _lives(line, last, kinds))
    used = max(living, key=lambda line: _weight(line, kinds), default=None)
    return Standing(used, living, tuple(line for line in begun if line not in living))


def _entered(line: Line[T]) -> tuple[date, int]:
    return line.paper.effective_on, line.paper.id


def _lives(line: Line[T], last: date | None, kinds: Mapping[str, PaperKind]) -> bool:
    if last is None:
        return True
    day = line.paper.effective_on
    return day == last if kinds[line.paper.kind].supersedes else day > last


def _weight(line: Line[T], kinds: Mapping[str, PaperKind]) -> tuple[bool, int, date, int]:
    """A paper of the chain that is newer than the last supplement comes before it; else rank, then day."""
    kind = kinds[line.paper.kind]
    return not kind.supersedes, kind.rank, line.paper.effective_on, line.paper.id
