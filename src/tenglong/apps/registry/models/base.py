"""What rows of the register share: dates, place, identity, codes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.ulids import new_ulid


class Dated(models.Model):
    """Half-open business dates of a row."""

    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        abstract = True


class Owned(models.Model):
    """Where a row belongs: the columns that row scope reads, and where it came from."""

    division_code = models.CharField(_("所属镇街"), max_length=12)  # each model has an index that begins with it
    department_id = models.BigIntegerField(_("录入部门"), null=True)
    created_by_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True, db_index=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def version_constraints(owner: str, name: str) -> list[models.BaseConstraint]:
    """One open version and one per start date; dates in order. Overlap of closed ones is the service's to refuse."""
    return [
        models.UniqueConstraint(fields=[owner], condition=Q(valid_to__isnull=True), name=f"{name}_one_open"),
        models.UniqueConstraint(fields=[owner, "valid_from"], name=f"{name}_one_start"),
        models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=f"{name}_order"),
    ]


class Identity(models.Model):
    """What stays the same for life."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    batch_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        abstract = True


class CodeRow(Dated):
    """A code held for a time; a code once given is never given again."""

    system = models.CharField(max_length=24)
    code = models.CharField(max_length=64, db_index=True)

    class Meta:
        abstract = True
