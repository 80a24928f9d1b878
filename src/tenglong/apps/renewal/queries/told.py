"""The sentences of a finding, made when somebody reads it: from the rows the run kept, its criteria and its means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import translation

from tenglong.apps.renewal.counting import means_of
from tenglong.apps.renewal.criteria_sets import of_run
from tenglong.apps.renewal.models import Finding
from tenglong.apps.renewal.rows.assemble import record_of
from tenglong.apps.renewal.rows.said import told_of, worded
from tenglong.domain.renewal.criteria.find import find_one
from tenglong.domain.renewal.criteria.rows import Evidence, Findings, Plot, Record, Result
from tenglong.domain.renewal.criteria.rows import Finding as Found
from tenglong.domain.renewal.criteria.waivers import Waiver, waived
from tenglong.store.snapshots import SnapshotError, Snapshots


@dataclass(frozen=True)
class Told:
    """`found`: the finding worked again, None when its rows are gone (`lost` says so). The sentences of the criteria are in
    the language of the criteria; where values stand and why they are missing is worded for the reader."""

    found: Found | None
    plot: Record
    owner: Record
    lost: str = ""

    @cached_property
    def results(self) -> Mapping[str, Result]:
        return {one.id: one for one in self.found.results} if self.found else {}

    def source(self, seen: Evidence) -> tuple[str, dict[str, Any]]:
        """Where a value stands, and the values that this is told with."""
        kept = self.plot.sources.get(seen.id) or self.owner.sources.get(seen.id) or ""
        return worded(kept) if kept else seen.source, told_of(kept)

    def why(self, name: str, otherwise: str) -> str:
        kept = self.plot.flaws.get(name) or self.owner.flaws.get(name)
        return worded(kept) if kept else otherwise


def told(held: Finding) -> Told:
    """The finding of a run as its rows say it."""
    nobody = Record("")
    try:
        rows = Snapshots(settings.TENGLONG_HOME).peek(held.run.rows_sha256, keys=[held.plot_code]).to_pylist()
    except SnapshotError as error:
        return Told(None, nobody, nobody, str(error))
    if len(rows) != 1:
        return Told(None, nobody, nobody)
    rule = of_run(held.run)
    plot, owner = (record_of(rows[0], rule.criteria.inputs, of) for of in ("plot", "owner"))
    with translation.override("zh-hans"):
        found = find_one(rule.criteria, means_of(rule, held.run.counts), _plot(plot, owner), _spoken(owner))
        marks = [hit for hit in held.hits if hit["waived"]]
        if marks:
            some = Findings(rule.criteria.name, rule.pin, (found,))
            (found,) = waived(rule.criteria, some, [_waiver(held, hit) for hit in marks], date.max).findings
    return Told(found, plot, owner)


def _plot(plot: Record, owner: Record) -> Plot:
    one = _spoken(plot)
    return Plot(one.key, one.values, one.sources, one.flaws, owner=owner.key)


def _spoken(record: Record) -> Record:
    """In the language of the sentences that quote it."""
    sources = {name: worded(kept) for name, kept in record.sources.items()}
    return Record(record.key, record.values, sources, {name: worded(kept) for name, kept in record.flaws.items()})


def _waiver(held: Finding, hit: Mapping[str, Any]) -> Waiver:
    return Waiver(held.plot_code, hit["criterion"], hit["waiver"]["document"], hit["waiver"]["reason"], date.min)
