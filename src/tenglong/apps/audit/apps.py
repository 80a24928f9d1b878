from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tenglong.apps.audit"
    label = "audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.accounts import trail
        from tenglong.apps.audit import pages, service

        trail.use(service.record)
        pages.register()
