from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "tenglong.apps.evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.evaluation import jobs, registration, scope_rules
        from tenglong.apps.evaluation.service import case

        assert jobs and scope_rules  # imported for what they register
        case.register()
        registration.register()
