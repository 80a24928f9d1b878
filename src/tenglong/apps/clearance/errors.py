"""What clearing refuses; every message is a Chinese sentence for the person at the screen."""

from __future__ import annotations


class ClearanceError(Exception):
    """A step that the rules of clearing do not allow."""
