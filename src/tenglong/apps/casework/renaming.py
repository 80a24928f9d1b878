"""What a new version of a procedure calls differently: read from lines in any language of the pages, or picked from lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from tenglong.apps.casework.errors import CaseError
from tenglong.domain.casework import migration
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.web.formats import listed

#: part of a definition → (how files name it, how people do)
PARTS: Final = {
    "states": ("state", gettext_noop("状态")), "transitions": ("transition", gettext_noop("流转")),
    "tasks": ("task", gettext_noop("任务")), "fields": ("field", gettext_noop("字段")),
}
PICKED: Final = "pick-"


@dataclass(frozen=True)
class Gap:
    """An id of the old text that the new one does not have; `choices`: (id, label) of what is new there."""

    part: str
    word: str
    id: str
    label: str
    choices: tuple[tuple[str, str], ...]

    @property
    def field(self) -> str:
        """Name of its list in a form."""
        return f"{PICKED}{PARTS[self.part][0]}-{self.id}"


def found_gaps(old: CaseDefinition, new: CaseDefinition, renames: migration.Renames) -> list[Gap]:
    """In the order of the parts; a final state and whatever has no counterpart to offer is left out."""
    out = []
    for part, (_name, word) in PARTS.items():
        before, after = ({one.id: one for one in getattr(text, part)} for text in (old, new))
        given: Mapping[str, str] = getattr(renames, part)
        fresh = [one for one in after.values() if one.id not in before and one.id not in given.values()]
        choices = tuple((one.id, _(one.label)) for one in fresh)
        gone = [one for one in before.values() if one.id not in after and one.id not in given]
        lost = [one for one in gone if not getattr(one, "final", False)]
        out += [Gap(part, _(word), one.id, _(one.label), choices) for one in lost if choices]
    return out


def asked(params: Mapping[str, Any]) -> str:
    """The lines of a form: those typed, and one for each pick."""
    lines = [params.get("renames", "").strip()]
    for name, value in params.items():
        part, _dash, old = name.removeprefix(PICKED).partition("-")
        if name.startswith(PICKED) and old and value:
            lines.append(f"{part} {old} = {value}")
    return "\n".join(line for line in lines if line)


def part_words() -> list[str]:
    """The four words that a line may begin with, in the reader's language."""
    return [_(word) for _id, word in PARTS.values()]


@cache
def _parts_by_word() -> dict[str, str]:
    """Every word that means a part: as files name it, and in each language of the pages; a line is read the same in all."""
    found: dict[str, str] = {}
    for part, (name, word) in PARTS.items():
        found |= {name: part, part: part, word: part}
        for language, _label in settings.LANGUAGES:
            with override(language):
                found[_(word).casefold()] = part
    return found


def read_renames(text: str) -> migration.Renames:
    """Lines `state old = new`, or with 状态 流转 任务 字段 or their translations in front. Raises CaseError naming the line."""
    found: dict[str, dict[str, str]] = {name: {} for name in PARTS}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        word, _space, pair = line.replace("＝", "=").replace("：", " ").strip().partition(" ")
        part = _parts_by_word().get(word.rstrip(":").casefold(), "")
        old, equals, new = (piece.strip() for piece in pair.partition("="))
        if not (part and old and equals and new):
            raise CaseError(_("对照表第 %(n)s 行“%(line)s”看不懂，请写成“%(first)s 旧编号 = 新编号”，开头可写：%(words)s。") % {
                "n": number, "line": line.strip()[:40], "first": part_words()[0], "words": listed(part_words())})
        if found[part].setdefault(old, new) != new:
            raise CaseError(_("对照表第 %(n)s 行：%(old)s 对照了两次。") % {"n": number, "old": old})
    return migration.Renames(**found)
