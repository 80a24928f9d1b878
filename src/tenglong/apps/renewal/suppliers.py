"""Who must supply a figure that is missing."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenglong.apps.evaluation import queries as evaluation
from tenglong.apps.renewal.rows.firms import SUMS
from tenglong.domain.renewal.criteria.vocabulary import YEARS, standard

TOWN: Final = gettext_noop("属地镇街（摸排登记）")
LAND: Final = gettext_noop("自然资源部门")
OFFICE: Final = gettext_noop("亩均办（评价结果）")
DATA: Final = gettext_noop("亩均办（向部门催报）")
SOIL: Final = gettext_noop("生态环境部门")
#: inputs that somebody else than the town answers for
WHO: Final = {
    "d_years": OFFICE, "last_grade": OFFICE, "idle": LAND, "idle_days": LAND, "in_control_line": LAND, "titled": LAND,
    "disputed": LAND, "soil": SOIL, "soil_key_unit": SOIL,
}
#: inputs of an owner that its own record holds
REGISTERED: Final = ("scale", "industry", "used_mu", "bankrupt")


class Suppliers:
    """The department that the year's evaluation asked for a measure; else who keeps that part of the register."""

    def __init__(self, actor: Any, year: int) -> None:
        self.asked: dict[str, str] = {}
        for cycle in evaluation.cycles(actor).filter(year=year):
            for department, names in evaluation.deliveries(actor, cycle).values_list("department", "measures"):
                self.asked.update(dict.fromkeys(names, department))

    def of(self, name: str) -> str:
        """A department or an office, in words."""
        measure = SUMS.get(name, name)
        for suffix in YEARS:
            if suffix and measure.endswith(suffix):
                measure = measure.removesuffix(suffix)
        if measure in self.asked:
            return self.asked[measure]
        if name in WHO:
            return _(WHO[name])
        one = standard().get(name)
        measured = name in SUMS or (one is not None and one.of == "owner" and name not in REGISTERED)
        return _(DATA if measured else TOWN)
