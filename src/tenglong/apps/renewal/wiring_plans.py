"""Verbs, menu entries and tabs of plans and site searches."""

from __future__ import annotations


def register() -> None:
    """Called from `registration.register`."""
