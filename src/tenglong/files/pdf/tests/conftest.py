"""Sheets as a county prints them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tenglong.files.pdf import AreaKind, AreaRow, MeasureRow, Sheet


@pytest.fixture
def sheet() -> Callable[..., Sheet]:
    def make(number: int = 1, measures: int = 8, areas: int = 5, **over) -> Sheet:
        kinds = list(AreaKind)
        fields = {
            "id": f"01JD8Q{number:020d}",
            "version_hash": f"{number * 7919:016x}",
            "enterprise": f"示范县第{number}精密机械有限公司",
            "uscc": "91330604MA2XXXXX0X",
            "rows": [MeasureRow(f"指标{k}", Decimal("1234.50"), "万元", "税务局", Decimal("1000")) for k in range(measures)],
            "area_rows": [AreaRow(kinds[k % 5], f"CE-{k:03d}", Decimal("10.25"), "不动产权证") for k in range(areas)],
            "due": date(2026, 12, 1),
        }
        return Sheet(**{**fields, **over})

    return make
