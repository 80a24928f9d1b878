"""What a file may cost, and how a refusal is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

#: exit codes of the parsing process
REFUSED: Final = 3
OUT_OF_MEMORY: Final = 4


class FileError(ValueError):
    """A file that is refused. `message` says what is wrong, `where` in which part, `fix` what to do; all Chinese."""

    def __init__(self, message: str, where: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message, self.where, self.fix = message, where, fix

    def __str__(self) -> str:
        place = f"（{self.where}）" if self.where else ""
        return f"{self.message}{place}" + (f" → {self.fix}" if self.fix else "")


@dataclass(frozen=True)
class Limits:
    """Upper bounds of one read: bytes, counts and seconds. A county file is far below all of them."""

    file_bytes: int = 512 << 20
    unpacked_bytes: int = 1 << 30
    ratio: int = 250
    members: int = 2_000
    sheets: int = 60
    rows: int = 600_000
    columns: int = 600
    cells: int = 30_000_000
    cell_chars: int = 32_767
    vertices: int = 100_000
    memory_bytes: int = 3 << 30
    cpu_seconds: int = 180
    wall_seconds: int = 240

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def size_text(size: int) -> str:
    """1.5 GB, 12.0 MB, 3.0 KB."""
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} 字节"
