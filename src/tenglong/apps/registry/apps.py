from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "tenglong.apps.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.registry import bulk_enterprises, bulk_rows, bulk_versions, first_steps, pages, scope_rules  # noqa: F401
        from tenglong.apps.registry.places import all_divisions, all_zones
        from tenglong.web import access, choices, panels

        bulk_versions.register_all()
        bulk_enterprises.register_all()
        bulk_rows.register_all()
        access.register_all("map.view", ["tiles:tile", "tiles:revision"])
        choices.register("divisions", all_divisions)
        choices.register("zones", all_zones)
        panels.register("first-steps", _("从这里开始"), first_steps.panel, "workbench.view", 0)
        pages.register()
