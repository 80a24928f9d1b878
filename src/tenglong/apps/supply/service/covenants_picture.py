"""A covenant as its papers and dates make it on a day: what stands for each indicator and node, and how far the project is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.policy import service as policy
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.models import Covenant, CovenantPaper, Node, NodeDone, Pledged
from tenglong.domain.landing.covenant.chain import Line, Paper, Standing, standing
from tenglong.domain.landing.covenant.judge import Terms
from tenglong.domain.landing.covenant.nodes import Progress, progress
from tenglong.domain.landing.covenant.policy import KIND, CovenantPolicy

DEFAULT: Final = "cn"
_read: dict[str, CovenantPolicy] = {}


@dataclass(frozen=True)
class Rules:
    """`reference`: ID@VERSION and pin, as a covenant keeps it."""

    reference: str
    policy: CovenantPolicy


def rules(reference: str = DEFAULT) -> Rules:
    """The policy by what a covenant keeps, or the one in force. Raises CovenantError."""
    name = reference.split(" ")[0]
    try:
        found = policy.current(KIND, name)
    except (KeyError, policy.PolicyError) as error:
        raise CovenantError(_("履约监管的政策参数“%(name)s”不能用：%(why)s") % {"name": name, "why": error}) from error
    if found.sha256 not in _read:
        _read[found.sha256] = CovenantPolicy.model_validate(found.data)
    return Rules(f"{found.id}@{found.version} {found.sha256[:16]}", _read[found.sha256])


@dataclass(frozen=True)
class Picture:
    """`indicators` and `nodes`: what some paper names, in the order of the policy; `begun`: year of the first paper."""

    covenant: Covenant
    policy: CovenantPolicy
    on: date
    papers: dict[int, CovenantPaper]
    indicators: dict[str, Standing[Terms]]
    nodes: dict[str, Standing[date]]
    permille: dict[str, Fraction]
    done: dict[str, date]
    progress: Progress
    begun: int

    def paper(self, line: Line[Any] | None) -> CovenantPaper | None:
        return self.papers[line.paper.id] if line else None

    @property
    def conflicts(self) -> list[str]:
        """Indicators and nodes for which living papers differ."""
        both: dict[str, Standing[Any]] = {**self.indicators, **self.nodes}
        return [name for name, one in both.items() if one.conflict]


def picture(covenant: Covenant, on: date) -> Picture:
    return pictures([covenant], on)[0]


def pictures(covenants: Iterable[Covenant], on: date) -> list[Picture]:
    """Four statements for any number of covenants. Raises CovenantError for a policy that is gone."""
    rows = list(covenants)
    papers = CovenantPaper.objects.filter(covenant__in=rows, voided_on=None).order_by("effective_on", "pk")
    by_covenant: dict[int, list[CovenantPaper]] = defaultdict(list)
    for paper in papers:
        by_covenant[paper.covenant_id].append(paper)
    told = _by(Pledged.objects.filter(paper__in=papers).order_by("pk"), "paper_id")
    nodes = _by(Node.objects.filter(paper__in=papers).order_by("pk"), "paper_id")
    done = _by(NodeDone.objects.filter(covenant__in=rows), "covenant_id")
    return [_one(row, on, by_covenant[row.pk], told, nodes, {one.kind: one.done_on for one in done[row.pk]}) for row in rows]


def _by(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _one(
    covenant: Covenant, on: date, papers: list[CovenantPaper], told: dict[int, list[Any]], nodes: dict[int, list[Any]],
    done: dict[str, date],
) -> Picture:
    rule = rules(covenant.policy).policy
    chain = {one.pk: Paper(one.pk, one.kind, one.effective_on, one.number) for one in papers}
    lines: dict[str, list[Line[Terms]]] = defaultdict(list)
    dates: dict[str, list[Line[date]]] = defaultdict(list)
    permille: dict[str, Fraction] = {}
    for paper in papers:
        for row in told[paper.pk]:
            lines[row.indicator].append(Line(chain[paper.pk], terms_of(row)))
        for row in nodes[paper.pk]:
            dates[row.kind].append(Line(chain[paper.pk], row.agreed_on))
            if row.permille and paper.effective_on <= on:
                permille[row.kind] = Fraction(row.permille)
    stands = {name: standing(lines[name], on, rule.papers) for name in rule.indicators if name in lines}
    agreed = {name: standing(dates[name], on, rule.papers) for name in rule.nodes if name in dates}
    found = progress(rule, {name: one.terms for name, one in agreed.items()}, done, on)
    begun = min((one.effective_on.year for one in papers), default=on.year)
    return Picture(covenant, rule, on, {one.pk: one for one in papers}, stands, agreed, permille, done, found, begun)


def terms_of(row: Pledged) -> Terms | None:
    if not row.at_least:
        return None
    return Terms(Fraction(row.at_least), row.mode, row.first_year, row.after, row.plus, row.years)  # type: ignore[arg-type]
