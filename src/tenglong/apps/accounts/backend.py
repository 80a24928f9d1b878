"""Name and password, for active users; the time taken does not tell whether a name exists."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tenglong.apps.accounts.every_request import active_user
from tenglong.apps.accounts.models import User


class AccountBackend:
    """No Django permissions: rights come from roles alone."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None,
                     **extra: Any) -> User | None:
        if username is None or password is None:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # same work as a check
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return active_user(int(user_id))
