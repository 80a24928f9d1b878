"""Addresses with their verbs, and menu entries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.roles import PUBLIC, SIGNED_IN
from tenglong.web import access, menu

VERBS = {
    "login": PUBLIC, "logout": SIGNED_IN, "profile": SIGNED_IN, "password": SIGNED_IN, "end-session": SIGNED_IN,
    "users": "user.manage", "new-user": "user.manage", "user": "user.manage", "reset-password": "user.manage",
    "departments": "user.manage", "new-department": "user.manage", "department": "user.manage", "roles": "user.manage",
    "grant": "role.grant", "revoke": "role.grant",
}


def register() -> None:
    """Called from `AppConfig.ready()`."""
    for name, verb in VERBS.items():
        access.register(f"accounts:{name}", verb)
    menu.register("system", _("用户"), "accounts:users", "user.manage", 10)
    menu.register("system", _("部门"), "accounts:departments", "user.manage", 20)
    menu.register("system", _("角色权限"), "accounts:roles", "user.manage", 30)
