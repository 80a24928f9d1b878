from django.apps import AppConfig


class ClearanceConfig(AppConfig):
    name = "tenglong.apps.clearance"
    label = "clearance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.clearance import registration, scope_rules

        assert scope_rules  # imported for what it registers
        registration.register()
