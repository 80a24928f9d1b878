"""Economics and routes in force, as a plan pins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.policy import service as policy
from tenglong.apps.renewal.errors import RenewalError
from tenglong.domain.renewal.economics.checks import Economics, compile_economics
from tenglong.domain.renewal.routes import RouteBook, compile_routes

ECONOMICS, ROUTES = "renewal_economics", "routes"
DEFAULT = "default"

_economics: dict[str, Economics] = {}
_books: dict[str, RouteBook] = {}


@dataclass(frozen=True)
class Rules:
    """What a plan is worked by; `pins` go into its record."""

    model: Economics
    book: RouteBook
    pins: dict[str, str]


def in_force() -> Rules:
    """Raises RenewalError naming what is wrong with a text."""
    costs, routes = _current(ECONOMICS), _current(ROUTES)
    if costs.sha256 not in _economics:
        _economics[costs.sha256] = compile_economics(costs.document)
    if routes.sha256 not in _books:
        _books[routes.sha256] = compile_routes(routes.document)
    pins = {one.kind: f"{one.id}@{one.version} {one.document.pin}" for one in (costs, routes)}
    return Rules(_economics[costs.sha256], _books[routes.sha256], pins)


def _current(kind: str) -> Any:
    try:
        return policy.current(kind, DEFAULT)
    except KeyError as error:
        raise RenewalError(_("没有“%(kind)s”这份政策参数，请在“政策参数”里启用。") % {"kind": kind}) from error
    except policy.PolicyError as error:
        raise RenewalError(_("政策参数“%(kind)s”有误：%(why)s") % {"kind": kind, "why": error}) from error
