"""Kinds of material that every procedure knows, whatever its definition names."""

from __future__ import annotations

from typing import Final

#: a file that no step asks for
ATTACHMENT: Final = "attachment"
