"""The JSON twin of a page: money (分) and areas (cm²) are text, so that no reader makes floats of them."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse


class Twin(JsonResponse):
    """Whole numbers under a name that ends in `_fen` or `_cm2` leave as text, at any depth."""

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(exact(data), **{"json_dumps_params": {"ensure_ascii": False}, **options})


def exact(value: Any, name: str = "") -> Any:
    """`value` with money and areas as text."""
    if isinstance(value, dict):
        return {key: exact(one, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [exact(one, name) for one in value]
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if whole and name.endswith(("_fen", "_cm2")) else value
