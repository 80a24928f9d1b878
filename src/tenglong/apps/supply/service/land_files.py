"""Files of steps: kept in the vault of the register under the town of the record, found again by its scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import service as register
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.service.land_base import WORK


def keep(actor: Any, file: Any, row: Any, *, kind: str = "approval", number: str = "", dated: date | None = None) -> Any:
    """The uploaded file as a document of the row's town; None without a file. Raises SupplyError."""
    if not file:
        return None
    try:
        return register.add_document(actor, file.name, file.read(), kind=kind, number=number[:64], dated=dated,
                                     division_code=row.division_code, verb=WORK)
    except register.RegistryError as error:
        raise SupplyError(str(error)) from error


def seen(user: Any, keys: Iterable[int | None]) -> dict[int, Any]:
    """Key → file, of those that the person may open."""
    wanted = {key for key in keys if key is not None}
    return {one.pk: one for one in registry.documents(user).filter(pk__in=wanted)} if wanted else {}
