"""The request being served, so that an audit entry knows address and trace number without passing it along."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

_request: ContextVar[Any] = ContextVar("tenglong_request", default=None)


def current_request() -> Any:
    """The HTTP request of this thread, or None outside one (command line, worker)."""
    return _request.get()


def enter(request: Any) -> Any:
    return _request.set(request)


def leave(token: Any) -> None:
    _request.reset(token)
