"""Log-in, log-out, lock-out."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts import trail
from tenglong.apps.accounts.models import User, UserSession


class SignInForm(AuthenticationForm):
    """The answer never tells whether the name exists."""

    error_messages = {
        "invalid_login": _("用户名或密码不对，或账号已停用。连续 5 次错误将锁定 30 分钟。"),
        "inactive": _("用户名或密码不对，或账号已停用。连续 5 次错误将锁定 30 分钟。"),
    }


class SignIn(auth_views.LoginView):
    """Keeps `next` on this host (Django checks it); records success and failure."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        trail.record(user, "session.start", "user", user.ulid)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if getattr(self.request, "axes_locked_out", False):
            return locked_out(self.request)
        name = str(form.data.get("username", ""))[:64]
        known = User.objects.filter(username=name).first()
        trail.record(known or "匿名", "session.refused", "user", known.ulid if known else "", result="refused")
        return super().form_invalid(form)


class SignOut(auth_views.LogoutView):
    next_page = "accounts:login"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            UserSession.objects.filter(session_key=request.session.session_key or "").delete()
            trail.record(request.user, "session.end", "user", request.user.ulid)
        return super().post(request, *args, **kwargs)


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """Page of a locked user + address; says how long, never whether the name exists."""
    cool_off = get_cool_off(request)
    minutes = int(cool_off.total_seconds() // 60) if cool_off else 0
    trail.record("匿名", "session.locked", "user", "", result="refused")
    return render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
