"""Which verb opens which URL name. A URL name that is not here is refused by the access middleware."""

from __future__ import annotations

from collections.abc import Iterable

PUBLIC = "public"  # no log-in needed: the log-in page, health, static files
SIGNED_IN = "signed-in"  # any logged-in user: own profile, language, log-out

_verbs: dict[str, str] = {}


class AccessError(RuntimeError):
    """Two apps claim one URL name with different verbs."""


def register(url_name: str, verb: str) -> None:
    """`url_name` with its namespace (`registry:plots`); `verb` from `accounts.roles`, or PUBLIC / SIGNED_IN."""
    if _verbs.setdefault(url_name, verb) != verb:
        raise AccessError(f"网址 {url_name} 已登记为 {_verbs[url_name]}，不能再登记为 {verb}")


def register_all(verb: str, url_names: Iterable[str]) -> None:
    for url_name in url_names:
        register(url_name, verb)


def verb_of(url_name: str) -> str | None:
    """None means “refuse”."""
    return _verbs.get(url_name)


def registered() -> dict[str, str]:
    return dict(_verbs)
