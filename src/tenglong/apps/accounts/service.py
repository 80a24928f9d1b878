"""The door of accounts: people, departments, roles. Every step is recorded; the three administrators stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.contrib.auth import password_validation
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts import cipher, trail
from tenglong.apps.accounts.locking import save_locked
from tenglong.apps.accounts.models import Department, RoleGrant, User, UserSession
from tenglong.apps.accounts.passwords import random_password
from tenglong.apps.accounts.roles import DEFAULT_SCOPE, ROLE_CHOICES, SCOPES_ALLOWED, SEPARATED
from tenglong.apps.accounts.scope import require
from tenglong.domain.delta import Delta

#: the program itself: command line, demo, first start
SYSTEM: Final = "system"
Actor = User | str


class AccountError(ValueError):
    """The step is refused; the message is for the user."""


def create_user(
    actor: Actor, *, username: str, name: str, department: Department | None = None, password: str = "",
    phone: str = "", is_demo: bool = False, must_change: bool = True,
) -> tuple[User, str]:
    """A new user and their password (random when none is given). Raises AccountError."""
    _may(actor, "user.manage")
    user = User(username=username, name=name, department=department, is_demo=is_demo, phone_cipher=cipher.encrypt(phone))
    user.must_change_password = must_change
    chosen = password or random_password()
    _check(lambda: password_validation.validate_password(chosen, user))
    _check(lambda: user.full_clean(exclude=["password"]))
    user.set_password(chosen)
    user.password_changed_at = timezone.now()
    with transaction.atomic():
        user.save()
        told = [Delta("username", None, username), Delta("name", None, name), Delta("department", None, str(department or ""))]
        trail.record(actor, "user.create", "user", user.ulid, deltas=told)
    return user, chosen


def change_user(actor: Actor, user: User, values: Mapping[str, Any], lock_version: int) -> User:
    """Change name, department, activity. Raises Stale when someone else was first."""
    _may(actor, "user.manage")
    if values.get("is_active") is False:
        _not_oneself(actor, user, _("不能停用自己的账号"))
    with transaction.atomic():
        fresh, deltas = save_locked(user, values, lock_version)
        if deltas:
            trail.record(actor, "user.change", "user", fresh.ulid, deltas=deltas)
        if not fresh.is_active:
            end_sessions(fresh)
    return fresh


def reset_password(actor: Actor, user: User, password: str = "") -> str:
    """A new password that must be changed at the next log-in; every session of the user ends."""
    _may(actor, "user.manage")
    chosen = password or random_password()
    with transaction.atomic():
        _set_password(user, chosen, must_change=True)
        end_sessions(user)
        trail.record(actor, "user.reset_password", "user", user.ulid)
    return chosen


def change_own_password(user: User, password: str, keep_session: str | None = None) -> None:
    """After the form has checked the old one. Other sessions of the user end. Raises AccountError."""
    _check(lambda: password_validation.validate_password(password, user))
    with transaction.atomic():
        _set_password(user, password, must_change=False)
        end_sessions(user, but=keep_session)
        trail.record(user, "user.change_password", "user", user.ulid)


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def grant_role(
    actor: Actor, user: User, role: str, *, scope: str = "", department: Department | None = None,
    divisions: Iterable[str] = (), enterprise_id: int | None = None, valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give a role. Raises AccountError: unknown role or scope, two of the three administrators, granting to oneself."""
    _may(actor, "role.grant")
    _not_oneself(actor, user, _("不能给自己授予角色，请另一位安全管理员办理"))
    grant = RoleGrant(
        user=user, role=role, scope=scope or DEFAULT_SCOPE.get(role, ""), department=department or user.department,
        divisions=sorted(set(divisions)), enterprise_id=enterprise_id, valid_from=valid_from or timezone.localdate(),
        valid_to=valid_to, granted_by=actor if isinstance(actor, User) else None,
    )
    _check_grant(grant)
    try:
        with transaction.atomic():
            grant.save()
            trail.record(actor, "role.grant", "user", user.ulid, deltas=[Delta("role", None, describe(grant))])
    except IntegrityError as error:
        raise AccountError(_separation_text()) from error
    forget_grants(user)
    return grant


def _check_grant(grant: RoleGrant) -> None:
    if grant.role not in DEFAULT_SCOPE:
        raise AccountError(_("没有“%(role)s”这个角色") % {"role": grant.role})
    if grant.scope not in SCOPES_ALLOWED[grant.role]:
        raise AccountError(_("这个角色不能用“%(scope)s”数据范围") % {"scope": grant.get_scope_display()})
    if grant.role in SEPARATED and RoleGrant.objects.filter(user=grant.user, role__in=SEPARATED, revoked=False).exists():
        raise AccountError(_separation_text())
    if grant.role in SEPARATED and grant.valid_to:
        raise AccountError(_("三员角色不设终止日期，需要时撤销即可"))
    if grant.scope == "custom" and not grant.divisions:
        raise AccountError(_("自定范围至少要填一个镇街代码"))
    if grant.scope in ("department", "department_tree") and grant.department is None:
        raise AccountError(_("按部门的范围需要选择部门"))
    if grant.scope == "own_enterprise" and grant.enterprise_id is None:
        raise AccountError(_("企业用户需要指明企业"))
    if grant.valid_to and grant.valid_to <= grant.valid_from:
        raise AccountError(_("终止日期应晚于起始日期"))


def revoke_role(actor: Actor, grant: RoleGrant, reason: str = "") -> None:
    """Take a role back as of now; the row stays as history."""
    _may(actor, "role.grant")
    _not_oneself(actor, grant.user, _("不能撤销自己的角色"))
    with transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(revoked=True)
        told = [Delta("role", describe(grant), None)]
        trail.record(actor, "role.revoke", "user", grant.user.ulid, deltas=told, reason=reason)
    forget_grants(grant.user)


def describe(grant: RoleGrant) -> str:
    """One line for audit and pages: 镇街经办 · 本部门 · 道墟街道."""
    parts = [str(grant.get_role_display()), str(grant.get_scope_display())]
    parts += [str(grant.department)] if grant.department else []
    parts += ["、".join(grant.divisions)] if grant.divisions else []
    parts += [f"enterprise {grant.enterprise_id}"] if grant.enterprise_id else []
    return " · ".join(parts)


def save_department(
    actor: Actor, department: Department, values: Mapping[str, Any], lock_version: int | None = None
) -> Department:
    """New (no primary key yet) or changed. Raises AccountError on a loop, Stale when someone else was first."""
    _may(actor, "user.manage")
    _no_loop(department, values.get("parent"))
    with transaction.atomic():
        if department.pk is None:
            for name, value in values.items():
                setattr(department, name, value)
            department.save()
            told = [Delta(name, None, _told(value)) for name, value in values.items()]
            trail.record(actor, "department.create", "department", department.ulid, deltas=told)
            return department
        fresh, deltas = save_locked(department, values, lock_version or 0)
        if deltas:
            trail.record(actor, "department.change", "department", fresh.ulid, deltas=deltas)
    return fresh


def _no_loop(department: Department, parent: Department | None) -> None:
    above, steps = parent, 0
    while above is not None and steps < 50:
        if department.pk is not None and above.pk == department.pk:
            raise AccountError(_("上级部门不能是自己或自己的下级"))
        above, steps = above.parent, steps + 1


def end_sessions(user: User, but: str | None = None) -> int:
    """End every session of the user except `but`; returns how many."""
    keys = list(UserSession.objects.filter(user=user).exclude(session_key=but or "").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_own_session(user: User, pk: int) -> None:
    """Raises AccountError for a session of someone else."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        raise AccountError(_("没有这个会话，可能已经结束"))
    with transaction.atomic():
        Session.objects.filter(session_key=row.session_key).delete()
        row.delete()
        trail.record(user, "session.end", "user", user.ulid)


def demo_accounts() -> list[User]:
    """Accounts that forbid an address others can reach."""
    return list(User.objects.filter(is_demo=True, is_active=True))


def forget_grants(user: User) -> None:
    """Drop the grants cached on the object after a change."""
    user.__dict__.pop("_active_grants", None)


def _may(actor: Actor, verb: str) -> None:
    if actor != SYSTEM:
        require(actor if isinstance(actor, User) else None, verb)


def _not_oneself(actor: Actor, user: User, message: str) -> None:
    if isinstance(actor, User) and actor.pk == user.pk:
        raise AccountError(message)


def _separation_text() -> str:
    labels = dict(ROLE_CHOICES)
    return _("三员分立：同一个人只能担任%(roles)s中的一个") % {"roles": "、".join(str(labels[role]) for role in SEPARATED)}


def _check(rule: Any) -> None:
    try:
        rule()
    except ValidationError as error:
        raise AccountError("；".join(error.messages)) from error


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool | list) else str(value)


def user_named(username: str) -> User | None:
    return User.objects.filter(username=username).first()


def departments() -> QuerySet[Department]:
    """Every department by name, for choosing one in a form."""
    return Department.objects.order_by("name")


def department_named(name: str, divisions: Iterable[str] = (), parent: Department | None = None) -> Department:
    """The department of this name, made when there is none."""
    found = Department.objects.filter(name=name, parent=parent).first() or Department.objects.filter(name=name).first()
    if found is not None:
        return found
    values = {"name": name, "divisions": sorted(set(divisions)), "parent": parent}
    return save_department(SYSTEM, Department(), values)


def roll() -> list[tuple[str, str, str, str]]:
    """(username, name, roles, state) of everybody, for the operator at the machine."""
    rows = []
    for user in User.objects.prefetch_related("grants"):
        held = "、".join(describe(grant) for grant in user.grants.all() if not grant.revoked)
        rows.append((user.username, user.name, held, _("启用") if user.is_active else _("停用")))
    return rows


def disable_demo(actor: Actor) -> int:
    """Disable every demo account and end its sessions."""
    found = demo_accounts()
    for user in found:
        change_user(actor, user, {"is_active": False}, user.lock_version)
    return len(found)
