"""The process in which foreign bytes are parsed: `python -P -m tenglong.files._child FOLDER` with job.json inside."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import sys
from pathlib import Path
from typing import Any

import orjson

from tenglong.domain.survey.table import Table
from tenglong.files.errors import OUT_OF_MEMORY, REFUSED, FileError, Limits

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000


def main() -> int:
    folder = Path(sys.argv[1])
    job = orjson.loads((folder / "job.json").read_bytes())
    limits = Limits(**job["limits"])
    confine(limits)
    from tenglong.files import channel
    from tenglong.files.vector import shut_doors

    shut_doors()
    try:
        tables = parse(Path(job["path"]), job["name"], folder, limits, job["layer"], job["encoding"])
        channel.write(folder, tables)
    except FileError as error:
        told = {"message": error.message, "where": error.where, "fix": error.fix}
        (folder / channel.ERROR).write_bytes(orjson.dumps(told))
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def confine(limits: Limits) -> None:
    """Memory, CPU and file-size limits; no core files; no network where the kernel lets us."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 30, 4 << 30))
    # Best effort: as root a new network namespace, else one inside a new user namespace; some kernels refuse both.
    flags = _NEW_NETWORK if os.geteuid() == 0 else _NEW_NETWORK | _NEW_USER
    ctypes.CDLL(None).unshare(flags)


def parse(path: Path, name: str, folder: Path, limits: Limits, layer: str | None, encoding: str | None) -> list[Table]:
    """Tables of one file, whatever it is. Raises FileError."""
    from tenglong.files.detect import detect

    format = detect(path, name)
    if format == "zip":
        return _zip(path, name, folder / "unpacked", limits, layer, encoding)
    return _plain(path, name, format, folder, limits, layer, encoding)


def _plain(
    path: Path, name: str, format: str, folder: Path, limits: Limits, layer: str | None, encoding: str | None
) -> list[Table]:
    if format in {"xlsx", "xls"}:
        from tenglong.files.sheets import read_workbook

        return read_workbook(_named(path, format, folder), name, format, limits, layer)
    if format == "csv":
        from tenglong.files.text import read_csv

        return read_csv(path, name, limits, encoding)
    from tenglong.files.vector import read_vector

    return read_vector(_copy(path, format, folder), name, format, limits, layer, encoding)


def _named(path: Path, format: str, folder: Path) -> Path:
    """calamine goes by the extension: a workbook under another one is read through a link with the right one."""
    if path.suffix.lower() == f".{format}":
        return path
    link = folder / f"book.{format}"
    link.unlink(missing_ok=True)
    link.symlink_to(path)
    return link


def _copy(path: Path, format: str, folder: Path) -> Path:
    """SQLite writes beside the file it reads (journal, shared memory): a GeoPackage is read from a copy."""
    if format == "gpkg" and not path.is_relative_to(folder):
        return Path(shutil.copyfile(path, folder / "copy.gpkg"))
    if format in {"kml", "geojson"} and path.suffix.lower() not in {".kml", ".geojson", ".json"}:
        return Path(shutil.copyfile(path, folder / f"copy.{format}"))
    return path


def _zip(path: Path, name: str, folder: Path, limits: Limits, layer: str | None, encoding: str | None) -> list[Table]:
    from tenglong.files.archive import extract, open_zip

    with open_zip(path, name, limits) as archive:
        files = extract(archive, folder, name)
    parts = _parts(files)
    if not parts:
        raise FileError("压缩包里没有能导入的数据", name, "请放入 xlsx、csv、整套 shp、gpkg、gdb 文件夹、geojson 或 kml")
    out: list[Table] = []
    for part in parts:
        inner = f"{name}/{part.relative_to(folder)}"
        out += parse(part, inner, folder.parent, limits, layer if len(parts) == 1 else None, encoding)
    return out


def _parts(files: list[Path]) -> list[Path]:
    """What to read of an unpacked zip: geodatabase folders as one, of a Shapefile its .shp only."""
    from tenglong.files.detect import FAMILIES, extension

    out: dict[Path, Any] = {}
    for file in sorted(files):
        home = next((parent for parent in file.parents if parent.suffix.lower() == ".gdb"), None)
        if home is None and file.suffix.lower() == ".gdbtable":
            home = file.parent.rename(file.parent.with_name(file.parent.name + ".gdb")) if file.parent.exists() else None
        if home is not None:
            out[home] = None
        elif extension(file.name) in FAMILIES:
            out[file] = None
    return list(out)


if __name__ == "__main__":
    raise SystemExit(main())
