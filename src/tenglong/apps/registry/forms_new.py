"""A plot entered by hand."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.forms import PlotForm


class NewPlotForm(PlotForm):
    """As the edit form, without the question of change or correction."""

    how = None  # type: ignore[assignment]
    lock_version = None  # type: ignore[assignment]
    base = None  # type: ignore[assignment]
    field_order = PlotForm.record

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["effective"].label = _("建档日期")
        self.fields["effective"].required = True
        self.fields["reason"].initial = _("人工新增")
