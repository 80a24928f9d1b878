"""Policies: typed schemas by kind, and loading whose errors name file, line and reason."""

from tenglong.domain.policy.document import Document, Header, PolicyError, Problem, load_yaml

__all__ = ["Document", "Header", "PolicyError", "Problem", "load_yaml"]
