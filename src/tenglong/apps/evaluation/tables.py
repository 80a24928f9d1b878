"""Frozen tables in memory: what bears the hash of its rows never changes, so it is read and verified once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import pyarrow as pa
from django.conf import settings

from tenglong.store.snapshots import Snapshots

#: inputs and results of five years, twice; a county's table is a few MB
KEPT: Final = 24


def frozen(sha256: str) -> pa.Table:
    """Rows of a snapshot or of a run. Raises store.snapshots.SnapshotError when the file is gone or was changed."""
    return _verified(Path(settings.TENGLONG_HOME), sha256)


def forget() -> None:
    _verified.cache_clear()


@lru_cache(maxsize=KEPT)
def _verified(home: Path, sha256: str) -> pa.Table:
    return Snapshots(home).get(sha256)
