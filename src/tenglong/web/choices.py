"""Lists to pick from that belong to a higher app: accounts offers town names without knowing the register."""

from __future__ import annotations

from collections.abc import Callable

#: code, label
Choice = tuple[str, str]
Provider = Callable[[], list[Choice]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """`provider()` is asked each time a form is shown; names of public knowledge only, the same for every user."""
    _providers[name] = provider


def of(name: str) -> list[Choice]:
    """[] when nobody provides them: forms then take typed codes."""
    provider = _providers.get(name)
    return provider() if provider else []
