"""Words for the codes of a deal, from the description of the kind."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenglong.domain.survey.kinds import spec_of


def labels() -> dict[str, str]:
    """Field → label in the reader's language."""
    return {field.id: _(field.label) for field in spec_of("deals").fields}


def methods() -> list[tuple[str, str]]:
    field = next(field for field in spec_of("deals").fields if field.id == "supply_method")
    return [(choice.id, _(choice.label)) for choice in field.choices]
