"""A scheme's text with some values replaced: comments and layout stay; what an alias shares is parted before it changes."""

from __future__ import annotations

import copy
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from tenglong.domain.evaluation.figures import plain
from tenglong.domain.policy.document import Document

_WIDE: Final = 4096


@dataclass(frozen=True)
class Edit:
    """A new value at a path of keys."""

    path: tuple[str, ...]
    value: Decimal | str

    @property
    def text(self) -> str:
        return plain(self.value) if isinstance(self.value, Decimal) else self.value


def draft_text(document: Document, edits: Sequence[Edit], *, version: str, note: str = "") -> str:
    """Text of the draft: version renamed, no longer verified, changed keys no longer unknown, old values in comments."""
    yaml = _yaml()
    tree = yaml.load(document.text)
    for edit in edits:
        _set(tree, document, edit)
    _header(tree, document, edits, version, note)
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _set(tree: CommentedMap, document: Document, edit: Edit) -> None:
    at: Any = tree
    for part in edit.path[:-1]:
        at[part] = _own(at.get(part))
        at = at[part]
    last, old = edit.path[-1], at.get(edit.path[-1], _given(document, edit.path))
    at[last] = _scalar(edit)
    if not at.fa.flow_style() and last not in at.ca.items:
        at.yaml_add_eol_comment(f"试算改动，原为 {'未写明' if old is None else old}", last)


def _own(node: Any) -> CommentedMap:
    """A map that nothing else shares: an anchored one may be aliased elsewhere and is copied first."""
    if node is None:
        return CommentedMap()
    held: CommentedMap = node
    if held.anchor.value is None:
        return held
    parted: CommentedMap = copy.deepcopy(held)
    parted.anchor.value = None
    return parted


def _given(document: Document, path: Sequence[str]) -> Any:
    """The value in force before, also where the text takes it from another."""
    at: Any = document.data
    for part in path:
        at = at.get(part) if hasattr(at, "get") else None
    return at


def _scalar(edit: Edit) -> Any:
    return YAML(typ="rt", pure=True).load(edit.text)


def _header(tree: CommentedMap, document: Document, edits: Sequence[Edit], version: str, note: str) -> None:
    tree["version"] = DoubleQuotedScalarString(version)
    if "verified" in tree:
        tree["verified"] = "to-verify"
    given = {".".join(edit.path) for edit in edits}
    if "unknown" in tree:
        kept = [key for key in tree["unknown"] if key not in given]
        for key in [key for key in tree["unknown"] if key in given]:
            tree["unknown"].remove(key)
        if not kept:
            del tree["unknown"]
            tree["completeness"] = "full"
    told = f"试算草案，由 {document.id}@{document.version} 改动 {len(edits)} 处而成，未经批准" + (f"：{note}" if note else "")
    tree["note"] = "；".join(part for part in (str(tree.get("note") or ""), told) if part)
