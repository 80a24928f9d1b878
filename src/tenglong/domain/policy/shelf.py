"""The packaged policies of one kind: several versions of one id stand side by side as `<id>@<version>.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from tenglong.domain import presets
from tenglong.domain.policy.document import Document, PolicyError, Problem, load_yaml


@dataclass(frozen=True)
class Ref:
    """`version` is empty for a file that does not name one."""

    kind: str
    id: str
    version: str

    @property
    def stem(self) -> str:
        return f"{self.id}@{self.version}" if self.version else self.id


def refs(kind: str) -> list[Ref]:
    """Packaged files of a kind, by name."""
    found = []
    for stem in presets.listed(kind):
        id_, _at, version = stem.partition("@")
        found.append(Ref(kind, id_, version))
    return found


def file_of(ref: Ref) -> str:
    """Where its text lies among the presets."""
    return f"{ref.stem}.yaml" if ref.kind == ref.id else f"{ref.kind}/{ref.stem}.yaml"


def packaged(kind: str, name: str, *, on: date | None = None) -> Document:
    """A preset by `ID@VERSION`, or by `ID` where there is one version, or one that is valid on the day.

    Raises LookupError with a sentence, PolicyError when the file is broken.
    """
    return _load(_found(kind, name, on))


def _found(kind: str, name: str, on: date | None) -> Ref:
    id_, at, version = name.partition("@")
    versions = [ref for ref in refs(kind) if ref.id == id_]
    chosen = [ref for ref in versions if not at or version == (ref.version or _load(ref).version)]
    if len(chosen) > 1 and on is not None:
        chosen = [ref for ref in chosen if _load(ref).header.valid_on(on)] or chosen
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise LookupError(f"没有随程序提供的政策 {kind}/{name}")
    day = f"{on} 没有恰好一个" if on else "没有唯一"
    raise LookupError(f"{kind}/{name} {day}有效的版本，请写明其中一个：{'、'.join(ref.stem for ref in chosen)}")


@cache
def _load(ref: Ref) -> Document:
    return _read(ref, ())


def _read(ref: Ref, below: tuple[str, ...]) -> Document:
    """`below` are the files that lead here through `extends`."""
    file = file_of(ref)
    if ref.stem in below:
        raise PolicyError([Problem(file, 1, f"extends 绕成了圈：{' → '.join([*below, ref.stem])}", "extends")])
    document = load_yaml(
        presets.preset(file), kind=ref.kind, id=ref.id, file=file,
        parent=lambda kind, name: _read(_found(kind, name, None), (*below, ref.stem)),
    )
    if ref.version and document.version != ref.version:
        reason = f"文件名写的版本是 {ref.version}，内容是 {document.version}"
        raise PolicyError([Problem(file, document.line_of("version"), reason, "version")])
    return document
