"""What supply refuses; every message is a Chinese sentence for the person at the screen."""

from __future__ import annotations


class SupplyError(Exception):
    """A step that the rules of supply do not allow."""
