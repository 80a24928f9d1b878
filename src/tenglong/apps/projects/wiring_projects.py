"""Verbs, menu entries, words and tabs of projects."""

from __future__ import annotations


def register() -> None:
    """Called from `registration.register`."""
