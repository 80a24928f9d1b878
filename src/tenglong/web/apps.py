from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tenglong.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.web import wiring

        wiring.wire()
