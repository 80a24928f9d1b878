"""The process in which scans are opened: `python -P -m tenglong.files.scans._child FOLDER` with job.json inside."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import orjson

from tenglong.files import channel
from tenglong.files._child import confine
from tenglong.files.errors import OUT_OF_MEMORY, REFUSED, FileError
from tenglong.files.scans.limits import ScanLimits

#: 200 dpi reads nearly every code and costs half of 300
DPI: Final = 200
FINE_DPI: Final = 300


def main() -> int:
    folder = Path(sys.argv[1])
    job = orjson.loads((folder / "job.json").read_bytes())
    limits = ScanLimits(**job["limits"])
    confine(limits.as_limits())
    try:
        {"list": _list, "read": _read, "split": _split}[job["action"]](job, folder, limits)
    except FileError as error:
        told = {"message": error.message, "where": error.where, "fix": error.fix}
        (folder / channel.ERROR).write_bytes(orjson.dumps(told))
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _list(job: dict[str, Any], folder: Path, limits: ScanLimits) -> None:
    from tenglong.files.scans.sources import inventory

    found = []
    for number, (path, name) in enumerate(job["given"]):
        found += inventory(Path(path), name, folder / "unpacked" / str(number), limits)
    (folder / "list.json").write_bytes(orjson.dumps(found))


def _read(job: dict[str, Any], folder: Path, limits: ScanLimits) -> None:
    """One JSON per page, written last: what is missing tells the parent at which page a child died."""
    for number, (path, name, page) in enumerate(job["items"]):
        try:
            told, image = _page(Path(path), name, page, limits)
        except FileError as error:
            told, image = {"payloads": [], "rotation": 0, "problem": "page-broken", "detail": str(error)}, b""
        (folder / f"{number}.jpg").write_bytes(image)
        (folder / f"{number}.json").write_bytes(orjson.dumps(told))


def _page(path: Path, name: str, page: int, limits: ScanLimits) -> tuple[dict[str, Any], bytes]:
    from tenglong.files.scans.decode import is_blank, payloads_of, small
    from tenglong.files.scans.page import BLANK, judge
    from tenglong.files.scans.sources import kind_of, load

    picture = load(path, name, page, DPI, limits)
    blank = is_blank(picture)
    payloads, rotation = ((), 0) if blank else payloads_of(picture)
    if not payloads and not blank and kind_of(path, name) == "pdf":
        payloads, rotation = payloads_of(load(path, name, page, FINE_DPI, limits))
    problem = judge(payloads, blank)
    told = {"payloads": list(map(str, payloads)), "rotation": rotation, "problem": problem, "detail": ""}
    return told, b"" if problem == BLANK else small(picture, rotation)


def _split(job: dict[str, Any], folder: Path, limits: ScanLimits) -> None:
    from tenglong.files.scans.splitting import gathered

    files = {name: Path(path) for name, path in job["files"].items()}
    for number, pages in enumerate(job["groups"]):
        (folder / f"{number}.pdf").write_bytes(gathered(files, [(name, page) for name, page in pages], limits))


if __name__ == "__main__":
    raise SystemExit(main())
