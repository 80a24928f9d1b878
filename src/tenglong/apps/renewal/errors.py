"""What the renewal refuses; every message is a Chinese sentence for the person at the screen."""

from __future__ import annotations


class RenewalError(Exception):
    """A step that the rules of the renewal do not allow."""
