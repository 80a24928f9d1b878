"""The parent's side: batches of pages go to a child; a page that kills the child is one broken page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from tenglong.files.errors import FileError
from tenglong.files.pdf.payload import Payload
from tenglong.files.reading import admit, run_confined, workroom
from tenglong.files.scans.limits import ScanLimits
from tenglong.files.scans.page import BROKEN, PageRef, ScannedPage

_MODULE: Final = "tenglong.files.scans._child"
Paths = str | Path | Sequence[str | Path]
Item = tuple[str, str, int]


def read_scans(path: Paths, *, limits: ScanLimits | None = None) -> Iterator[ScannedPage]:
    """Every page of a scanned PDF, of a JPG, PNG or TIFF, of a zip of them, or of a list of such files, in order.

    Raises FileError (one Chinese sentence) before the first page when a file itself is refused: not a scan, locked,
    broken, too large, a zip bomb. A page or a zip member that cannot be read comes as a page with `page-broken`.
    """
    bounds = limits or ScanLimits()
    with workroom() as folder:
        found = _inventory(path, folder, bounds)
        items: list[Item] = []
        for file in found:
            if file["error"]:
                yield from _read(items, folder, bounds)
                items = []
                yield ScannedPage(file["name"], 1, (), 0, b"", BROKEN, file["error"])
            else:
                items += [(file["path"], file["name"], page) for page in range(1, file["pages"] + 1)]
        yield from _read(items, folder, bounds)


def split(path: Paths, groups: Mapping[str, Sequence[PageRef]], *, limits: ScanLimits | None = None) -> dict[str, bytes]:
    """One PDF per group, its pages in the order given; `path` as it was given to `read_scans`. Raises FileError.

    Annotations, scripts and other active parts of foreign PDFs are not taken over.
    """
    bounds = limits or ScanLimits()
    named = list(groups.items())
    out: dict[str, bytes] = {}
    with workroom() as folder:
        files = {file["name"]: file["path"] for file in _inventory(path, folder, bounds)}
        for start in range(0, len(named), bounds.chunk):
            some = named[start : start + bounds.chunk]
            pages = [[(ref.file, ref.page) for ref in refs] for _, refs in some]
            _run(folder, bounds, "扫描件", action="split", files=files, groups=pages)
            out |= {sheet_id: (folder / f"{number}.pdf").read_bytes() for number, (sheet_id, _) in enumerate(some)}
    return out


def _inventory(path: Paths, folder: Path, limits: ScanLimits) -> list[dict[str, Any]]:
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
    if not paths:
        raise FileError("没有扫描件", "", "请选择要上传的文件")
    names = _names(paths)
    for one, name in zip(paths, names, strict=True):
        admit(one, name, limits.as_limits())
    given = [[str(one.resolve()), name] for one, name in zip(paths, names, strict=True)]
    _run(folder, limits, names[0], action="list", given=given)
    found: list[dict[str, Any]] = orjson.loads((folder / "list.json").read_bytes())
    total = sum(file["pages"] for file in found)
    if total > limits.pages:
        raise FileError(f"共 {total} 页，超过 {limits.pages} 页", "", "请分成几批上传")
    return found


def _names(paths: Sequence[Path]) -> list[str]:
    """Names to show; files of the same name from two folders are told apart by a number."""
    out: list[str] = []
    for path in paths:
        seen = sum(1 for earlier in paths[: len(out)] if earlier.name == path.name)
        out.append(f"{path.name}（{seen + 1}）" if seen else path.name)
    return out


def _read(items: Sequence[Item], folder: Path, limits: ScanLimits) -> Iterator[ScannedPage]:
    start = 0
    while start < len(items):
        some = items[start : start + limits.chunk]
        told = _chunk(some, folder, limits)
        done = 0
        for _, name, page in some:
            seen = _taken(folder, done, name, page)
            if seen is None:
                break
            yield seen
            done += 1
        if done == 0:  # a child that died further on may only have run out of its time: the next one starts at that page
            _, name, page = some[0]
            yield ScannedPage(name, page, (), 0, b"", BROKEN, told)
            done = 1
        start += done


def _chunk(items: Sequence[Item], folder: Path, limits: ScanLimits) -> str:
    """Why the child did not come to the end of the items; "" if it did."""
    try:
        _run(folder, limits, items[0][1], action="read", items=items)
    except FileError as error:
        return str(error)
    return ""


def _taken(folder: Path, number: int, name: str, page: int) -> ScannedPage | None:
    """What the child left for item `number`, removed from the folder."""
    note, image = folder / f"{number}.json", folder / f"{number}.jpg"
    if not note.exists():
        return None
    told = orjson.loads(note.read_bytes())
    payloads = tuple(payload for text in told["payloads"] if (payload := Payload.parse(text)))
    seen = ScannedPage(name, page, payloads, told["rotation"], image.read_bytes(), told["problem"], told["detail"])
    note.unlink()
    image.unlink()
    return seen


def _run(folder: Path, limits: ScanLimits, shown: str, **job: Any) -> None:
    (folder / "job.json").write_bytes(orjson.dumps(job | {"limits": limits.as_json()}))
    run_confined(folder, shown, limits.as_limits(), _MODULE)
