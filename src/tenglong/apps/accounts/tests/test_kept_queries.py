"""A kept query answers as the queryset does, for every value and after every write."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenglong.apps.accounts.every_request import _grants, active_user, grants_in_force
from tenglong.apps.accounts.models import RoleGrant, User
from tenglong.store.kept import Kept


def test_grants_are_those_of_the_queryset_with_their_department(cast):
    today = timezone.localdate()
    for user in User.objects.all():
        kept, plain = grants_in_force(user.pk), list(_grants(user.pk, today, today))
        assert kept == plain
        assert [row.__dict__ | {"_state": 0} for row in kept] == [row.__dict__ | {"_state": 0} for row in plain]
        with CaptureQueriesContext(connection) as asked:
            assert [grant.department for grant in kept] == [grant.department for grant in plain]
        assert not asked.captured_queries


def test_a_grant_revoked_ended_or_not_yet_begun_is_not_read(cast):
    grant = RoleGrant.objects.get(user=cast.officer)
    today = timezone.localdate()
    for change in ({"revoked": True}, {"valid_to": today}, {"valid_from": today + timedelta(1)}):
        RoleGrant.objects.filter(pk=grant.pk).update(**change)
        assert grants_in_force(cast.officer.pk) == []
        grant.save()
        assert grants_in_force(cast.officer.pk) == [grant]


def test_a_disabled_or_unknown_person_is_not_read(cast):
    assert active_user(cast.officer.pk) == cast.officer
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert active_user(cast.officer.pk) is None and active_user(2**40) is None


def test_a_value_that_stands_in_two_places_is_refused(cast):
    twice = Kept(lambda pk: User.objects.filter(pk=pk).exclude(department_id=pk), (1,), (2,))
    with pytest.raises(ValueError, match="not in one place"):
        twice.rows(3)
