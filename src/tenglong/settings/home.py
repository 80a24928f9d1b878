"""`TENGLONG_HOME`: the one place where state lives, and the keys made on first use."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

FOLDERS = ("db", "files", "keys", "jobs", "backups", "anchors", "snapshots")


def home() -> Path:
    """Absolute path of the state folder: `TENGLONG_HOME`, else `./var`."""
    return Path(os.environ.get("TENGLONG_HOME") or "var").absolute()


def prepare(root: Path) -> Path:
    """Make the folders of a home; `keys` is for its owner alone."""
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "keys").chmod(0o700)
    return root


def key(name: str, root: Path | None = None) -> bytes:
    """The key `name`, 44 characters of base64 (32 random bytes), made on first use with mode 600.

    Two processes may ask at once: the file appears whole, under one name, only once.
    """
    path = (root or home()) / "keys" / name
    if not path.exists():
        _create(path, urlsafe_b64encode(secrets.token_bytes(32)))
    return path.read_bytes()


def _create(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key is the key
    finally:
        draft.unlink()
