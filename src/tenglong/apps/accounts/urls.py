"""Addresses of accounts."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.accounts.views import departments, own, people, sign_in

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("me/", own.profile, name="profile"),
    path("me/password/", own.password, name="password"),
    path("me/sessions/<int:pk>/end/", own.end_session, name="end-session"),
    path("users/", people.users, name="users"),
    path("users/new/", people.new_user, name="new-user"),
    path("users/<str:ulid>/", people.user, name="user"),
    path("users/<str:ulid>/grants/", people.grant, name="grant"),
    path("users/<str:ulid>/grants/<int:pk>/revoke/", people.revoke, name="revoke"),
    path("users/<str:ulid>/password/", people.reset_password, name="reset-password"),
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.department, name="new-department"),
    path("departments/<str:ulid>/", departments.department, name="department"),
    path("roles/", people.roles, name="roles"),
]
