"""Row scope: which rows a user may see. What has no rule is not seen (fail closed)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from tenglong.apps.accounts.every_request import grants_in_force
from tenglong.apps.accounts.models import Department, RoleGrant, User
from tenglong.apps.accounts.roles import PUBLIC, ROLE_VERBS, SIGNED_IN, VERBS, holds, roles_with

Actor = User | AnonymousUser | None
View = Callable[..., HttpResponseBase]
Rule = Callable[["Scope"], Q]
M = TypeVar("M", bound=Model)

#: no row at all, whatever the model
NOTHING = Q(pk__in=[])
#: from nothing to everything; the kind of a union is its widest part
_WIDTH = ("none", "own_enterprise", "self", "custom", "department", "department_tree", "all")


@dataclass(frozen=True)
class Scope:
    """Rows of a user: the union of the sets named here. `kind` all needs no set, none has no row.

    `divisions` are codes or prefixes of codes; `own_rows` lets the user see what they created themselves.
    """

    kind: str = "none"
    divisions: frozenset[str] = field(default_factory=frozenset)
    zones: frozenset[str] = field(default_factory=frozenset)
    department_ids: frozenset[int] = field(default_factory=frozenset)
    user_id: int | None = None
    enterprise_ids: frozenset[int] = field(default_factory=frozenset)
    own_rows: bool = False

    def covers(self, division_code: str) -> bool:
        """True if a row of this division is in scope by its division alone."""
        return self.kind == "all" or any(division_code.startswith(prefix) for prefix in self.divisions)

    def union(self, other: Scope) -> Scope:
        """Exactly the rows of both, never more."""
        return Scope(
            kind=max(self.kind, other.kind, key=_WIDTH.index),
            divisions=self.divisions | other.divisions,
            zones=self.zones | other.zones,
            department_ids=self.department_ids | other.department_ids,
            user_id=self.user_id if self.user_id is not None else other.user_id,
            enterprise_ids=self.enterprise_ids | other.enterprise_ids,
            own_rows=self.own_rows or other.own_rows,
        )


_rules: dict[str, Rule] = {}


def scope_rule(label: str) -> Callable[[Rule], Rule]:
    """Register the rule of model `label` (`app.Model`); a second one for the same model is a mistake."""

    def register(rule: Rule) -> Rule:
        name = label.lower()
        if name in _rules and _rules[name].__qualname__ != rule.__qualname__:
            raise ValueError(f"scope rule of {label} is already given by {_rules[name].__qualname__}")
        _rules[name] = rule
        return rule

    return register


def rules_in_force() -> tuple[Rule, ...]:
    """Part of the key of whatever keeps a scoped statement: another rule is another statement."""
    return tuple(_rules.values())


def scoped(user: Actor, queryset: QuerySet[M], verb: str | None = None) -> QuerySet[M]:
    """Rows of `queryset` that `user` may see; `verb`: only by roles that hold it."""
    rule = _rules.get(queryset.model._meta.label_lower)
    scope = scope_of(user, verb)
    if rule is None or scope.kind == "none":
        return queryset.none()
    return queryset.filter(rule(scope))


def scope_of(user: Actor, verb: str | None = None) -> Scope:
    """Union of the scopes of the user's active grants (with `verb`: of those grants whose role holds it)."""
    if not _signed_in(user):
        return Scope()
    total = Scope()
    for grant in active_grants(user):
        if verb is None or holds([grant.role], verb):
            total = total.union(_scope_of_grant(user, grant))
    return total


def scopes_by_role(user: Actor) -> dict[str, Scope]:
    """The scope of each role that the user holds today: what a role lets do, it lets do only there."""
    found: dict[str, Scope] = {}
    for grant in active_grants(user):
        found[grant.role] = found.get(grant.role, Scope()).union(_scope_of_grant(user, grant))
    return found


def active_grants(user: Actor) -> list[RoleGrant]:
    """Grants in force today; read once per user object."""
    if user is None or not _signed_in(user):
        return []
    cached: list[RoleGrant] | None = getattr(user, "_active_grants", None)
    if cached is None:
        cached = grants_in_force(user.pk or 0)
        user._active_grants = cached  # type: ignore[union-attr]
    return cached


def roles_of(user: Actor) -> frozenset[str]:
    return frozenset(grant.role for grant in active_grants(user))


def can(user: Actor, verb: str) -> bool:
    """True if one of the user's roles holds `verb`."""
    if verb == PUBLIC:
        return True
    if not _signed_in(user):
        return False
    return verb == SIGNED_IN or holds((grant.role for grant in active_grants(user)), verb)


def verbs_of(user: Actor) -> frozenset[str]:
    """All that `user` can: for a page that asks for many verbs at once, as the menu does."""
    if not _signed_in(user):
        return frozenset({PUBLIC})
    return frozenset({PUBLIC, SIGNED_IN}).union(*(ROLE_VERBS.get(role, ()) for role in roles_of(user)))


class Refused(PermissionDenied):
    """403 that names the verb and whom to ask."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.ask = roles_with(verb)
        whom = _("、").join(self.ask) or _("安全管理员")
        super().__init__(_("您的角色没有“%(verb)s”权限，请联系：%(whom)s") % {"verb": VERBS.get(verb, verb), "whom": whom})


def require(user: Actor, verb: str) -> None:
    """Raise Refused unless `user` may `verb`; for services."""
    if not can(user, verb):
        raise Refused(verb)


def requires(verb: str) -> Callable[[View], View]:
    """View decorator: 403 naming whom to ask; anonymous people are sent to sign in by the middleware."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.user, verb)
            return view(request, *args, **kwargs)

        checked.verb = verb  # type: ignore[attr-defined]
        return checked

    return decorate


def by_owner(
    scope: Scope, division: str = "division_code", department: str = "department_id", creator: str = "created_by_id",
    zone: str = "",
) -> Q:
    """The common rule: division prefix, creating department, creator, zone. Pass "" for a column the model lacks."""
    if scope.kind == "all":
        return Q()
    found = NOTHING
    if division:
        found |= in_divisions(division, scope.divisions)
    if department and scope.department_ids:
        found |= Q(**{f"{department}__in": sorted(scope.department_ids)})
    if creator and scope.own_rows and scope.user_id is not None:
        found |= Q(**{creator: scope.user_id})
    if zone and scope.zones:
        found |= Q(**{f"{zone}__in": sorted(scope.zones)})
    return found


def in_divisions(column: str, prefixes: Iterable[str]) -> Q:
    """Rows whose code starts with a prefix, as ranges of digits: an index serves them on both databases."""
    found = NOTHING
    for first, behind in _ranges(prefixes):
        found |= Q(**{f"{column}__gte": first, f"{column}__lt": behind}) if behind else Q(**{column: first})
    return found


def _ranges(prefixes: Iterable[str]) -> list[tuple[str, str]]:
    """(first, behind) of each prefix, adjoining ones joined: towns are numbered in a row. No `behind`: that code alone."""
    out: list[tuple[str, str]] = []
    for prefix in sorted(prefixes):
        if not (prefix.isdigit() and prefix.strip("9")):
            out += [(prefix, "")] if prefix else []
        elif out and out[-1][1] == prefix:
            out[-1] = (out[-1][0], _next(prefix))
        else:
            out.append((prefix, _next(prefix)))
    return out


def _next(prefix: str) -> str:
    return str(int(prefix) + 1).zfill(len(prefix))


def _signed_in(user: Actor) -> bool:
    return isinstance(user, User) and user.pk is not None and user.is_active


def _scope_of_grant(user: Actor, grant: RoleGrant) -> Scope:
    user_id = user.pk if user is not None else None
    if grant.scope == "own_enterprise":
        ids = frozenset() if grant.enterprise_id is None else frozenset({grant.enterprise_id})
        return Scope("own_enterprise", user_id=user_id, enterprise_ids=ids)
    if grant.scope == "self":
        return Scope("self", user_id=user_id, own_rows=True)
    if grant.scope == "custom":
        return Scope("custom", divisions=frozenset(grant.divisions), user_id=user_id)
    if grant.scope in ("department", "department_tree"):
        return _scope_of_department(user_id, grant)
    return Scope(grant.scope if grant.scope == "all" else "none", user_id=user_id)


def _scope_of_department(user_id: int | None, grant: RoleGrant) -> Scope:
    if grant.department is None:
        return Scope(user_id=user_id)
    members = [grant.department]
    if grant.scope == "department_tree":
        members = descendants(grant.department)
    return Scope(
        grant.scope,
        divisions=frozenset(code for member in members for code in member.divisions),
        zones=frozenset(code for member in members for code in member.zones),
        department_ids=frozenset(member.pk for member in members),
        user_id=user_id,
    )


def descendants(root: Department) -> list[Department]:
    """The department and everything below it; a loop in the data does not hang."""
    found, level = {root.pk: root}, [root.pk]
    while level:
        below = [child for child in Department.objects.filter(parent__in=level) if child.pk not in found]
        found.update({child.pk: child for child in below})
        level = [child.pk for child in below]
    return list(found.values())
