from django.apps import AppConfig


class RenewalConfig(AppConfig):
    name = "tenglong.apps.renewal"
    label = "renewal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.renewal import registration, scope_rules

        assert scope_rules  # imported for what it registers
        registration.register()
