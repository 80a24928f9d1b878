"""Names for URLs: sortable by time, they say nothing about the place."""

from __future__ import annotations

import secrets
from base64 import b32encode

from ulid import ULID

_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def new_ulid() -> str:
    """26 characters."""
    return str(ULID())


def new_ulids(count: int) -> list[str]:
    """Many at once: one time stamp, 80 random bits each."""
    prefix = str(ULID())[:10]
    # ten bytes are sixteen signs without padding, so that one run is all of them
    noise = b32encode(secrets.token_bytes(10 * count)).translate(_CROCKFORD).decode()
    return [prefix + noise[at : at + 16] for at in range(0, 16 * count, 16)]
