"""Addresses up to the freeze: areas, departments, records, checks, sheets."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
