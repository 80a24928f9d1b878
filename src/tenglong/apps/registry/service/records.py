"""Create, change, correct: plots, titles, buildings, enterprises."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.registry import counters
from tenglong.apps.registry.bulk import KEEP
from tenglong.apps.registry.bulk_enterprises import sealed
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import (
    Building,
    BuildingVersion,
    Enterprise,
    EnterpriseCode,
    EnterpriseVersion,
    Parcel,
    ParcelVersion,
    Plot,
    PlotCode,
    PlotVersion,
)
from tenglong.apps.registry.nouns import BUILDING, ENTERPRISE, PARCEL, PLOT, Noun
from tenglong.apps.registry.service import versions
from tenglong.apps.registry.service.shapes import UNCHANGED
from tenglong.apps.registry.service.versions import Values
from tenglong.domain.delta import Delta, diff


@transaction.atomic
def create_plot(
    actor: Any, values: Values, *, on: date, town: str, geometry: Any = None, reason: str = "", batch_id: int | None = None
) -> PlotVersion:
    """A new plot with a code of `town` (9 digits). A plot without geometry is valid. Raises RegistryError, Refused."""
    versions.may_write(actor, "plot.edit", town)
    (code,) = counters.plot_codes(town, 1)
    plot = Plot.objects.create(batch_id=batch_id)
    PlotCode.objects.create(plot=plot, system="tenglong", code=code, valid_from=on)
    found: PlotVersion = first(
        PLOT, plot, actor, values, geometry, on=on, town=town, reason=reason, batch_id=batch_id, code=code
    )
    return found


@transaction.atomic
def create_parcel(
    actor: Any,
    values: Values,
    *,
    on: date,
    town: str,
    code: str,
    geometry: Any = None,
    reason: str = "",
    batch_id: int | None = None,
) -> ParcelVersion:
    versions.may_write(actor, "plot.edit", town)
    if not code or Parcel.objects.filter(code=code).exists():
        raise RegistryError(_taken(_("宗地代码"), code))
    found: ParcelVersion = first(PARCEL, Parcel.objects.create(code=code, batch_id=batch_id), actor, values, geometry, on=on,
                                  town=town, reason=reason, batch_id=batch_id)
    return found


def _taken(what: str, code: str) -> str:
    words = {"what": what, "code": code}
    return (_("%(what)s“%(code)s”已登记，不能重复。") if code else _("%(what)s不能为空。")) % words


@transaction.atomic
def create_building(
    actor: Any,
    values: Values,
    *,
    on: date,
    town: str,
    code: str,
    geometry: Any = None,
    reason: str = "",
    batch_id: int | None = None,
) -> BuildingVersion:
    versions.may_write(actor, "plot.edit", town)
    if not code or Building.objects.filter(code=code).exists():
        raise RegistryError(_taken(_("建筑编号"), code))
    found: BuildingVersion = first(BUILDING, Building.objects.create(code=code, batch_id=batch_id), actor, values, geometry,
                                    on=on, town=town, reason=reason, batch_id=batch_id)
    return found


@transaction.atomic
def create_enterprise(
    actor: Any, values: Values, *, on: date, town: str, uscc: str = "", reason: str = "", batch_id: int | None = None
) -> EnterpriseVersion:
    """`uscc` empty: a provisional key is made. `values` may hold `contact` and `phone`; they are sealed."""
    versions.may_write(actor, "enterprise.edit", town)
    if uscc and EnterpriseCode.objects.filter(code=uscc).exists():
        raise RegistryError(_("统一社会信用代码 %(uscc)s 已登记。") % {"uscc": uscc})
    key = uscc or counters.enterprise_codes(town, 1)[0]
    firm = Enterprise.objects.create(key=key, batch_id=batch_id)
    EnterpriseCode.objects.create(enterprise=firm, system="uscc" if uscc else "tenglong", code=key, valid_from=on)
    plain, personal = _sealed({**values, "uscc": uscc}, "")
    found: EnterpriseVersion = first(ENTERPRISE, firm, actor, plain, None, on=on, town=town, reason=reason, batch_id=batch_id,
                                      told=personal)
    return found


def first(
    noun: Noun, identity: Any, actor: Any, values: Values, geometry: Any, *, on: date, town: str, reason: str,
    batch_id: int | None, told: tuple[Delta, ...] = (), **more: Any,
) -> Any:
    """First version and its audit entry."""
    versions.not_future(on)
    fresh = versions.checked(noun, {**values, "division_code": town})
    revision = counters.raise_revision(noun.layer or noun.name)
    drawn = versions.drawn_for_new(noun, geometry, revision)
    version = versions.insert(noun, identity, actor, fresh, on=on, to=None, batch_id=batch_id, **drawn, **more)
    hidden = {name: value for name, value in fresh.items() if name != "contact_cipher"}
    record(actor, f"{noun.name}.create", noun.name, identity.ulid, deltas=(*diff({}, {**hidden, **more}), *told), reason=reason,
           batch_id=batch_id)
    return version


def _sealed(values: Values, old: str) -> tuple[dict[str, Any], tuple[Delta, ...]]:
    """Values with contact and phone as one cipher, and the Deltas that the audit hashes."""
    plain = {name: value for name, value in values.items() if name not in ("contact", "phone")}
    if "contact" not in values and "phone" not in values:
        return plain, ()
    plain["contact_cipher"] = sealed(values.get("contact", KEEP), values.get("phone", KEEP), old)
    return plain, tuple(Delta(name, None, values[name]) for name in ("contact", "phone") if name in values)


def change(
    noun: Noun,
    actor: Any,
    ulid: str,
    values: Values,
    geometry: Any,
    *,
    on: date,
    lock_version: int | None,
    reason: str,
    base: Values | None,
) -> Any:
    identity = versions.locked(actor, noun, ulid)
    values, personal = _prepared(noun, actor, identity, values)
    version, deltas, _old = versions.add(noun, identity, actor, values, geometry, on=on, lock_version=lock_version, base=base)
    return _told(noun, actor, identity, version, "change", deltas, personal, reason)


def correct(noun: Noun, actor: Any, ulid: str, values: Values, geometry: Any, *, on: date | None, lock_version: int | None,
             reason: str, base: Values | None) -> Any:
    if not reason.strip():
        raise RegistryError(_("更正会改写历史，请写明原因（例如：录入错误、复核实测）。"))
    identity = versions.locked(actor, noun, ulid)
    values, personal = _prepared(noun, actor, identity, values)
    version, deltas, _old = versions.edit(noun, identity, values, geometry, on=on, lock_version=lock_version, base=base)
    return _told(noun, actor, identity, version, "correct", deltas, personal, reason)


def _prepared(noun: Noun, actor: Any, identity: Any, values: Values) -> tuple[Values, tuple[Delta, ...]]:
    """Contacts sealed, and a move to another town only by who looks after that one too."""
    if town := values.get("division_code"):
        versions.may_write(actor, noun.edit, town) if town not in _towns(noun, identity) else None
    if noun is not ENTERPRISE:
        return values, ()
    return _sealed(values, versions.versions_of(noun, identity)[-1].contact_cipher)


def _towns(noun: Noun, identity: Any) -> set[str]:
    return set(noun.objects().filter(**{noun.owner: identity.pk}).values_list("division_code", flat=True))


def _told(
    noun: Noun,
    actor: Any,
    identity: Any,
    version: Any,
    word: str,
    deltas: tuple[Delta, ...],
    personal: tuple[Delta, ...],
    reason: str,
) -> Any:
    shown = tuple(delta for delta in deltas if delta.field != "contact_cipher")
    record(actor, f"{noun.name}.{word}", noun.name, identity.ulid, deltas=(*shown, *personal), reason=reason)
    if noun is ENTERPRISE and version.uscc and not EnterpriseCode.objects.filter(code=version.uscc).exists():
        EnterpriseCode.objects.create(enterprise=identity, system="uscc", code=version.uscc, valid_from=version.valid_from)
    return version


@transaction.atomic
def change_plot(actor: Any, ulid: str, values: Values, *, on: date, lock_version: int | None, reason: str = "",
                geometry: Any = UNCHANGED, base: Values | None = None) -> PlotVersion:
    """A new version from `on`. Raises Conflict, RegistryError, Refused."""
    found: PlotVersion = change(
        PLOT, actor, ulid, values, geometry, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found


@transaction.atomic
def correct_plot(actor: Any, ulid: str, values: Values, *, lock_version: int | None, reason: str, geometry: Any = UNCHANGED,
                 on: date | None = None, base: Values | None = None) -> PlotVersion:
    """Edits the version in force `on` (None: the latest). Raises Conflict, RegistryError, Refused."""
    found: PlotVersion = correct(
        PLOT, actor, ulid, values, geometry, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found


@transaction.atomic
def change_parcel(actor: Any, ulid: str, values: Values, *, on: date, lock_version: int | None, reason: str = "",
                  geometry: Any = UNCHANGED, base: Values | None = None) -> ParcelVersion:
    found: ParcelVersion = change(
        PARCEL, actor, ulid, values, geometry, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found


@transaction.atomic
def correct_parcel(actor: Any, ulid: str, values: Values, *, lock_version: int | None, reason: str, geometry: Any = UNCHANGED,
                   on: date | None = None, base: Values | None = None) -> ParcelVersion:
    found: ParcelVersion = correct(
        PARCEL, actor, ulid, values, geometry, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found


@transaction.atomic
def change_building(actor: Any, ulid: str, values: Values, *, on: date, lock_version: int | None, reason: str = "",
                    geometry: Any = UNCHANGED, base: Values | None = None) -> BuildingVersion:
    found: BuildingVersion = change(
        BUILDING, actor, ulid, values, geometry, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found


@transaction.atomic
def correct_building(actor: Any, ulid: str, values: Values, *, lock_version: int | None, reason: str, geometry: Any = UNCHANGED,
                     on: date | None = None, base: Values | None = None) -> BuildingVersion:
    found: BuildingVersion = correct(
        BUILDING, actor, ulid, values, geometry, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found


@transaction.atomic
def change_enterprise(actor: Any, ulid: str, values: Values, *, on: date, lock_version: int | None, reason: str = "",
                      base: Values | None = None) -> EnterpriseVersion:
    """`contact` and `phone` in `values` are sealed; what is left out stays."""
    found: EnterpriseVersion = change(
        ENTERPRISE, actor, ulid, values, UNCHANGED, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found


@transaction.atomic
def correct_enterprise(actor: Any, ulid: str, values: Values, *, lock_version: int | None, reason: str, on: date | None = None,
                       base: Values | None = None) -> EnterpriseVersion:
    found: EnterpriseVersion = correct(
        ENTERPRISE, actor, ulid, values, UNCHANGED, on=on, lock_version=lock_version, reason=reason, base=base
    )
    return found
