"""Addresses of projects; the verbs stand in the wiring."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
