"""Sets of criteria as a run pins them, and which of them a person may choose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

from tenglong.apps.policy import service as policy
from tenglong.apps.renewal.errors import RenewalError
from tenglong.domain.policy import Document, PolicyError, load_yaml
from tenglong.domain.renewal.criteria.checks import Criteria, compile_criteria
from tenglong.domain.renewal.criteria.formula import in_order
from tenglong.domain.renewal.criteria.wording import filled, unit_text, value_text

KIND: Final = "low_efficiency"
#: parameter of a set: days in which a holder may object, counted from the day of the run
OBJECTION: Final = "objection_days"


@dataclass(frozen=True)
class Pinned:
    """`text` is JSON of [own text, text of what it extends, …]: nothing outside is asked again."""

    id: str
    version: str
    pin: str
    text: str
    criteria: Criteria = field(repr=False)

    @property
    def label(self) -> str:
        return self.criteria.policy.name

    @property
    def objection_days(self) -> int | None:
        """None: the set says nothing of a term."""
        one = self.criteria.policy.parameters.get(OBJECTION)
        return None if one is None or one.value is None else int(one.value)

    def inputs(self, criterion: str) -> frozenset[str]:
        """Inputs that a criterion looks at, its figures opened up."""
        return self.behind(f"criteria.{criterion}.")

    def behind(self, prefix: str) -> frozenset[str]:
        """Inputs that the formulas at this place of the text read."""
        formulas, figures = self.criteria.formulas, self.criteria.figures
        read = {name for path, one in formulas.items() if path.startswith(prefix) for name in one.names}
        for name in in_order(sorted(read), figures):
            read |= figures[name].names
        return frozenset(read & self.criteria.inputs.keys())

    def rule(self, criterion: str) -> str:
        """The condition in words, with the values of its parameters."""
        criteria = self.criteria
        labels = {name: one.label for name, one in criteria.inputs.items()}
        for name, one in criteria.policy.parameters.items():
            labels[name] = one.label if one.value is None else f"{one.label}（{_amount(one.value, one.unit)}）"
        for part in (criteria.policy.means, criteria.policy.figures):
            labels.update({name: one.label for name, one in part.items()})
        formulas = criteria.formulas
        told = filled(formulas[f"criteria.{criterion}.when"].expr, labels, criteria.inputs)
        if applies := formulas.get(f"criteria.{criterion}.applies"):
            told = _("%(applies)s时，%(told)s") % {"applies": filled(applies.expr, labels, criteria.inputs), "told": told}
        return told


def _amount(value: Any, unit: str) -> str:
    return value_text(Fraction(str(value)), unit_text(unit))


@dataclass(frozen=True)
class Choice:
    """A set in force; `verified` False: its values are still to be checked."""

    reference: str
    label: str
    verified: bool


def pinned(reference: str, on: date | None = None) -> Pinned:
    """`ID@VERSION`, or `ID` as in force on the day. Raises RenewalError with every problem of the text."""
    try:
        document = policy.current(KIND, reference, on).document
        return _pin(document)
    except (KeyError, LookupError) as error:
        told = error.args[0] if error.args else error
        raise RenewalError(_("没有识别标准“%(name)s”：%(why)s") % {"name": reference, "why": told}) from error
    except PolicyError as error:
        raise RenewalError(_("识别标准“%(name)s”有误：%(why)s") % {"name": reference, "why": error}) from error


def _pin(document: Document) -> Pinned:
    text = orjson.dumps(_texts(document)).decode()
    return Pinned(document.id, document.version, document.pin, text, _compiled(text))


def of_run(run: Any) -> Pinned:
    """The set by which a run was made."""
    return Pinned(run.policy_id, run.policy_version, run.policy_pin, run.policy_text, _compiled(run.policy_text))


def choices() -> list[Choice]:
    """Sets in force, those that are verified first."""
    found: dict[str, Choice] = {}
    for row in policy.listing():
        if row["kind"] != KIND or row["state"] not in ("approved", "packaged"):
            continue
        try:
            one = pinned(f"{row['id']}@{row['version']}")
        except RenewalError:
            continue
        verified = one.criteria.document.header.verified == "verified"
        found.setdefault(f"{one.id}@{one.version}", Choice(f"{one.id}@{one.version}", one.label, verified))
    return sorted(found.values(), key=lambda one: (not one.verified, one.reference))


def _texts(document: Document) -> list[list[str]]:
    found, at = [], document
    while at is not None:
        found.append([at.id, at.text])
        at = at.parent  # type: ignore[assignment]
    return found


@lru_cache(maxsize=32)
def _compiled(text: str) -> Criteria:
    return compile_criteria(_load(orjson.loads(text)))


def _load(texts: list[list[str]]) -> Document:
    (name, text), rest = texts[0], texts[1:]
    return load_yaml(text, kind=KIND, id=name, parent=lambda _kind, _name: _load(rest))
