"""Site search: a contiguous site for a given project, with a proven bound."""

from __future__ import annotations

from tenglong.domain.renewal.site.result import Site, Sites, Unmet
from tenglong.domain.renewal.site.searching import search
from tenglong.domain.renewal.site.weigh import Aim, Eligible

__all__ = ["Aim", "Eligible", "Site", "Sites", "Unmet", "search"]
