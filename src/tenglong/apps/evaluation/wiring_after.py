"""Verbs, menu entries and cycle tabs of the pages from the trial run on."""

from __future__ import annotations


def register() -> None:
    """Called from `registration.register`."""
