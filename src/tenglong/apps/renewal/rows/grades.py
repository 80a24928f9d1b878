"""Grades of finished evaluations: last year's grade of a firm, and how many years running it stood in the lowest one."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_noop

from tenglong.apps.evaluation import queries as evaluation
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.renewal.rows.said import say


class Grades:
    """Final grades by year, adjustments counted. The newest finished evaluation may be a year behind; an older one says
    nothing of this year."""

    def __init__(self, actor: Any, year: int, wanted: Collection[str]) -> None:
        self.year = year
        self.years: dict[int, dict[int, tuple[str, bool]]] = {}
        if wanted:
            for cycle in evaluation.cycles(actor).filter(year__lte=year, final_run__isnull=False).order_by("year"):
                self.years[cycle.year] = self._of(actor, cycle)
        self.newest = max((known for known in self.years if known >= year - 1), default=None)

    @staticmethod
    def _of(actor: Any, cycle: Any) -> dict[int, tuple[str, bool]]:
        """Firm → (grade, whether it is the lowest of its group)."""
        run = evaluation.run(actor, cycle.final_run.ulid)
        groups = Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text).compiled.scheme.groups
        worst = {name: one.grades.order[-1] for name, one in groups.items() if one.grades is not None}
        return {
            one.result.enterprise_id: (one.grade, one.grade != "" and one.grade == worst.get(one.result.group))
            for one in evaluation.grades(actor, cycle, run)
        }

    def last(self, firm: int) -> tuple[str | None, str]:
        """Grade of the year before and where it stands."""
        grade, _lowest = self.years.get(self.year - 1, {}).get(firm, ("", False))
        return grade or None, say(gettext_noop("%(year)s 年度评价"), year=self.year - 1)

    def years_low(self, firm: int) -> tuple[Fraction | None, str]:
        """Years running in the lowest grade up to the newest evaluation, and its source; None with why it is not known."""
        if self.newest is None:
            return None, say(gettext_noop("没有 %(year)s 年度或上一年度定稿的评价结果"), year=self.year)
        count, at = 0, self.newest
        while at in self.years:
            if firm not in self.years[at]:
                return (Fraction(0), self._told(gettext_noop("未参评"))) if count == 0 else (Fraction(count), self._told(""))
            grade, lowest = self.years[at][firm]
            if not lowest:
                return Fraction(count), self._told(grade or gettext_noop("未评级"))
            count, at = count + 1, at - 1
        return None, say(gettext_noop("已连续 %(n)s 年最差档，%(year)s 年度的评价结果没有记录，不知是否更久"), n=count, year=at)

    def _told(self, grade: str) -> str:
        told = {"label": grade} if grade else {}
        text = gettext_noop("%(year)s 年度评价结果 %(label)s") if grade else gettext_noop("%(year)s 年度评价结果")
        return say(text, year=self.newest, **told)
