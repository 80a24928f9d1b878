"""A scheme as a cycle or a run pins it: id, version, hash and the whole text, so that it compiles the same for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from django.utils.translation import gettext as _

from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.policy import service as policy
from tenglong.domain.evaluation.checks import compile_kept, compile_scheme
from tenglong.domain.evaluation.compiled import Compiled, PartialScheme
from tenglong.domain.policy import Document, PolicyError, load_yaml

KIND = "evaluation"


@dataclass(frozen=True)
class Pinned:
    """`text` is JSON of [own text, text of what it extends, …], so that nothing outside is asked again."""

    id: str
    version: str
    pin: str
    text: str
    compiled: Compiled = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    def columns(self) -> dict[str, Any]:
        """Columns of a cycle or a run."""
        return {
            "scheme_id": self.id, "scheme_version": self.version, "scheme_pin": self.pin, "scheme_text": self.text,
        }

    @classmethod
    def of(cls, scheme_id: str, version: str, pin: str, text: str) -> Pinned:
        return cls(scheme_id, version, pin, text, _compiled(scheme_id, text))


def pinned(reference: str, on: date | None = None) -> Pinned:
    """`ID@VERSION`, or `ID` as in force on the day. Raises EvaluationError with every problem of the text."""
    try:
        return pin_of(policy.current(KIND, reference, on).document)
    except (KeyError, LookupError) as error:
        told = error.args[0] if error.args else error
        raise EvaluationError(_("没有评价办法“%(name)s”：%(why)s") % {"name": reference, "why": told}) from error
    except PolicyError as error:
        raise EvaluationError(_("评价办法“%(name)s”有误：%(why)s") % {"name": reference, "why": error}) from error


def pin_of(document: Document) -> Pinned:
    """Raises PolicyError."""
    compiled = compile_scheme(document)
    return Pinned(document.id, document.version, document.pin, orjson.dumps(_texts(document)).decode(), compiled)


def from_text(scheme_id: str, text: str) -> Pinned:
    """A draft, for what-if; what it extends is taken as in force. Raises EvaluationError."""
    try:
        return pin_of(load_yaml(text, kind=KIND, id=scheme_id, parent=lambda kind, name: policy.current(kind, name).document))
    except (PolicyError, PartialScheme) as error:
        raise EvaluationError(str(error)) from error


def _texts(document: Document) -> list[list[str]]:
    found, at = [], document
    while at is not None:
        found.append([at.id, at.text])
        at = at.parent  # type: ignore[assignment]
    return found


@lru_cache(maxsize=32)
def _compiled(scheme_id: str, text: str) -> Compiled:
    return compile_kept(_load(orjson.loads(text)))


def _load(texts: list[list[str]]) -> Document:
    (name, text), rest = texts[0], texts[1:]
    return load_yaml(text, kind=KIND, id=name, parent=lambda _kind, _name: _load(rest), kept=True)
