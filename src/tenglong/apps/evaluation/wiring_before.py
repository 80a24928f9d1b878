"""Verbs, menu entries and cycle tabs of the pages up to the freeze."""

from __future__ import annotations


def register() -> None:
    """Called from `registration.register`."""
