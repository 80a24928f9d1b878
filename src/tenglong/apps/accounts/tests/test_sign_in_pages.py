"""Signing in, staying in, being locked out; two editors of one record; addresses without a verb."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from conftest import PASSWORD
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from tenglong.apps.accounts.models import User, UserSession
from tenglong.web import access

LOGIN = "/login/"


def enter(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password}, **extra)


def test_name_and_password_open_the_door(cast: Any, client: Client) -> None:
    assert enter(client, "officer").status_code == 302
    assert client.get("/me/").status_code == 200


def test_five_failures_lock_name_and_address_and_nobody_else(cast: Any) -> None:
    clumsy, other_seat = Client(), Client(REMOTE_ADDR="10.0.0.9")
    for _turn in range(4):
        assert enter(clumsy, "officer", "wrong").status_code == 200
    assert enter(clumsy, "officer", "wrong").status_code == 429
    assert enter(clumsy, "officer").status_code == 429
    assert enter(clumsy, "stranger").status_code == 302
    assert enter(other_seat, "officer").status_code == 302


def test_a_forged_forwarded_address_does_not_escape_the_lock(cast: Any, client: Client) -> None:
    for turn in range(5):
        enter(client, "officer", "wrong", headers={"X-Forwarded-For": f"10.1.1.{turn}"})
    assert enter(client, "officer", headers={"X-Forwarded-For": "10.9.9.9"}).status_code == 429


def test_the_answer_does_not_tell_whether_a_name_exists(cast: Any, client: Client) -> None:
    known, unknown = enter(client, "officer", "wrong"), enter(client, "ghost", "wrong")
    strip = re.compile(rb'value="[^"]*"|csrf[^>]*')
    assert strip.sub(b"", known.content) == strip.sub(b"", unknown.content)


def test_idle_session_ends(cast: Any, sign_in: Any, settings: Any) -> None:
    client = sign_in(cast.officer)
    assert client.get("/me/").status_code == 200
    session = client.session
    session["seen_at"] = time.time() - settings.TENGLONG_IDLE_MINUTES * 60 - 1
    session.save()
    response = client.get("/me/")
    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)


def test_idle_session_of_a_json_twin_says_401(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.officer)
    session = client.session
    session["seen_at"] = 1.0
    session.save()
    assert client.get("/jobs.json").status_code == 401


def test_expired_password_leads_to_the_change_page_only(cast: Any, sign_in: Any) -> None:
    User.objects.filter(pk=cast.officer.pk).update(password_changed_at=timezone.now() - timedelta(days=91))
    client = sign_in(cast.officer)
    assert client.get("/me/")["Location"] == "/me/password/"
    words = {"old": PASSWORD, "new": "Willow-bird-88", "again": "Willow-bird-88"}
    assert client.post("/me/password/", words).status_code == 302
    assert client.get("/me/").status_code == 200


def test_changing_the_password_ends_other_sessions(cast: Any) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        enter(client, "officer")
        client.get("/me/")
    assert UserSession.objects.filter(user=cast.officer).count() == 2
    here.post("/me/password/", {"old": PASSWORD, "new": "Willow-bird-88", "again": "Willow-bird-88"})
    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


def test_disabling_a_user_ends_their_session(cast: Any, sign_in: Any) -> None:
    officer = Client()
    enter(officer, "officer")
    officer.get("/me/")
    admin = sign_in(cast.system_admin)
    page = admin.get(f"/users/{cast.officer.ulid}/")
    form = page.context["form"]
    admin.post(f"/users/{cast.officer.ulid}/", {
        "name": "镇街经办", "department": cast.town_office.pk, "lock_version": form.initial["lock_version"],
        "seen": form.initial["seen"]})
    assert not User.objects.get(pk=cast.officer.pk).is_active
    assert officer.get("/me/").status_code == 302


def test_the_second_editor_sees_what_changed_and_keeps_their_input(cast: Any, sign_in: Any) -> None:
    admin = sign_in(cast.system_admin)
    address = f"/departments/{cast.town_office.ulid}/"
    seen = admin.get(address).context["form"].initial
    base = {"lock_version": seen["lock_version"], "seen": seen["seen"], "divisions": "330604001", "is_active": "on",
            "parent": cast.county_office.pk, "zones": "", "short_name": "", "contact": ""}
    first = admin.post(address, {**base, "name": "百官街道经济发展办"})
    assert first.status_code == 302
    second = admin.post(address, {**base, "name": "百官街道办事处", "contact": "8211"})
    form = second.context["form"]
    assert [(delta.field, delta.old, delta.new) for delta in form.theirs] == [("name", "百官街道办事处", "百官街道经济发展办")]
    assert {delta.field for delta in form.mine} == {"name", "contact"}
    assert 'value="8211"' in second.content.decode()
    again = {**base, "name": "百官街道经济发展办", "contact": "8211", "lock_version": form["lock_version"].value(),
             "seen": form["seen"].value()}
    assert admin.post(address, again).status_code == 302
    cast.town_office.refresh_from_db()
    assert (cast.town_office.name, cast.town_office.contact) == ("百官街道经济发展办", "8211")


def test_login_does_not_send_people_to_another_host(cast: Any, client: Client) -> None:
    response = client.post(LOGIN, {"username": "officer", "password": PASSWORD, "next": "https://evil.example/"})
    assert response["Location"] == "/"


def url_names() -> list[str]:
    found: list[str] = []

    def walk(patterns: Any, space: str) -> None:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                inner = ":".join(part for part in (space, pattern.namespace) if part)
                walk(pattern.url_patterns, inner)
            else:
                found.append(":".join(part for part in (space, pattern.name or f"unnamed {pattern.pattern}") if part))

    walk(get_resolver().url_patterns, "")
    return found


def test_every_address_has_a_verb() -> None:
    names = url_names()
    assert len(names) > 20
    assert [name for name in names if access.verb_of(name) is None] == []


def test_an_address_without_a_verb_is_refused_to_everyone(cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {name: verb for name, verb in access.registered().items() if name != "accounts:profile"}
    monkeypatch.setattr(access, "_verbs", known)
    assert sign_in(cast.county).get("/me/").status_code == 403


def test_refusal_names_whom_to_ask_and_a_trace_number(cast: Any, sign_in: Any) -> None:
    response = sign_in(cast.officer).get("/users/")
    assert response.status_code == 403
    assert "系统管理员" in response.content.decode()
    assert len(response["X-Trace-Id"]) == 26


def test_anonymous_people_are_sent_to_the_login_page(client: Client, db: None) -> None:
    assert client.get("/users/")["Location"] == "/login/?next=/users/"
    assert client.get("/jobs.json").status_code == 401


def test_pages_of_accounts_open_for_their_keepers(cast: Any, sign_in: Any) -> None:
    admin = sign_in(cast.system_admin)
    for name in ("users", "new-user", "departments", "new-department", "roles", "profile", "password"):
        assert admin.get(reverse(f"accounts:{name}")).status_code == 200
    assert "script-src 'self'" in admin.get("/me/")["Content-Security-Policy"]


def test_new_user_and_role_through_the_pages(cast: Any) -> None:
    admin, guard = Client(), Client()
    admin.force_login(cast.system_admin)
    guard.force_login(cast.security_admin)
    wish = {"username": "xin", "name": "新人", "department": cast.town_office.pk, "phone": "13800000000"}
    page = admin.post("/users/new/", wish)
    password = re.search(r'id="password">([^<]+)<', page.content.decode())
    person = User.objects.get(username="xin")
    assert password
    assert "13800000000" not in person.phone_cipher
    granted = guard.post(f"/users/{person.ulid}/grants/", {"role": "town_officer", "valid_from": "2026-01-01"})
    assert granted.status_code == 302
    assert admin.post(f"/users/{person.ulid}/grants/", {"role": "leader", "valid_from": "2026-01-01"}).status_code == 403
