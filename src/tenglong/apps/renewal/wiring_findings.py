"""Verbs, menu entries and tabs of findings and idle land."""

from __future__ import annotations


def register() -> None:
    """Called from `registration.register`."""
