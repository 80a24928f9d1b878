from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "tenglong.apps.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.projects import registration

        registration.register()
