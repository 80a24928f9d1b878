from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tenglong.apps.accounts"
    label = "accounts"
    verbose_name = "用户与权限"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenglong.apps.accounts import pages

        pages.register()
