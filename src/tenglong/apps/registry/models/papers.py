"""Measures, files, and the counters of the register."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenglong.apps.registry.ulids import new_ulid


class Fact(models.Model):
    """A measure of a subject in a period from a department; `value_e6` = value × 10⁶ in the measure's own unit."""

    subject_type = models.CharField(max_length=12)  # enterprise plot zone
    subject_id = models.BigIntegerField()
    measure = models.CharField(max_length=32)
    period = models.CharField(max_length=8)
    value_e6 = models.BigIntegerField()
    given = models.CharField(max_length=48, blank=True)
    department = models.CharField(max_length=48)
    legal_basis = models.CharField(max_length=32)  # declared shared public statistics
    legal_document = models.CharField(max_length=120, blank=True)
    batch_id = models.BigIntegerField(null=True, db_index=True)
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "measure", "period"], name="fact_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "measure", "period", "department"],
                condition=Q(superseded_by__isnull=True),
                name="fact_key",
            )
        ]


class SourceDocument(models.Model):
    """A file by hash: kind, number, date, and who may see it."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32)
    number = models.CharField(max_length=64, blank=True)
    dated = models.DateField(null=True, blank=True)
    mime = models.CharField(max_length=100)
    size = models.BigIntegerField()
    division_code = models.CharField(max_length=12, db_index=True)
    department_id = models.BigIntegerField(null=True)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)


class DocumentLink(models.Model):
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="links")
    subject_type = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "subject_type", "subject_id"], name="document_link_once")]


class Revision(models.Model):
    """Counter per layer: raised by every write, carried in tile addresses."""

    layer = models.CharField(max_length=24, unique=True)
    number = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)


class CodeSerial(models.Model):
    """Last serial given per code prefix; taken under lock so that no code is given twice."""

    prefix = models.CharField(max_length=16, unique=True)
    last = models.BigIntegerField(default=0)
