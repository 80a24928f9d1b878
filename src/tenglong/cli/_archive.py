"""The backup file: a tar of database, files, keys, anchors and job folders, with a manifest of hashes.

The file holds the keys: keep it as carefully as the machine itself (it is written with mode 600).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import click
import orjson

from tenglong.cli import _postgres, _rowhash

FOLDERS: Final = ("keys", "anchors", "files", "snapshots", "jobs")
SQLITE_NAME: Final = "db/tenglong.sqlite3"
DUMP_NAME: Final = "db/tenglong.dump"
MANIFEST: Final = "manifest.json"


def write(path: Path) -> dict[str, Any]:
    """Write the backup whole or not at all; returns its manifest. The web may go on working meanwhile."""
    from django.conf import settings

    home = Path(settings.TENGLONG_HOME)
    refuse_existing(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as scratch:
        draft = Path(scratch) / "draft.tar.gz"
        manifest = _write(home, draft, Path(scratch))
        draft.chmod(0o600)
        draft.replace(path)
    return manifest


def refuse_existing(path: Path) -> None:
    """Raises ClickException: a backup is never written over another."""
    if path.exists():
        raise click.ClickException(f"{path} 已存在，不覆盖")


def _write(home: Path, draft: Path, scratch: Path) -> dict[str, Any]:
    # anchors before the database: an anchor may be older than the chain, never newer
    early = scratch / "anchors"
    shutil.copytree(home / "anchors", early, dirs_exist_ok=True)
    copy, tables = _copy_database(scratch)
    name = SQLITE_NAME if copy.suffix == ".sqlite3" else DUMP_NAME
    members = [(name, copy), *_files(early, "anchors")]
    for folder in FOLDERS:
        if folder != "anchors":
            members += _files(home / folder, folder)
    manifest = {
        "format": 1, "made_at": datetime.now(UTC).isoformat(), "version": version("tenglong"),
        "engine": "sqlite" if name == SQLITE_NAME else "postgresql", "tables": tables,
        "files": {member: {"size": source.stat().st_size, "sha256": sha256(source)} for member, source in members},
    }
    _pack(draft, manifest, members)
    return manifest


def _pack(draft: Path, manifest: dict[str, Any], members: list[tuple[str, Path]]) -> None:
    note = draft.with_name(MANIFEST)
    note.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as archive:
        for name, source in [(MANIFEST, note), *members]:
            archive.add(source, arcname=name, recursive=False)


def _files(folder: Path, name: str) -> list[tuple[str, Path]]:
    """Plain files below `folder`; locks and drafts of running work stay out."""
    out = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name != "lock" and not path.name.startswith("."):
            out.append((f"{name}/{path.relative_to(folder).as_posix()}", path))
    return out


def _copy_database(scratch: Path) -> tuple[Path, dict[str, Any]]:
    from django.db import connection

    if connection.vendor == "sqlite":
        copy = scratch / "tenglong.sqlite3"
        return copy, copy_sqlite(Path(connection.settings_dict["NAME"]), copy)
    copy = scratch / "tenglong.dump"
    return copy, _postgres.dump(connection, copy)


def copy_sqlite(source: Path, copy: Path) -> dict[str, Any]:
    """A consistent copy by SQLite's own backup, without open sessions; returns row hashes of the copy."""
    live, out = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(copy)
    try:
        live.backup(out)
        out.execute("PRAGMA journal_mode=DELETE")
        present = set(_rowhash.sqlite_tables(out.cursor()))
        for table in _rowhash.LEFT_OUT & present:
            out.execute(f'DELETE FROM "{table}"')  # noqa: S608 - constant names
        out.commit()
        return _rowhash.of_tables(out.cursor(), present)
    finally:
        out.close()
        live.close()


def sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read(path: Path, home: Path) -> dict[str, Any]:
    """Unpack into the empty `home`, checking every file's hash; returns the manifest. Raises ClickException."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            manifest = _manifest(archive)
            for member, target in _targets(archive, manifest, home):
                _extract(archive, member, target, manifest["files"][member.name]["sha256"])
    except (tarfile.TarError, EOFError, OSError) as error:
        raise click.ClickException(f"{path} 不是完整的备份：{error}") from error
    if missing := [name for name in manifest["files"] if not (home / name).exists()]:
        raise click.ClickException(f"备份里缺少 {missing[0]} 等 {len(missing)} 个文件")
    return manifest


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    first = archive.next()
    handle = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if handle is None:
        raise click.ClickException("不是腾笼的备份：第一个文件应是 manifest.json")
    try:
        manifest: dict[str, Any] = orjson.loads(handle.read())
    except orjson.JSONDecodeError as error:
        raise click.ClickException("备份的 manifest.json 已损坏") from error
    if manifest.get("format") != 1:
        raise click.ClickException(f"不认识的备份格式 {manifest.get('format')}，请用更新的程序恢复")
    return manifest


def _targets(archive: tarfile.TarFile, manifest: dict[str, Any], home: Path) -> Iterator[tuple[tarfile.TarInfo, Path]]:
    for member in archive:
        if member.name == MANIFEST:
            continue
        target = home / member.name
        if not member.isfile() or member.name not in manifest["files"] or not target.resolve().is_relative_to(home.resolve()):
            raise click.ClickException(f"备份里有不该有的内容：{member.name}")
        yield member, target


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, wanted: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = archive.extractfile(member)
    if handle is None:
        raise click.ClickException(f"备份里的 {member.name} 读不出来")
    with target.open("wb") as out:
        shutil.copyfileobj(handle, out, 1 << 20)
    if target.parts[-2] == "keys":
        target.chmod(0o600)
    if sha256(target) != wanted:
        raise click.ClickException(f"备份里的 {member.name} 已损坏（SHA-256 不符）")


def hashes_now() -> dict[str, Any]:
    """Row hashes of the live database."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return _postgres.hashes(connection)
    raw = sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)
    try:
        return _rowhash.of_tables(raw.cursor(), _rowhash.sqlite_tables(raw.cursor()))
    finally:
        raw.close()
