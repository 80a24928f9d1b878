"""Password rules: length by role, three of four classes, the last five not again (policy-facts §10)."""

from __future__ import annotations

import secrets
import string
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenglong.apps.accounts.models import PasswordHistory, User
from tenglong.apps.accounts.roles import ADMIN_ROLES
from tenglong.apps.accounts.scope import roles_of

CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
#: no characters that look alike on paper
ALPHABETS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!@#%+=?")


def classes_of(password: str) -> int:
    """How many of: small letters, capitals, digits, other signs."""
    return sum(any(char in group for char in password) for group in CLASSES) + any(
        not any(char in group for group in CLASSES) for char in password
    )


class StrengthValidator:
    """At least 8 characters (administrators 10) and 3 of 4 classes."""

    def validate(self, password: str, user: Any = None) -> None:
        least = _least(user)
        if len(password) < least:
            raise ValidationError(_("密码至少 %(least)d 位") % {"least": least}, code="password_too_short")
        if classes_of(password) < 3:
            raise ValidationError(_("密码须含大写字母、小写字母、数字、符号中的至少三种"), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("至少 %(least)d 位（管理员 %(admin)d 位），含大写字母、小写字母、数字、符号中的至少三种") % {
            "least": settings.TENGLONG_PASSWORD_LENGTH, "admin": settings.TENGLONG_PASSWORD_LENGTH_ADMIN,
        }


class HistoryValidator:
    """The last five passwords are not used again."""

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, User) or user.pk is None:
            return
        earlier = list(user.passwords.order_by("-id").values_list("password", flat=True)[: settings.TENGLONG_PASSWORD_HISTORY])
        if any(check_password(password, old) for old in [user.password, *earlier]):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return _("不能与最近 %(count)d 次用过的密码相同") % {"count": settings.TENGLONG_PASSWORD_HISTORY}

    def password_changed(self, password: str, user: Any = None) -> None:
        """Called by `User.save` after a change: remember the hash, forget what is older than the rule needs."""
        if isinstance(user, User) and user.pk:
            remember(user)


def remember(user: User) -> None:
    PasswordHistory.objects.create(user=user, password=user.password)
    keep = user.passwords.order_by("-id").values_list("pk", flat=True)[: settings.TENGLONG_PASSWORD_HISTORY]
    user.passwords.exclude(pk__in=list(keep)).delete()


def random_password(length: int = 14) -> str:
    """A password that passes the rules and can be read off paper."""
    while True:
        chars = [secrets.choice("".join(ALPHABETS)) for _index in range(length)]
        if classes_of("".join(chars)) == 4:
            return "".join(chars)


def _least(user: Any) -> int:
    admin = isinstance(user, User) and user.pk and roles_of(user) & ADMIN_ROLES
    return int(settings.TENGLONG_PASSWORD_LENGTH_ADMIN if admin else settings.TENGLONG_PASSWORD_LENGTH)
