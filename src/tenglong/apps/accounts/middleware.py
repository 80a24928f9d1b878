"""Every request: a trace number, a session that is neither idle nor expired, and a verb for its address."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from ulid import ULID

from tenglong.apps.accounts import tracing
from tenglong.apps.accounts.models import UserSession
from tenglong.apps.accounts.roles import PUBLIC
from tenglong.apps.accounts.scope import Refused, can
from tenglong.web import access
from tenglong.web.twins import Twin

GetResponse = Callable[[HttpRequest], HttpResponseBase]
#: pages that stay open to someone who must change the password first
BEFORE_PASSWORD = frozenset({"accounts:password", "accounts:logout", "set_language", "web:set_language"})


def client_ip(request: HttpRequest) -> str:
    """Address of the peer; `X-Forwarded-For` counts only behind the number of proxies that the operator declared."""
    proxies = settings.AXES_IPWARE_PROXY_COUNT
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(chain) >= proxies:
        return str(chain[-proxies])
    return str(request.META.get("REMOTE_ADDR", ""))


class TraceMiddleware:
    """Gives `request.trace_id` and `request.client_ip`; error pages and audit entries carry them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.trace_id = str(ULID())  # type: ignore[attr-defined]
        request.client_ip = client_ip(request)  # type: ignore[attr-defined]
        token = tracing.enter(request)
        try:
            response = self.get_response(request)
        finally:
            tracing.leave(token)
        response["X-Trace-Id"] = request.trace_id  # type: ignore[attr-defined]
        return response


class SessionMiddleware:
    """Ends idle sessions, those of disabled users and those ended from another seat."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and not self._still_good(request):
            logout(request)
            if wants_data(request):
                return Twin({"error": _("登录已过期，请重新登录")}, status=401)
            return redirect_to_login(request.get_full_path())
        return self.get_response(request)

    def _still_good(self, request: HttpRequest) -> bool:
        now = time.time()
        seen = request.session.get("seen_at")
        if seen is not None and now - seen > settings.TENGLONG_IDLE_MINUTES * 60:
            return False
        if seen is None or now - seen > 60:
            if not self._touch(request):
                return False
            request.session["seen_at"] = now
        return True

    def _touch(self, request: HttpRequest) -> bool:
        key = request.session.session_key
        if key is None:
            return True
        row = UserSession.objects.filter(session_key=key)
        if row.update(seen_at=timezone.now()):
            return True
        UserSession.objects.create(user_id=request.user.pk or 0, session_key=key, ip=client_ip(request) or None,
                                   agent=request.META.get("HTTP_USER_AGENT", "")[:200], seen_at=timezone.now())
        return True


class AccessMiddleware:
    """Refuses an address whose URL name has no registered verb, and a user whose roles lack it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """What a signed-in person gets is nobody else's: no proxy keeps it, nor the browser for the next one at the counter."""
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        verb = access.verb_of(name)
        if verb == PUBLIC:
            return None
        if not request.user.is_authenticated:
            if wants_data(request):
                return Twin({"error": _("请先登录")}, status=401)
            return redirect_to_login(request.get_full_path())
        if verb is None:
            raise Refused(f"unregistered:{name}")
        if not can(request.user, verb):
            raise Refused(verb)
        return must_change(request, name)


def must_change(request: HttpRequest, name: str) -> HttpResponse | None:
    """Sends a user with an expired or first password to the change page; everything else waits."""
    if name in BEFORE_PASSWORD or not password_expired(request.user):
        return None
    if wants_data(request):
        return Twin({"error": _("密码已到期，请先修改密码")}, status=403)
    return redirect("accounts:password")


def password_expired(user: Any) -> bool:
    if user.must_change_password:
        return True
    changed = user.password_changed_at or user.created_at
    return bool(timezone.now() - changed > timedelta(days=settings.TENGLONG_PASSWORD_DAYS))


def wants_data(request: HttpRequest) -> bool:
    """JSON twins, tiles, fragments: told by status, never by a redirect to a page."""
    path = request.path
    return path.endswith((".json", ".mvt", ".pbf")) or request.headers.get("HX-Request") == "true"
