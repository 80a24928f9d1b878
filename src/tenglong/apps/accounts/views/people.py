"""Users and their roles, for the system and the security administrator."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts import service
from tenglong.apps.accounts.forms import GrantForm, NewUserForm, UserForm
from tenglong.apps.accounts.locking import Stale
from tenglong.apps.accounts.models import RoleGrant, User
from tenglong.apps.accounts.roles import ROLE_CHOICES, ROLE_VERBS, VERBS
from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.accounts.views.own import me

PAGE = 50


@requires("user.manage")
def users(request: HttpRequest) -> HttpResponse:
    """Filter by text, role and state; conditions live in the address."""
    grants = RoleGrant.objects.filter(revoked=False)
    found = User.objects.select_related("department").prefetch_related(Prefetch("grants", grants, to_attr="held"))
    text, role, state = (request.GET.get(name, "").strip() for name in ("q", "role", "state"))
    if text:
        found = found.filter(Q(username__icontains=text) | Q(name__icontains=text) | Q(department__name__icontains=text))
    if role in ROLE_VERBS:
        found = found.filter(grants__role=role, grants__revoked=False).distinct()
    if state in ("on", "off"):
        found = found.filter(is_active=state == "on")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/users.html", {
        "page": page, "roles": ROLE_CHOICES, "text": text, "role": role, "state": state,
    })


@requires("user.manage")
def new_user(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user, password = service.create_user(
                me(request), username=values["username"], name=values["name"], department=values["department"],
                phone=values["phone"],
            )
            return render(request, "accounts/new_password.html", {"person": user, "password": password})
        except service.AccountError as error:
            form.add_error(None, str(error))
    return render(request, "accounts/form.html", {"form": form, "title": _("新建用户"), "back": "accounts:users"})


@requires("user.manage")
def user(request: HttpRequest, ulid: str) -> HttpResponse:
    person = get_object_or_404(User, ulid=ulid)
    form = UserForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            service.change_user(me(request), User.objects.get(pk=person.pk), form.values(), form.cleaned_data["lock_version"])
            messages.success(request, _("已保存"))
            return redirect("accounts:user", ulid=ulid)
        except Stale:
            form.mark_stale(User.objects.get(pk=person.pk))
        except service.AccountError as error:
            form.add_error(None, str(error))
    return _user_page(request, person, form, GrantForm())


def _user_page(request: HttpRequest, person: User, form: UserForm, grant_form: GrantForm) -> HttpResponse:
    grants = RoleGrant.objects.filter(user=person).select_related("department", "granted_by").order_by("revoked", "role")
    return render(request, "accounts/user.html", {
        "person": person, "form": form, "grant_form": grant_form, "grants": grants,
        "may_grant": can(request.user, "role.grant"),
    })


@require_POST
@requires("role.grant")
def grant(request: HttpRequest, ulid: str) -> HttpResponse:
    person = get_object_or_404(User, ulid=ulid)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            service.grant_role(me(request), person, **form.cleaned_data)
            messages.success(request, _("角色已授予"))
            return redirect("accounts:user", ulid=ulid)
        except service.AccountError as error:
            form.add_error(None, str(error))
    return _user_page(request, person, UserForm(instance=person), form)


@require_POST
@requires("role.grant")
def revoke(request: HttpRequest, ulid: str, pk: int) -> HttpResponse:
    held = get_object_or_404(RoleGrant, pk=pk, user__ulid=ulid)
    try:
        service.revoke_role(me(request), held, request.POST.get("reason", ""))
        messages.success(request, _("角色已撤销"))
    except service.AccountError as error:
        messages.error(request, str(error))
    return redirect("accounts:user", ulid=ulid)


@require_POST
@requires("user.manage")
def reset_password(request: HttpRequest, ulid: str) -> HttpResponse:
    person = get_object_or_404(User, ulid=ulid)
    password = service.reset_password(me(request), person)
    return render(request, "accounts/new_password.html", {"person": person, "password": password})


@requires("user.manage")
def roles(request: HttpRequest) -> HttpResponse:
    """The matrix, straight from the table that decides."""
    rows = [(verb, label, [verb in ROLE_VERBS[role] for role, _label in ROLE_CHOICES]) for verb, label in VERBS.items()]
    return render(request, "accounts/roles.html", {"roles": ROLE_CHOICES, "rows": rows})
