"""Refusals of casework, each a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from tenglong.domain.casework.wording import Block


class CaseError(ValueError):
    """The step is not possible; the message says why. `blocks`: the single reasons, when there are several."""

    def __init__(self, message: str, blocks: Iterable[Block] = ()) -> None:
        self.blocks = tuple(blocks)
        super().__init__(message)


class CaseConflict(CaseError):
    """Somebody else was first."""


def refused(blocks: Iterable[Block]) -> CaseError:
    """The reasons as one message, in the language of the reader."""
    told = tuple(blocks)
    return CaseError("；".join(sentence(block) for block in told), told)


def sentence(block: Block) -> str:
    return block.sentence(gettext)
