"""What each request reads to know who asks and what they may do: always from the database, never from a memory."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.models import RoleGrant, User
from tenglong.store.kept import Kept

_DAY: Final = date(2000, 1, 1)
_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


def _grants(user_id: int, begun: date, unended: date) -> QuerySet[RoleGrant]:
    held = RoleGrant.objects.filter(user_id=user_id, revoked=False, valid_from__lte=begun).select_related("department")
    return held.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=unended))


_GRANTS: Final = Kept(_grants, (1, _DAY, _DAY), (2, _DAY + timedelta(1), _DAY + timedelta(1)))
_USER: Final = Kept(lambda pk: User.objects.filter(pk=pk, is_active=True), (1,), (2,))
_SESSION: Final = Kept(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), ("a", _TIME), ("b", _TIME + timedelta(1))
)


def grants_in_force(user_id: int) -> list[RoleGrant]:
    """Grants of the user that are neither revoked nor outside their dates today, with their department."""
    today = timezone.localdate()
    return _GRANTS.rows(user_id, today, today)


def active_user(user_id: int) -> User | None:
    return next(iter(_USER.rows(user_id)), None)


class SessionStore(db.SessionStore):
    """Django's sessions in the database, read by a kept statement."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = next(iter(_SESSION.rows(self.session_key, timezone.now())), None)
        if found is None:
            self._session_key = None
        return found
