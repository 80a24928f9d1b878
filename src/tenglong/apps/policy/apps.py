from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "tenglong.apps.policy"
    label = "policy"
    verbose_name = "政策参数"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.policy import pages

        pages.register()
