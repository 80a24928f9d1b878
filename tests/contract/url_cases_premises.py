"""Cases of parks and units to let, of plants turned into premises and of conversions."""

from __future__ import annotations

from datetime import date
from typing import Any

UNIT, PARK = {"ulid": "{unit}"}, {"ulid": "{park}"}
TODAY = date.today().isoformat()
TOLD = {"how": "correct", "effective": TODAY, "reason": "核对", "lock_version": "2", "base": ""}
UNIT_FORM = {**TOLD, "building_id": "JZ-{code}-0001", "floor": "2", "unit_cm2": "120", "height_mm": "4.5", "load_n_m2": "0.5t"}
PARK_FORM = {**TOLD, "name": "改名园区", "division_code": "{code}", "lock_version": "1"}
CONVERSION, FINDING = {"ulid": "{conversion}"}, {"ulid": "{low_finding}"}
HEAD = {"title": "改名", "park_name": "改名", "lock_version": "9"}
QUERIES = (
    "", "?town={code}&q=机密&sort=-unit_cm2", "?height_min=1e9&load_min=2t&rent_max=x&area_min=9999999999&gas=1&sewage=-",
    "?on=2024-03-01&park=-&industry=38&fire=3&crane_min=1", "?on=junk&sort=note&park=99999999999999999999&state=-",
)


def cases(Case: Any, lists: Any) -> dict[str, tuple[Any, ...]]:  # noqa: N803 - the words of url_cases
    """Every case by URL name."""

    def of(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"registry:{name}": (Case(kind, parts, **more),) for name in names}

    def renews(kind: str, parts: dict[str, str], *names: str, **more: Any) -> dict[str, tuple[Any, ...]]:
        return {f"renewal:{name}": (Case(kind, parts, **more),) for name in names}

    return {
        **lists("renewal:conversions", queries=("", "?town={code}&q=机密&sort=-centre_cm2", "?state=junk&sort=cost_fen")),
        **renews("plot", FINDING, "finding-premises", post={"buildings": ["{building}"], "reason": "招租"}),
        **renews("", {}, "conversion-new", queries=("", "?plot={plot}", "?finding={low_finding}"), post={"code": "没有这块地"}),
        **renews("conversion", CONVERSION, "conversion", "conversion-json"),
        **renews("conversion", CONVERSION, "conversion-edit", post=HEAD),
        **renews("conversion", CONVERSION, "conversion-phase", get=False,
                 post={"phase": "1", "on": TODAY, "lock_version": "1"}),
        **renews("conversion", {**CONVERSION, "name": "submit"}, "conversion-move", get=False, post={"lock_version": "1"},
                 also=("premises.edit",)),
        **lists("registry:units", "registry:parks", queries=QUERIES),
        **of("unit", UNIT, "unit", "unit-json", queries=("", "?tab=history", "?tab=steps&print=1", "?on=2024-03-01")),
        **of("park", PARK, "park", "park-json", queries=("", "?on=2024-03-01")),
        **of("", {}, "unit-new", queries=("", "?park={park}&building={building}"), drops=True,
             post={**UNIT_FORM, "building_id": "JZ-0"}),
        **of("unit", UNIT, "unit-edit", post=UNIT_FORM),
        **of("unit", UNIT, "unit-step", get=False, post={"state": "closed", "on": TODAY, "note": "维修", "lock_version": "2"}),
        **of("", {}, "park-new", post=PARK_FORM, drops=True),
        **of("park", PARK, "park-edit", post=PARK_FORM),
    }
