from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "tenglong.apps.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.registry import bulk_enterprises, bulk_rows, bulk_versions, pages, scope_rules  # noqa: F401
        from tenglong.web import access

        bulk_versions.register_all()
        bulk_enterprises.register_all()
        bulk_rows.register_all()
        access.register_all("map.view", ["tiles:tile", "tiles:revision"])
        pages.register()
