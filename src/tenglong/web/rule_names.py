"""Choices whose names come from policies: Chinese whatever language the page speaks, and marked so."""

from __future__ import annotations

from typing import Any

from django import forms

CHINESE = "zh-Hans"


class RuleSelect(forms.Select):
    """Each choice is marked: the first one may speak the language of the page all the same."""

    def create_option(self, *args: Any, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().create_option(*args, **options)
        found["attrs"]["lang"] = CHINESE
        return found


def rule_checks() -> forms.CheckboxSelectMultiple:
    """Boxes to tick; `{% field %}` marks the label of each."""
    return forms.CheckboxSelectMultiple(attrs={"lang": CHINESE})
