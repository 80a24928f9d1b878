from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tenglong.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.web import wiring
        from tenglong.web.views import figures

        assert figures  # imported for the scope rule of the ledger
        wiring.wire()
