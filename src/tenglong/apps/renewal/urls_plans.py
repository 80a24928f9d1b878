"""Addresses of plans and site searches."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
