from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "tenglong.apps.supply"
    label = "supply"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.supply import bulk, pages, scope_rules  # noqa: F401

        bulk.register()
        pages.register()
