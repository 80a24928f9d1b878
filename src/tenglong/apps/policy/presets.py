"""Packaged presets: read-only YAML files beside the code. No Django here, so that file checks can use it."""

from __future__ import annotations

from datetime import date
from functools import cache

from tenglong.domain.policy import Document
from tenglong.domain.policy.heads import Head, head
from tenglong.domain.policy.schemas import BODY_SCHEMAS
from tenglong.domain.policy.shelf import packaged, refs


def names() -> list[tuple[str, str]]:
    """(kind, name) of every packaged policy; the name is the file's: an id, or ID@VERSION."""
    return [(kind, ref.stem) for kind in sorted(BODY_SCHEMAS) for ref in refs(kind)]


def heads() -> list[Head]:
    """Every packaged policy by its header alone, in the order of `names`. Raises PolicyError for a broken one."""
    return [head(ref) for kind in sorted(BODY_SCHEMAS) for ref in refs(kind)]


@cache
def load(kind: str, id: str, on: date | None = None) -> Document:  # noqa: A002
    """By id or ID@VERSION; with `on` the version valid that day. Raises KeyError with a sentence, PolicyError when broken."""
    try:
        return packaged(kind, id, on=on)
    except LookupError as error:
        raise KeyError(str(error.args[0])) from error
