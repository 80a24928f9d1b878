"""Verbs, menu entries and tabs of routes, their cases and the counters."""

from __future__ import annotations


def register() -> None:
    """Called from `registration.register`."""
