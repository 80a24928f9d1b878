"""What a batch of scans may cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tenglong.files.errors import Limits


@dataclass(frozen=True)
class ScanLimits:
    """Upper bounds of one batch; `chunk` pages are read by one child process, whose time the seconds bound."""

    file_bytes: int = 1 << 30
    unpacked_bytes: int = 2 << 30
    members: int = 6_000
    pages: int = 12_000
    page_pixels: int = 80_000_000
    memory_bytes: int = 3 << 30
    chunk: int = 50
    cpu_seconds: int = 300
    wall_seconds: int = 600

    def as_limits(self) -> Limits:
        """The same bounds as the readers of tables know them; photographs hardly shrink, so a high ratio is a bomb."""
        return Limits(
            file_bytes=self.file_bytes,
            unpacked_bytes=self.unpacked_bytes,
            members=self.members,
            memory_bytes=self.memory_bytes,
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.wall_seconds,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
