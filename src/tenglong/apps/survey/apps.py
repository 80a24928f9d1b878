from django.apps import AppConfig


class SurveyConfig(AppConfig):
    name = "tenglong.apps.survey"
    label = "survey"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.survey import jobs, registration, scope

        assert jobs and scope  # imported for what they register
        registration.register()
