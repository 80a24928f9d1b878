"""The header of a policy alone: its lines are few, and a list of fifty policies needs no more."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tenglong.domain import presets
from tenglong.domain.policy.document import HEADER_KEYS, Header
from tenglong.domain.policy.shelf import Ref, file_of, packaged

#: keys of a body that a list shows
SHOWN: Final = ("name",)


@dataclass(frozen=True)
class Head:
    """A packaged policy as a list tells it. `header` says what its own text says: an extended policy may not know more."""

    ref: Ref
    header: Header
    name: str
    sha256: str

    @property
    def file(self) -> str:
        return file_of(self.ref)


def head(ref: Ref) -> Head:
    """By the lines of the header; a text whose header cannot be read so is loaded in full, which raises PolicyError."""
    text = presets.preset(file_of(ref))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return _head(ref, sha256, text) or _full(ref)


@lru_cache(maxsize=512)
def _head(ref: Ref, sha256: str, text: str) -> Head | None:
    try:
        said: Any = YAML(typ="safe", pure=True).load(lines_of(text)) or {}
        name = said.pop("name", "")
        header = Header.model_validate(said)
    except (YAMLError, ValidationError, ValueError, AttributeError):
        return None
    fits = header.policy_kind in ("", ref.kind) and header.policy_id in ("", ref.id)
    whole = isinstance(name, str) and (not ref.version or header.version == ref.version)
    return Head(ref, header, name, sha256) if fits and whole else None


def lines_of(text: str) -> str:
    """Top-level entries of the header and of what a list shows, as they stand in the text."""
    kept, on = [], False
    for line in text.splitlines():
        if line[:1].strip() and not line.startswith("#"):
            key, colon, _rest = line.partition(":")
            on = bool(colon) and (key in HEADER_KEYS or key in SHOWN)
        if on:
            kept.append(line)
    return "\n".join(kept)


def _full(ref: Ref) -> Head:
    document = packaged(ref.kind, ref.stem)
    return Head(ref, document.header, str(document.data.get("name", "")), document.sha256)
