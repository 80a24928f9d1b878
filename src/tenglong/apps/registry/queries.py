"""What leaves the register: every function takes the acting user first and returns only what that user may see.

`on` is a business date: the versions in force that day; None means the open versions. Version rows carry the
identity's `ulid`. Relations, accounts, divisions and zones may carry an end that lies ahead (a lease): for them None means
today. Values that need `sensitive.view` are masked or left out here, not in a template.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.registry.models import (
    Attribution,
    BuildingVersion,
    Division,
    DocumentLink,
    EnterpriseVersion,
    Fact,
    LetUnitVersion,
    Lineage,
    Occupancy,
    ParcelVersion,
    ParkVersion,
    PlotCode,
    PlotParcel,
    PlotVersion,
    SourceDocument,
    Zone,
)

M = TypeVar("M", bound=Model)
#: their open row is the current one: the service closes it when the next begins
VERSIONS = (BuildingVersion, EnterpriseVersion, LetUnitVersion, ParcelVersion, ParkVersion, PlotVersion)


def in_force(on: date | None, prefix: str = "") -> Q:
    """Half-open [valid_from, valid_to): in force on that day, or open when `on` is None."""
    if on is None:
        return Q(**{f"{prefix}valid_to__isnull": True})
    ends = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    return ends & Q(**{f"{prefix}valid_from__lte": on})


def current(on: date | None = None) -> Q:
    """As `in_force`, for rows that carry an end of their own: None is today, so a lease that ends next year is current."""
    return in_force(on or timezone.localdate())


def not_ended(day: date) -> Q:
    """In force on that day or beginning later: what an event of that day has to take along."""
    return Q(valid_to__isnull=True) | Q(valid_to__gt=day)


def _dated(user: Any, model: type[M], on: date | None, verb: str) -> QuerySet[M]:
    rule = in_force(on) if model in VERSIONS else current(on)
    return scoped(user, model._default_manager.filter(rule), verb)


def plots(user: Any, on: date | None = None) -> QuerySet[PlotVersion]:
    return _dated(user, PlotVersion, on, "plot.view").annotate(ulid=F("plot__ulid"))


def plot(user: Any, ulid: str, on: date | None = None) -> PlotVersion:
    """Raises PlotVersion.DoesNotExist when there is none or it is not the user's to see.

    `on` None gives the open version, or the last one of a plot that is retired.
    """
    if on is not None:
        return plots(user, on).get(plot__ulid=ulid)
    return _latest(plot_history(user, ulid))


def plot_history(user: Any, ulid: str) -> QuerySet[PlotVersion]:
    """Every version the user may see, newest first."""
    found = scoped(user, PlotVersion.objects.filter(plot__ulid=ulid), "plot.view")
    return found.annotate(ulid=F("plot__ulid")).order_by("-valid_from")


def last_plot(user: Any, plot_id: int) -> PlotVersion | None:
    """The open version by identity key, or the last one of a plot that is retired."""
    return scoped(user, PlotVersion.objects.filter(plot_id=plot_id), "plot.view").order_by("-valid_from").first()


def enterprises(user: Any, on: date | None = None) -> QuerySet[EnterpriseVersion]:
    """Contacts stay sealed: read them through `queries_sensitive.contacts`."""
    return _dated(user, EnterpriseVersion, on, "enterprise.view").annotate(ulid=F("enterprise__ulid")).defer("contact_cipher")


def enterprise(user: Any, ulid: str, on: date | None = None) -> EnterpriseVersion:
    """As `plot`. Raises EnterpriseVersion.DoesNotExist."""
    if on is not None:
        return enterprises(user, on).get(enterprise__ulid=ulid)
    return _latest(enterprise_history(user, ulid))


def enterprise_history(user: Any, ulid: str) -> QuerySet[EnterpriseVersion]:
    found = scoped(user, EnterpriseVersion.objects.filter(enterprise__ulid=ulid), "enterprise.view")
    return found.annotate(ulid=F("enterprise__ulid")).order_by("-valid_from")


def parcels(user: Any, on: date | None = None) -> QuerySet[ParcelVersion]:
    return _dated(user, ParcelVersion, on, "plot.view").annotate(ulid=F("parcel__ulid"), code=F("parcel__code"))


def parcel(user: Any, ulid: str, on: date | None = None) -> ParcelVersion:
    """Raises ParcelVersion.DoesNotExist."""
    return parcels(user, on).get(parcel__ulid=ulid)


def buildings(user: Any, on: date | None = None) -> QuerySet[BuildingVersion]:
    return _dated(user, BuildingVersion, on, "plot.view").annotate(ulid=F("building__ulid"), code=F("building__code"))


def building(user: Any, ulid: str, on: date | None = None) -> BuildingVersion:
    """Raises BuildingVersion.DoesNotExist."""
    return buildings(user, on).get(building__ulid=ulid)


def occupancies(
    user: Any, on: date | None = None, *, plot_id: int | None = None, building_id: int | None = None,
    enterprise_id: int | None = None,
) -> QuerySet[Occupancy]:
    """Land-use relations; the filters are identity keys. `plot_id` includes relations to the plot's buildings."""
    found = _dated(user, Occupancy, on, "plot.view").select_related("plot", "building", "enterprise", "landlord_link")
    if plot_id is not None:
        housed = BuildingVersion.objects.filter(in_force(on), plot_id=plot_id).values("building_id")
        found = found.filter(Q(plot_id=plot_id) | Q(building_id__in=housed))
    if building_id is not None:
        found = found.filter(building_id=building_id)
    return found.filter(enterprise_id=enterprise_id) if enterprise_id is not None else found


def parcel_links(
    user: Any, on: date | None = None, *, plot_id: int | None = None, parcel_id: int | None = None
) -> QuerySet[PlotParcel]:
    found = _dated(user, PlotParcel, on, "plot.view").select_related("plot", "parcel")
    if plot_id is not None:
        found = found.filter(plot_id=plot_id)
    return found.filter(parcel_id=parcel_id) if parcel_id is not None else found


def attributions(user: Any, enterprise_id: int | None = None, on: date | None = None) -> QuerySet[Attribution]:
    """Of one enterprise, or of all that the user may see."""
    found = _dated(user, Attribution, on, "enterprise.view")
    return found if enterprise_id is None else found.filter(enterprise_id=enterprise_id)


def lineage(user: Any, plot_id: int) -> QuerySet[Lineage]:
    """Direct parents and children, newest first."""
    found = scoped(user, Lineage.objects.filter(Q(parent_id=plot_id) | Q(child_id=plot_id)), "plot.view")
    return found.select_related("parent", "child").order_by("-date", "id")


def plot_codes(user: Any, plot_id: int) -> QuerySet[PlotCode]:
    return scoped(user, PlotCode.objects.filter(plot_id=plot_id), "plot.view").order_by("valid_from", "id")


def facts(user: Any, *, subject_type: str = "", subject_ids: list[int] | None = None) -> QuerySet[Fact]:
    """Facts in force. Without `sensitive.view` the sensitive measures are not in it; to show them masked use
    `queries_sensitive.fact_rows`."""
    from tenglong.apps.registry.queries_sensitive import sensitive_measures

    found = scoped(user, Fact.objects.filter(superseded_by__isnull=True))
    if subject_type:
        found = found.filter(subject_type=subject_type)
    if subject_ids is not None:
        found = found.filter(subject_id__in=subject_ids)
    return found if can(user, "sensitive.view") else found.exclude(measure__in=sensitive_measures())


#: kinds of files that leave only through the page of what they belong to, which asks for more than the file's town
KEPT_APART: set[str] = set()


def documents(user: Any, *, subject_type: str = "", subject_id: int | None = None) -> QuerySet[SourceDocument]:
    """Files that the user may see; of one subject when it is named."""
    found = scoped(user, SourceDocument.objects.all(), "document.view").exclude(kind__in=KEPT_APART)
    if subject_type and subject_id is not None:
        filed = DocumentLink.objects.filter(subject_type=subject_type, subject_id=subject_id)
        found = found.filter(pk__in=filed.values("document_id"))
    return found.order_by("-created_at", "-id")


def divisions(user: Any, on: date | None = None, level: str = "") -> QuerySet[Division]:
    found = scoped(user, Division.objects.filter(current(on)))
    return (found.filter(level=level) if level else found).order_by("code")


def zones(user: Any, on: date | None = None) -> QuerySet[Zone]:
    return scoped(user, Zone.objects.filter(current(on)), "plot.view").order_by("kind", "code")


def _latest(history: QuerySet[M]) -> M:
    found = history.first()
    if found is None:
        raise history.model.DoesNotExist  # type: ignore[attr-defined]
    return found


def search(user: Any, text: str, limit: int = 20) -> list[Any]:
    """See `queries_search.search`."""
    from tenglong.apps.registry import queries_search

    return queries_search.search(user, text, limit)
