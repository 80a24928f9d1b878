"""Packaged presets: read-only YAML files beside the code. No Django here, so that file checks can use it."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from tenglong.domain.policy import Document, load_yaml
from tenglong.domain.policy.schemas import BODY_SCHEMAS

ROOT: Final = Path(str(resources.files("tenglong"))) / "policies"


def names() -> list[tuple[str, str]]:
    """(kind, id) of every packaged policy: `kinds/plots.yaml` → (kinds, plots), `measures.yaml` → (measures, measures)."""
    found = [_name_of(path) for path in sorted(ROOT.rglob("*.yaml"))]
    return [(kind, name) for kind, name in found if kind in BODY_SCHEMAS]


@cache
def load(kind: str, id: str) -> Document:  # noqa: A002
    """Raises KeyError when nothing of that name is packaged, PolicyError when the file is broken."""
    for path in (ROOT / kind / f"{id}.yaml", ROOT / f"{id}.yaml"):
        if path.is_file() and _name_of(path) == (kind, id):
            return load_yaml(path.read_text("utf-8"), kind=kind, id=id, file=str(path.relative_to(ROOT)))
    raise KeyError(f"没有随程序提供的政策 {kind}/{id}")


def _name_of(path: Path) -> tuple[str, str]:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return (parts[0], "/".join(parts[1:])) if len(parts) > 1 else (parts[0], parts[0])
