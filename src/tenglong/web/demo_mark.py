"""Is this a demo record? The demo builder leaves a mark in the state folder."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

MARK = "demo.json"


def is_demo() -> bool:
    home = getattr(settings, "TENGLONG_HOME", None)
    return home is not None and (Path(home) / MARK).exists()
