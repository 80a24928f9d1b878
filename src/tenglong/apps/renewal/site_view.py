"""The alternatives of a site search as the page compares them: one figure a line, one alternative a column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenglong.domain.renewal.portfolio.words import share_text
from tenglong.web import formats

NONE: Final = "—"
Found = dict[str, Any]


def _known(value: Any, told: Callable[[Any], str]) -> str:
    return NONE if value is None else told(value)


def _gone(name: str) -> Callable[[Found], str]:
    """Answers kept before these were told have none."""
    return lambda one: _known(one.get("displaced", {}).get(name), formats.thousands)


#: label, unit, how it is told
LINES: Final[tuple[tuple[Promise, Promise | str, Callable[[Found], str]], ...]] = (
    (_("面积"), _("亩"), lambda one: formats.mu(one["land_cm2"])),
    (_("地块"), _("块"), lambda one: formats.thousands(len(one["plots"]))),
    (_("成本"), _("万元"), lambda one: _known(one["cost"], formats.wan_yuan)),
    (_("腾退时间"), _("月"), lambda one: _known(one["months"], formats.thousands)),
    (_("权利人和用户"), _("户"), lambda one: _known(one["owners"], formats.thousands)),
    (_("减少岗位"), _("个"), _gone("jobs_lost")),
    (_("腾退承租企业"), _("家"), _gone("tenants_displaced")),
    (_("搬迁住户"), _("户"), _gone("households_displaced")),
    (_("紧凑度"), "", lambda one: f"{one['compactness']:.3f}"),
    (_("跨度"), _("米"), lambda one: formats.thousands(round(one["span_m"]))),
    (_("关键连接地块"), _("块"), lambda one: formats.thousands(len(one["joints"]))),
    (_("已证明差距"), "", lambda one: share_text(one["gap"])),
)


def lines(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Lines of the comparison."""
    return [{"label": label, "unit": unit, "values": [told(one) for one in found]} for label, unit, told in LINES]
