"""Addresses from the trial run on: runs, results, publications, appeals, adjustments, what-if, schemes."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
