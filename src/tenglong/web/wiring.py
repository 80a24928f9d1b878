"""What the shell itself puts into its registries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu


def wire() -> None:
    access.register("web:workbench", "workbench.view")
    for name in ("web:figures", "web:figures-json", "web:figures-export"):
        access.register(name, "export.make")
    access.register("web:figure", "export.make")
    access.register("web:filter-save", "workbench.view")
    access.register("web:filter-drop", "workbench.view")
    access.register("web:columns", "workbench.view")
    access.register("web:language", access.PUBLIC)
    access.register("sections:section", access.SIGNED_IN)
    menu.register("workbench", _("工作台"), "web:workbench", "workbench.view", 0)
    menu.register("data", _("报数台账"), "web:figures", "export.make", 20)
