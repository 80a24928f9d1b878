"""Pinned front-end parts: name → version. `package.json` pins the same (a test compares them)."""

from __future__ import annotations

from django.conf import settings

VERSIONS: dict[str, str] = {"htmx": "4.0.1", "maplibre-gl": "6.17.0", "echarts": "6.1.0", "noto-sans-sc": "5.3.1"}


def url(name: str, file: str) -> str:
    """Un-hashed address: MapLibre looks for its worker beside itself, fonts beside their style sheet."""
    return f"{settings.STATIC_URL}vendor/{name}/{VERSIONS[name]}/{file}"
