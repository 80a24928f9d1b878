"""Sentences of findings are made when they are read, from the rows that the run kept."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("renewal", "0004_conversions")]

    operations = [migrations.RemoveField(model_name="finding", name="reason")]
