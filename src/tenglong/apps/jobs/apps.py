from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "tenglong.apps.jobs"
    label = "jobs"
    verbose_name = "作业"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.jobs import pages

        pages.register()
