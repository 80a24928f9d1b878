"""Where a value of a policy stands: in its own text, or in the text it extends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tenglong.domain.policy.document import Document, Problem


@dataclass(frozen=True)
class Places:
    document: Document

    def problem(self, path: Sequence[str], reason: str) -> Problem:
        """The problem at `path`, at its own line where a text of the chain gives the value, else at the nearest block above."""
        for document in self._chain():
            if tuple(path) in document.lines:
                return Problem(document.file, document.line_of(*path), reason, ".".join(path))
        return Problem(self.document.file, self.document.line_of(*path), reason, ".".join(path))

    def _chain(self) -> list[Document]:
        found = [self.document]
        while (above := found[-1].parent) is not None:
            found.append(above)
        return found
