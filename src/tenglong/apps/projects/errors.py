"""What projects refuse; every message is a Chinese sentence for the person at the screen."""

from __future__ import annotations


class ProjectError(Exception):
    """A step that the rules of projects do not allow."""
