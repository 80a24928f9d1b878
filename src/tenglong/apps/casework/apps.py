from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "tenglong.apps.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.casework import registration, scope_rules

        assert scope_rules  # imported for what it registers
        registration.register()
