"""Abstract rows that several rooms share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from ulid import ULID


def new_ulid() -> str:
    return str(ULID())


class Named(models.Model):
    """A row with a page of its own."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Frozen(models.Model):
    """A row that is written once. `update()` of the few columns that say what people did with it stays possible."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises TypeError for a row that exists."""
        if self.pk:
            raise TypeError(_("冻结的数据和运算结果不能修改，请另建一份"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises TypeError always."""
        raise TypeError(_("冻结的数据和运算结果不能删除"))


def document_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """A file of the register."""
    return models.ForeignKey(
        "registry.SourceDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+", **options
    )
