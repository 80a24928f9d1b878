"""Row scope: unions never widen, what has no rule is not seen, ranges of digits mean prefixes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tenglong.apps.accounts import service
from tenglong.apps.accounts.models import PasswordHistory, User
from tenglong.apps.accounts.scope import Scope, by_owner, can, in_divisions, scope_of, scoped

CODES = ["330604001", "330604002", "330604100", "330602001", "330604001200", "999999999", ""]
ROWS = [
    {"division_code": code, "department_id": office, "created_by_id": person, "zone_code": zone}
    for code in CODES for office in (1, 2, None) for person in (7, 8, None) for zone in ("A", "B", "")
]


def holds(q: Q, row: dict[str, Any]) -> bool:
    """A Q on one row in plain Python: the oracle that knows nothing of SQL."""
    if not q.children:
        return True
    answers = [holds(child, row) if isinstance(child, Q) else _leaf(child, row) for child in q.children]
    answer = all(answers) if q.connector == Q.AND else any(answers)
    return answer != q.negated


def _leaf(leaf: tuple[str, Any], row: dict[str, Any]) -> bool:
    name, _sep, lookup = leaf[0].partition("__")
    value = row.get(name)
    if lookup == "in":
        return value in leaf[1]
    if lookup == "gte":
        return value >= leaf[1]
    if lookup == "lt":
        return value < leaf[1]
    return value == leaf[1]


scopes = st.builds(
    Scope,
    kind=st.sampled_from(["none", "self", "custom", "department", "department_tree", "own_enterprise", "all"]),
    divisions=st.frozensets(st.sampled_from(["33", "330604", "330604001", "330604002", "999999999"]), max_size=3),
    zones=st.frozensets(st.sampled_from(["A", "B"]), max_size=2),
    department_ids=st.frozensets(st.sampled_from([1, 2, 3]), max_size=2),
    user_id=st.just(7),
    own_rows=st.booleans(),
)


def seen(scope: Scope) -> set[int]:
    if scope.kind == "none" and not (scope.divisions or scope.zones or scope.department_ids or scope.own_rows):
        return set()
    rule = by_owner(scope, zone="zone_code")
    return {index for index, row in enumerate(ROWS) if holds(rule, row)}


@given(scopes, scopes)
def test_union_of_two_scopes_sees_exactly_the_rows_of_both(one: Scope, other: Scope) -> None:
    assert seen(one.union(other)) == seen(one) | seen(other)


@given(st.text("0123456789", min_size=1, max_size=9), st.text("0123456789", min_size=9, max_size=12))
def test_range_of_digits_is_the_prefix(prefix: str, code: str) -> None:
    if not prefix.strip("9"):
        return  # a prefix of nines only is matched exactly; no division has one
    assert holds(in_divisions("division_code", [prefix]), {"division_code": code}) == code.startswith(prefix)


def test_a_model_without_a_rule_gives_nothing_even_to_the_county(cast: Any) -> None:
    assert PasswordHistory.objects.exists()
    assert not scoped(cast.county, PasswordHistory.objects.all()).exists()


def test_people_without_role_or_account_see_nothing(cast: Any) -> None:
    assert scope_of(AnonymousUser()) == Scope()
    assert scope_of(None) == Scope()
    assert scope_of(cast.nobody).kind == "none"
    assert not can(cast.nobody, "plot.view")


@pytest.mark.parametrize("name", ["system_admin", "security_admin", "auditor"])
def test_separated_administrators_see_no_business_row(cast: Any, name: str) -> None:
    assert scope_of(getattr(cast, name)).kind == "none"


def test_officer_of_another_town_covers_only_that_town(cast: Any) -> None:
    assert scope_of(cast.officer).covers("330604001200")
    assert not scope_of(cast.stranger).covers("330604001")


def test_department_tree_reaches_the_offices_below(cast: Any) -> None:
    service.grant_role(service.SYSTEM, cast.nobody, "analyst", scope="department_tree", department=cast.county_office)
    scope = scope_of(cast.nobody)
    assert {cast.town_office.pk, cast.other_office.pk} < scope.department_ids
    assert scope.covers("330604002")


def test_grants_of_tomorrow_and_of_yesterday_give_nothing(cast: Any) -> None:
    today = timezone.localdate()
    service.grant_role(service.SYSTEM, cast.nobody, "leader", valid_from=today + timedelta(days=1))
    service.grant_role(service.SYSTEM, cast.nobody, "analyst", valid_from=today - timedelta(days=9), valid_to=today)
    assert scope_of(cast.nobody).kind == "none"


def test_a_wide_scope_of_a_reading_role_does_not_widen_editing(cast: Any) -> None:
    service.grant_role(service.SYSTEM, cast.officer, "leader")
    assert scope_of(cast.officer).kind == "all"
    editing = scope_of(cast.officer, "plot.edit")
    assert editing.kind == "department"
    assert not editing.covers("330604002")


def test_disabled_user_keeps_no_right(cast: Any) -> None:
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    officer = User.objects.get(pk=cast.officer.pk)
    assert not can(officer, "plot.view")
    assert scope_of(officer).kind == "none"


def test_adjoining_divisions_are_one_range_and_no_other_code_slips_in():
    from tenglong.apps.accounts.scope import _ranges

    towns = [f"33060400{n}" for n in (1, 2, 3, 5)]
    assert _ranges(towns) == [("330604001", "330604004"), ("330604005", "330604006")]
    assert _ranges(["330604", "330604001"]) == [("330604", "330605"), ("330604001", "330604002")]
    assert _ranges(["999", "", "P-1"]) == [("999", ""), ("P-1", "")]
    for code in ("330604000", "330604001", "330604003", "330604003999", "330604004", "330604005", "330604006", "3306040"):
        assert any(code >= first and code < behind for first, behind in _ranges(towns)) == code.startswith(tuple(towns)), code
