"""Where a value came from, in words: an import batch or a person at the keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _


def source_names(user: Any, versions: Iterable[Any]) -> dict[int | None, str]:
    """Batch id → what to print beside a value; None → entered by hand."""
    rows = list(versions)
    typed = any(version.batch_id is None and version.created_by_id is not None for version in rows)
    found: dict[int | None, str] = {None: _("人工录入") if typed else _("系统写入")}
    for version in rows:
        if version.batch_id is not None:
            found[version.batch_id] = _("导入批次 %(number)s") % {"number": version.batch_id}
    return found
