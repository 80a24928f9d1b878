"""The policy of clearing in force, and the one that a project was set up by."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.policy import service as policy
from tenglong.domain.landing.clearance.policy import KIND, ClearancePolicy, Taking

DEFAULT = "default"
_read: dict[str, ClearancePolicy] = {}


def in_force() -> tuple[ClearancePolicy, str]:
    """The policy and its pin `id@version sha256`. Raises ClearanceError."""
    try:
        loaded = policy.current(KIND, DEFAULT)
    except KeyError as error:
        raise ClearanceError(_("没有“征收腾空拆除”这份政策参数，请在“政策参数”里启用。")) from error
    except policy.PolicyError as error:
        raise ClearanceError(_("政策参数“征收腾空拆除”有误：%(why)s") % {"why": error}) from error
    if loaded.sha256 not in _read:
        _read[loaded.sha256] = ClearancePolicy.model_validate(loaded.data)
    return _read[loaded.sha256], f"{loaded.id}@{loaded.version} {loaded.document.pin}"


def current() -> ClearancePolicy:
    return in_force()[0]


def taking_of(row: Any) -> Taking:
    """The kind of taking of a project. Raises ClearanceError when the policy in force no longer has it."""
    try:
        return current().kind(row.kind)
    except LookupError as error:
        raise ClearanceError(str(error)) from error
