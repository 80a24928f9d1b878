from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "tenglong.apps.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.registry import scope_rules  # noqa: F401  (registers)
