"""Addresses of renewal; the verbs stand in the wirings."""

from __future__ import annotations

from tenglong.apps.renewal.urls_findings import urlpatterns as findings
from tenglong.apps.renewal.urls_plans import urlpatterns as plans
from tenglong.apps.renewal.urls_premises import urlpatterns as premises
from tenglong.apps.renewal.urls_treated import urlpatterns as treated

app_name = "renewal"
urlpatterns = [*findings, *plans, *treated, *premises]
