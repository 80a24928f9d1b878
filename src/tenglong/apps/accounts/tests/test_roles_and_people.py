"""Separation of the three administrators, passwords, masking, encryption."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tenglong.apps.accounts import cipher, service
from tenglong.apps.accounts.masking import mask
from tenglong.apps.accounts.models import RoleGrant
from tenglong.apps.accounts.passwords import classes_of, random_password
from tenglong.apps.accounts.roles import ROLE_CHOICES, ROLE_VERBS, SEPARATED, VERBS
from tenglong.apps.accounts.scope import Refused, can, roles_of, verbs_of


@pytest.mark.parametrize(("first", "second"), list(permutations(SEPARATED, 2)))
@pytest.mark.database
def test_nobody_holds_two_of_the_three(cast: Any, first: str, second: str) -> None:
    service.grant_role(service.SYSTEM, cast.nobody, first)
    with pytest.raises(service.AccountError, match="三员分立"):
        service.grant_role(service.SYSTEM, cast.nobody, second)
    row = RoleGrant(user=cast.nobody, role=second, scope="none", valid_from=timezone.localdate())
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.database
def test_a_revoked_administrator_may_take_the_other_office(cast: Any) -> None:
    grant = service.grant_role(service.SYSTEM, cast.nobody, "auditor")
    service.revoke_role(cast.security_admin, grant, "轮岗")
    service.grant_role(cast.security_admin, cast.nobody, "system_admin")
    assert roles_of(cast.nobody) == {"system_admin"}


def test_security_administrator_cannot_grant_to_themselves(cast: Any) -> None:
    with pytest.raises(service.AccountError, match="不能给自己"):
        service.grant_role(cast.security_admin, cast.security_admin, "county_admin")


def test_system_administrator_manages_people_but_grants_nothing(cast: Any) -> None:
    person, _password = service.create_user(cast.system_admin, username="new", name="新人")
    with pytest.raises(Refused, match="安全管理员"):
        service.grant_role(cast.system_admin, person, "county_admin")


def test_no_role_mixes_granting_with_auditing_or_data() -> None:
    assert not ROLE_VERBS["security_admin"] & {"audit.view", "plot.view", "sensitive.view"}
    assert not ROLE_VERBS["system_admin"] & {"audit.view", "role.grant", "plot.view", "sensitive.view"}
    assert not ROLE_VERBS["auditor"] & {"user.manage", "role.grant", "plot.view", "policy.edit"}
    assert set(ROLE_VERBS) == {role for role, _label in ROLE_CHOICES}
    assert set().union(*ROLE_VERBS.values()) <= set(VERBS)


@pytest.mark.parametrize("wish", [
    {"role": "town_officer", "scope": "own_enterprise"}, {"role": "auditor", "scope": "all"}, {"role": "king"},
    {"role": "task_force", "divisions": []}, {"role": "enterprise"}, {"role": "leader", "valid_to": timezone.localdate()},
])
def test_impossible_grants_are_refused_with_a_sentence(cast: Any, wish: dict[str, Any]) -> None:
    with pytest.raises(service.AccountError):
        service.grant_role(service.SYSTEM, cast.nobody, **wish)


@pytest.mark.parametrize("password", ["Ab1!", "alllowercaseletters", "12345678901", "password123"])
def test_weak_passwords_are_refused(cast: Any, password: str) -> None:
    with pytest.raises(service.AccountError):
        service.change_own_password(cast.officer, password)


def test_administrators_need_the_longer_password(cast: Any) -> None:
    service.change_own_password(cast.officer, "Cage-9bb")
    with pytest.raises(service.AccountError, match="10"):
        service.change_own_password(cast.auditor, "Cage-9bb")


def test_the_last_five_passwords_are_not_used_again(cast: Any) -> None:
    words = [f"Willow-bird-{number}" for number in range(7)]
    for word in words:
        service.change_own_password(cast.officer, word)
    for word in words[-settings.TENGLONG_PASSWORD_HISTORY:]:
        with pytest.raises(service.AccountError, match="最近"):
            service.change_own_password(cast.officer, word)
    service.change_own_password(cast.officer, words[0])


def test_random_passwords_pass_the_rules() -> None:
    made = {random_password() for _index in range(50)}
    assert len(made) == 50
    assert {classes_of(word) for word in made} == {4}


def test_sensitive_figures_and_persons_are_masked_by_role(cast: Any) -> None:
    assert mask(cast.county, "tax_paid", 1234) == 1234
    assert mask(cast.officer, "tax_paid", 1234) == "***"
    assert mask(cast.officer, "phone", "13812345678") == "138****5678"
    assert mask(cast.officer, "contact", "王小二") == "王**"
    assert mask(cast.officer, "tax_paid", None) is None
    assert mask(cast.officer, "name", "某厂") == "某厂"


@given(st.text(max_size=40))
def test_what_was_encrypted_comes_back(text: str) -> None:
    token = cipher.encrypt(text)
    assert cipher.decrypt(token) == text
    assert len(text) < 6 or text not in token


def test_a_foreign_key_file_is_told_plainly(settings: Any, tmp_path: Any) -> None:
    token = cipher.encrypt("13812345678")
    settings.TENGLONG_HOME = tmp_path / "elsewhere"
    with pytest.raises(cipher.CipherError, match="keys/fields"):
        cipher.decrypt(token)


def test_keys_are_for_their_owner_alone(cast: Any) -> None:
    keys = list((settings.TENGLONG_HOME / "keys").iterdir())
    assert keys
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}


def test_departments_do_not_form_a_loop(cast: Any) -> None:
    with pytest.raises(service.AccountError, match="下级"):
        service.save_department(cast.system_admin, cast.county_office, {"parent": cast.town_office}, 1)


def test_all_verbs_at_once_are_the_verbs_one_by_one(cast: Any) -> None:
    for person in (cast.county, cast.officer, cast.firm, cast.auditor, cast.system_admin, cast.nobody, None):
        assert verbs_of(person) - {"public", "signed-in"} == {verb for verb in VERBS if can(person, verb)}
    cast.officer.is_active = False
    assert verbs_of(cast.officer) == {"public"}
