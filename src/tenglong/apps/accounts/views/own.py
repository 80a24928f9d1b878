"""A user's own pages: profile with sessions, password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts import service
from tenglong.apps.accounts.forms import PasswordForm
from tenglong.apps.accounts.middleware import password_expired
from tenglong.apps.accounts.models import User
from tenglong.apps.accounts.passwords import HistoryValidator, StrengthValidator
from tenglong.apps.accounts.roles import SIGNED_IN
from tenglong.apps.accounts.scope import active_grants, requires, scope_of


@requires(SIGNED_IN)
def profile(request: HttpRequest) -> HttpResponse:
    user = me(request)
    return render(request, "accounts/profile.html", {
        "grants": [(grant, service.describe(grant)) for grant in active_grants(user)],
        "sessions": user.sessions.order_by("-seen_at"), "this_session": request.session.session_key,
        "scope": scope_of(user), "idle": settings.TENGLONG_IDLE_MINUTES,
    })


@requires(SIGNED_IN)
def password(request: HttpRequest) -> HttpResponse:
    user = me(request)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, user, form):
        messages.success(request, _("密码已修改，其他地方的登录已退出"))
        return redirect("/")
    rules = [StrengthValidator().get_help_text(), HistoryValidator().get_help_text(),
             _("每 %(days)d 天更换一次") % {"days": settings.TENGLONG_PASSWORD_DAYS}]
    return render(request, "accounts/password.html", {"form": form, "rules": rules, "expired": password_expired(user)})


def _changed(request: HttpRequest, user: User, form: PasswordForm) -> bool:
    try:
        service.change_own_password(user, form.cleaned_data["new"], request.session.session_key)
    except service.AccountError as error:
        form.add_error("new", str(error))
        return False
    update_session_auth_hash(request, user)
    return True


@require_POST
@requires(SIGNED_IN)
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        service.end_own_session(me(request), pk)
        messages.success(request, _("会话已结束"))
    except service.AccountError as error:
        messages.error(request, str(error))
    return redirect("accounts:profile")


def me(request: HttpRequest) -> User:
    """The signed-in user; the middleware has already turned away everyone else."""
    if not isinstance(request.user, User):
        raise TypeError("anonymous request past the access middleware")
    return request.user
