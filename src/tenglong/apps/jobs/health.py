"""Checks of `tenglong doctor`: each app adds its own from `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: `ok`, or what is wrong and how to mend it."""

    id: str
    ok: bool
    message: str

    def as_json(self) -> dict[str, object]:
        return {"id": self.id, "ok": self.ok, "message": self.message}


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}


def check(id: str) -> Callable[[Callable[[], tuple[bool, str]]], Callable[[], tuple[bool, str]]]:  # noqa: A002
    """Register a function that returns (ok, message)."""

    def register(function: Callable[[], tuple[bool, str]]) -> Callable[[], tuple[bool, str]]:
        _checks[id] = lambda: _asked(id, function)
        return function

    return register


def run() -> list[Finding]:
    """Every registered check, in order of id; one that breaks is itself a finding."""
    return [_checks[name]() for name in sorted(_checks)]


def _asked(id: str, function: Callable[[], tuple[bool, str]]) -> Finding:  # noqa: A002
    try:
        return Finding(id, *function())
    except Exception as error:  # noqa: BLE001 - the doctor must finish its round
        return Finding(id, False, f"检查本身出错：{error}")
