"""Where higher apps join in: guards that a definition names, and what follows a move in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tenglong.apps.accounts.scope import can
from tenglong.apps.casework.models import Case, CaseEvent
from tenglong.web import access


@dataclass(frozen=True)
class Moved:
    """A case that was opened (`transition` is `open`) or moved; `fields` and `documents` are what the step brought."""

    case: Case
    event: CaseEvent
    actor: Any
    transition: str
    before: str
    after: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[str, ...] = ()


#: raises to undo the move
OnMove = Callable[[Moved], None]
#: (case, params of the definition, acting user) → "" or a sentence why not
Guard = Callable[[Case, Mapping[str, Any], Any], str]

#: (case, acting user) → what papers the end of the case asks for: (label, on file, sentence while it is not)
Checklist = Callable[[Case, Any], list[tuple[str, bool, str]]]



@dataclass(frozen=True)
class About:
    """One thing that a case is about: what it is (地块), its name, and its page where the reader may open it."""

    label: str
    text: str
    url: str = ""


#: (case, acting user) → what of the owning app the case is about and this person may see
Abouts = Callable[[Case, Any], Iterable[About]]

_on_move: dict[str, list[OnMove]] = {}
_guards: dict[str, Guard] = {}
_checklists: dict[str, Checklist] = {}
_abouts: list[Abouts] = []


def on_move(definition_id: str, function: OnMove) -> None:
    """`function` runs inside the transaction of every move of that definition; the same one is kept once."""
    known = _on_move.setdefault(definition_id, [])
    if function not in known:
        known.append(function)


def guard(name: str, function: Guard) -> None:
    """A guard that definitions use as `checks: [{name: …}]`. Raises ValueError when the name is another function's."""
    if _guards.setdefault(name, function) is not function:
        raise ValueError(f"检查项 {name} 已经登记过")


def checklist(definition_id: str, function: Checklist) -> None:
    """Shown on the page of every open case of that definition, from its first day on."""
    _checklists[definition_id] = function


def checklist_of(case: Case, user: Any) -> list[tuple[str, bool, str]]:
    """Empty where the definition has none, and for a case that is closed."""
    function = _checklists.get(case.definition)
    return function(case, user) if function and case.open else []


def about(function: Abouts) -> None:
    """Links from the page of a case to records of another app; the same function is kept once."""
    if function not in _abouts:
        _abouts.append(function)


def about_case(case: Case, user: Any) -> list[About]:
    return [one for function in _abouts for one in function(case, user)]


def page_of(user: Any, url_name: str, *args: str) -> str:
    """Address of a page, "" when its verb is not one of the user's."""
    verb = access.verb_of(url_name)
    return reverse(url_name, args=args) if verb and can(user, verb) else ""


def forget(name: str, function: Guard | OnMove) -> None:
    """Take this guard, or this hook of a definition, away again (tests); those of others stay."""
    if _guards.get(name) is function:
        del _guards[name]
    _on_move[name] = [known for known in _on_move.get(name, ()) if known is not function]


def guards() -> dict[str, Guard]:
    return dict(_guards)


def tell(moved: Moved) -> None:
    for function in _on_move.get(moved.case.definition, ()):
        function(moved)
