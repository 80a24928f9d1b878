"""Networks of permits in force, and the text that a project keeps."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tenglong.apps.policy import service as policy
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import PermitNetwork, PermitPolicy
from tenglong.domain.landing.permits.policy import KIND, Permits

#: by hash: a text never changes
_read: dict[str, Permits] = {}


def in_force(reference: str, on: date) -> policy.LoadedPolicy:
    """Raises ProjectError when there is none, or it does not load."""
    try:
        return policy.current(KIND, reference, on)
    except KeyError as error:
        raise ProjectError(_("没有“%(id)s”这份审批网络，请在“政策参数”里启用。") % {"id": reference[:60]}) from error
    except policy.PolicyError as error:
        raise ProjectError(_("审批网络“%(id)s”有误：%(why)s") % {"id": reference[:60], "why": error}) from error


def pin(loaded: policy.LoadedPolicy) -> PermitPolicy:
    """The kept copy of that very text."""
    kept, _new = PermitPolicy.objects.get_or_create(sha256=loaded.sha256, defaults={
        "policy_id": loaded.id, "version": loaded.version, "verified": loaded.document.header.verified in (True, "verified"),
        "body": Permits.model_validate(loaded.data).model_dump(mode="json", by_alias=True)})
    return kept


def of(network: PermitNetwork) -> Permits:
    """The network's own text, read once per process; the row needs no `body` when it is known."""
    return by_pin(network.policy)


def by_pin(pinned: PermitPolicy) -> Permits:
    if pinned.sha256 not in _read:
        _read[pinned.sha256] = Permits.model_validate(pinned.body)
    return _read[pinned.sha256]


def offered(on: date) -> list[tuple[str, str, Permits]]:
    """(reference, label, network) of every network that a project may begin with today."""
    found = []
    for name in sorted({row["id"] for row in policy.listing() if row["kind"] == KIND}):
        try:
            loaded = policy.current(KIND, name, on)
        except (KeyError, policy.PolicyError):
            continue
        if loaded.sha256 not in _read:
            _read[loaded.sha256] = Permits.model_validate(loaded.data)
        body = _read[loaded.sha256]
        found.append((name, body.name, body))
    return found
