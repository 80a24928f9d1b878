"""Who sees which row of the register. A model that is not here is seen by nobody (`CodeSerial`, `store.Shape`)."""

from __future__ import annotations

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.scope import Scope, by_owner, scope_rule
from tenglong.apps.registry.models import (
    Attribution,
    BuildingVersion,
    DocumentLink,
    Enterprise,
    EnterpriseVersion,
    LetUnitVersion,
    Occupancy,
    Parcel,
    ParcelVersion,
    ParkVersion,
    Plot,
    PlotVersion,
    SourceDocument,
    Zone,
)

EVERY = Q()


def _ids(model: type[Model], rule: Q, column: str) -> QuerySet[Model, int]:
    return model._default_manager.filter(rule).order_by().values_list(column, flat=True)


def _open(prefix: str = "") -> Q:
    """Rows in force today or later: a firm that left a town is no longer the town's to read."""
    return Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": timezone.localdate()})


def _own_occupancies(scope: Scope) -> QuerySet[Occupancy]:
    return Occupancy.objects.filter(_open(), enterprise_id__in=sorted(scope.enterprise_ids))


@scope_rule("registry.Division")
def divisions(scope: Scope) -> Q:
    """Names and outlines of divisions are public knowledge."""
    return EVERY


@scope_rule("registry.Revision")
def revisions(scope: Scope) -> Q:
    """A counter says nothing about a row."""
    return EVERY


@scope_rule("registry.Zone")
def zones(scope: Scope) -> Q:
    return by_owner(scope, department="", creator="", zone="code")


@scope_rule("registry.PlotVersion")
def plot_versions(scope: Scope) -> Q:
    """By town, zone, department or creator; an enterprise sees the plots that it uses today."""
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope, zone="zone_code")
    if scope.enterprise_ids:
        own = _own_occupancies(scope)
        found |= Q(plot_id__in=own.filter(plot__isnull=False).values("plot_id"))
        housed = BuildingVersion.objects.filter(
            _open(), building_id__in=own.filter(building__isnull=False).values("building_id")
        )
        found |= Q(plot_id__in=housed.filter(plot__isnull=False).values("plot_id"))
    return found


@scope_rule("registry.Plot")
def plots(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(pk__in=_ids(PlotVersion, plot_versions(scope), "plot_id"))


@scope_rule("registry.PlotCode")
def plot_codes(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(plot_id__in=_ids(PlotVersion, plot_versions(scope), "plot_id"))


@scope_rule("registry.Lineage")
def lineages(scope: Scope) -> Q:
    """One end seen is enough: the row says only that the two belong together."""
    if scope.kind == "all":
        return EVERY
    seen = _ids(Plot, plots(scope), "pk")
    return Q(parent_id__in=seen) | Q(child_id__in=seen)


@scope_rule("registry.ParcelVersion")
def parcel_versions(scope: Scope) -> Q:
    """By owner; an enterprise sees the titles in its own name."""
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope)
    if scope.enterprise_ids:
        keys = Enterprise.objects.filter(pk__in=sorted(scope.enterprise_ids)).values("key")
        found |= Q(holder_uscc__in=keys)
    return found


@scope_rule("registry.Parcel")
def parcels(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(pk__in=_ids(ParcelVersion, parcel_versions(scope), "parcel_id"))


@scope_rule("registry.PlotParcel")
def plot_parcels(scope: Scope) -> Q:
    """Both ends: a link shows how much of a title lies in a plot."""
    if scope.kind == "all":
        return EVERY
    return Q(plot_id__in=_ids(Plot, plots(scope), "pk"), parcel_id__in=_ids(Parcel, parcels(scope), "pk"))


@scope_rule("registry.BuildingVersion")
def building_versions(scope: Scope) -> Q:
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope)
    if scope.enterprise_ids:
        own = _own_occupancies(scope)
        found |= Q(building_id__in=own.filter(building__isnull=False).values("building_id"))
        found |= Q(plot_id__in=own.filter(role="owner", plot__isnull=False).values("plot_id"))
    return found


@scope_rule("registry.Building")
def buildings(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(pk__in=_ids(BuildingVersion, building_versions(scope), "building_id"))


@scope_rule("registry.EnterpriseVersion")
def enterprise_versions(scope: Scope) -> Q:
    """Registered *or* occupying *or* producing in the division (office-rules 5); an enterprise sees itself."""
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope)
    users = Occupancy.objects.filter(_open(), by_owner(scope, department="", creator=""), enterprise__isnull=False)
    makers = Attribution.objects.filter(_open(), by_owner(scope, department="", creator=""), kind="production")
    found |= Q(enterprise_id__in=users.values("enterprise_id")) | Q(enterprise_id__in=makers.values("enterprise_id"))
    if scope.enterprise_ids:
        found |= Q(enterprise_id__in=sorted(scope.enterprise_ids))
    return found


def _enterprises_seen(scope: Scope) -> QuerySet[Model, int]:
    return _ids(EnterpriseVersion, enterprise_versions(scope), "enterprise_id")


@scope_rule("registry.Enterprise")
def enterprises(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(pk__in=_enterprises_seen(scope))


@scope_rule("registry.EnterpriseCode")
def enterprise_codes(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(enterprise_id__in=_enterprises_seen(scope))


@scope_rule("registry.Attribution")
def attributions(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(enterprise_id__in=_enterprises_seen(scope))


@scope_rule("registry.Occupancy")
def occupancies(scope: Scope) -> Q:
    """By the town of the land; an enterprise sees its own and those of its direct tenants."""
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope)
    if scope.enterprise_ids:
        own = sorted(scope.enterprise_ids)
        found |= Q(enterprise_id__in=own) | Q(landlord_link__enterprise_id__in=own)
    return found


@scope_rule("registry.LetUnitVersion")
def let_units(scope: Scope) -> Q:
    """By the town of the building; an enterprise sees those of buildings that it uses, and what is offered and free."""
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope)
    if scope.enterprise_ids:
        found |= Q(building_id__in=_ids(BuildingVersion, building_versions(scope), "building_id"))
        found |= Q(offered=True, unit__state="available", valid_to__isnull=True)
    return found


@scope_rule("registry.LetUnit")
def let_unit_identities(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(pk__in=_ids(LetUnitVersion, let_units(scope), "unit_id"))


@scope_rule("registry.LetUnitStep")
def let_unit_steps(scope: Scope) -> Q:
    """Of offices: who rents what is no news for other enterprises."""
    return EVERY if scope.kind == "all" else Q(unit_id__in=_ids(LetUnitVersion, by_owner(scope), "unit_id"))


@scope_rule("registry.ParkVersion")
def park_versions(scope: Scope) -> Q:
    """By owner; an enterprise sees the parks of the units that it sees."""
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope, zone="zone_code")
    if scope.enterprise_ids:
        found |= Q(park_id__in=_ids(LetUnitVersion, let_units(scope) & Q(park__isnull=False), "park_id"))
    return found


@scope_rule("registry.Park")
def parks(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(pk__in=_ids(ParkVersion, park_versions(scope), "park_id"))


@scope_rule("registry.AccountLink")
def accounts(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(enterprise_id__in=_enterprises_seen(scope))


@scope_rule("registry.Fact")
def facts(scope: Scope) -> Q:
    """As its subject."""
    if scope.kind == "all":
        return EVERY
    return (
        Q(subject_type="enterprise", subject_id__in=_enterprises_seen(scope))
        | Q(subject_type="plot", subject_id__in=_ids(PlotVersion, plot_versions(scope), "plot_id"))
        | Q(subject_type="zone", subject_id__in=_ids(Zone, zones(scope), "pk"))
    )


@scope_rule("registry.SourceDocument")
def documents(scope: Scope) -> Q:
    """By owner; a person sees what they added; an enterprise sees what is filed under it."""
    if scope.kind == "all":
        return EVERY
    found = by_owner(scope)
    if scope.user_id is not None:
        found |= Q(created_by_id=scope.user_id)
    if scope.enterprise_ids:
        filed = DocumentLink.objects.filter(subject_type="enterprise", subject_id__in=sorted(scope.enterprise_ids))
        found |= Q(pk__in=filed.values("document_id"))
    return found


@scope_rule("registry.DocumentLink")
def document_links(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else Q(document_id__in=_ids(SourceDocument, documents(scope), "pk"))
