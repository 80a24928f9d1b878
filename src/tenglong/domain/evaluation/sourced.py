"""What every block of a scheme shares: frozen, no stray keys, and a source of its own where it has one."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(Part):
    """Where a value comes from when it is not the header's document. `verified`: somebody compared it with the original."""

    authority: str = ""
    document: str = ""
    dated: date | None = None
    source: str = ""
    verified: Literal["verified", "to-verify"]
    note: str = ""


class Based(Part):
    """A block that may name its own source; without one the header's holds."""

    basis: Basis | None = None
