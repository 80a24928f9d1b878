"""One row per firm, as docs/developer/evaluation.md asks, with the source of every value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pyarrow as pa
from django.utils.translation import gettext as _

from tenglong.apps.evaluation.models import AssessedArea, Cycle, Delivery, Finding, JointMember
from tenglong.apps.evaluation.rows import facts as figures
from tenglong.apps.evaluation.rows.attributes import Attributes, Firm
from tenglong.apps.evaluation.rows.branches import NOT_DIVIDED, branches_of, divide
from tenglong.apps.evaluation.rows.months import ADDS, Moves, Remark, Split
from tenglong.apps.evaluation.rows.origin import rows_of_batches
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.queries_sensitive import e6_text
from tenglong.apps.survey.confirm import quiet_memory
from tenglong.domain.evaluation.attributes import STANDARD
from tenglong.domain.evaluation.compiled import Attribute, Compiled
from tenglong.domain.measures import packaged

TYPES: Final = {"number": pa.int64(), "text": pa.string(), "flag": pa.bool_()}
#: measure → column of the assessed area
LAND: Final = {"land_mu": "total_cm2", "leased_in_mu": "leased_in_cm2", "leased_out_mu": "leased_out_cm2"}
SOURCE_SCHEMA: Final = pa.schema([
    ("key", pa.string()), ("column", pa.string()), ("kind", pa.string()), ("source_id", pa.int64()), ("period", pa.string()),
    ("department", pa.string()), ("legal_basis", pa.string()), ("batch_id", pa.int64()), ("row", pa.int64()),
])


@dataclass
class Rows:
    """`table` sorted by key; besides what the engine reads it carries `firm_id firm_name firm_uscc`. `blocked`: firm → why
    it is left out. `reviewed`: (firm, veto, number) of decisions under review.
    """

    table: pa.Table
    sources: pa.Table
    firms: dict[str, Firm]
    picked: figures.Picked
    blocked: dict[int, list[str]] = field(default_factory=dict)
    reviewed: list[tuple[int, str, str]] = field(default_factory=list)
    no_area: list[int] = field(default_factory=list)  # firms that the published area list lacks
    remarks: list[Remark] = field(default_factory=list)  # moves and branches: what the record does not say


def assemble(
    actor: Any, cycle: Cycle, compiled: Compiled, day: date, *, only: set[int] | None = None, block: bool = True,
    grades: Callable[[Cycle], Mapping[int, str]] | None = None,
) -> Rows:
    """The firms of the cycle as they are now. `only`: these firms. `block`: leave out whom an open error finding stops."""
    with quiet_memory():
        return _assembled(actor, cycle, compiled, day, only, block, grades or (lambda _cycle: {}))


def _assembled(
    actor: Any, cycle: Cycle, compiled: Compiled, day: date, only: set[int] | None, block: bool,
    grades: Callable[[Cycle], Mapping[int, str]],
) -> Rows:
    firms = firms_of(actor, cycle, only)
    stopped = blocked(cycle) if block else {}
    areas = public_areas(cycle)
    asked = [name for name in measures_of_firms() if not (areas and name in LAND)]
    remarks = list[Remark]()
    branches = branches_of(actor, cycle, remarks)
    heads = {one.head_id for one in branches}
    related = None if only is None else only | heads | {one.enterprise_id for one in branches}
    picked = figures.pick(figures.read(actor, cycle.year, asked, related), responsible(cycle))
    divide(branches, picked, remarks)
    for firm, name, said in picked.conflicts:
        if block and name in compiled.measures:
            stopped.setdefault(firm, []).append(conflict_sentence(name, said))
    for one in remarks if block else ():
        if one.rule in NOT_DIVIDED:
            told = _("分公司税收分摊的记录有问题，没有分摊；见核查问题 %(rule)s。") % {"rule": one.rule}
            stopped.setdefault(one.enterprise_id, []).append(told)
    for pk, told in _torn_units(cycle, firms, stopped).items() if block and only is None else ():
        stopped.setdefault(pk, []).append(told)
    kept = sorted((firm for pk, firm in firms.items() if pk not in stopped), key=lambda firm: firm.key)
    moves = Moves(actor, cycle, firms)
    batches = {fact.batch_id for chosen in picked.values.values() for fact in chosen.facts if fact.batch_id is not None}
    book = _Book(kept, rows_of_batches(actor, batches) if batches else {})
    for name in asked:
        book.measure(name, picked)
    lacking = book.land(cycle.year, areas, moves.splits) if areas else []
    attributes = Attributes(actor, cycle, day, firms, grades)
    for attribute in every_attribute(compiled):
        book.attribute(attribute.id, TYPES[attribute.type], attributes.column(attribute))
    names = {firm.key: firm for firm in kept}
    remarks += moves.remarks
    return Rows(book.table(), book.source_table(), names, picked, stopped, attributes.reviewed, lacking, remarks)


def _torn_units(cycle: Cycle, firms: Mapping[int, Firm], stopped: Mapping[int, list[str]]) -> dict[int, str]:
    """Members of a joint unit of which another member is left out: a unit is evaluated with all its members or not at all."""
    members: dict[int, list[int]] = defaultdict(list)
    for unit, firm in JointMember.objects.filter(cycle=cycle).values_list("unit_id", "enterprise_id"):
        members[unit].append(firm)
    found = {}
    for together in members.values():
        out = [pk for pk in together if pk in stopped or pk not in firms]
        told = _("同一合并评价单元有 %(n)s 家成员没有进入快照，单元要全体成员一起评价。") % {"n": len(out)}
        found.update({pk: told for pk in together if out and pk not in out})
    return found


def firms_of(actor: Any, cycle: Cycle, only: set[int] | None = None) -> dict[int, Firm]:
    """Firms in force on the day of the cycle that the actor may see, with the town that the cycle ranks by."""
    found = registry.enterprises(actor, cycle.measure_day)
    if only is not None:
        found = found.filter(enterprise_id__in=sorted(only))
    towns: dict[int, str] = {}
    rows = registry.attributions(actor, None, cycle.measure_day).filter(kind=cycle.attribution)
    towns.update(rows.order_by("valid_from", "pk").values_list("enterprise_id", "division_code"))
    names = ("enterprise_id", "enterprise__key", "name", "uscc", "industry", "scale", "registered_on", "division_code")
    return {
        pk: Firm(pk, key, name, uscc, towns.get(pk, town), industry, scale, since, town)
        for pk, key, name, uscc, industry, scale, since, town in found.order_by().values_list(*names)
    }


def public_areas(cycle: Cycle) -> dict[int, tuple[int, ...]]:
    """Firm → pk of its area and the figures of LAND, once they were published."""
    public = AssessedArea.objects.filter(cycle=cycle).exclude(state="draft")
    return {row[0]: row[1:] for row in public.values_list("enterprise_id", "pk", *LAND.values())}


def measures_of_firms() -> list[str]:
    """Every measure a firm can have, in dictionary order: a snapshot serves other schemes too (what-if, next year's bases)."""
    return [name for name, measure in packaged().items() if "enterprise" in measure.subject]


def every_attribute(compiled: Compiled) -> list[Attribute]:
    """Those of the scheme as it reads them, and the other standard ones."""
    own = list(compiled.attributes.values())
    return own + [
        Attribute(name, said.label, said.type, said.unit, said.choices, said.synonyms, None, said.source)
        for name, said in STANDARD.items() if name not in compiled.attributes
    ]


def conflict_sentence(measure: str, said: Mapping[str, int]) -> str:
    told = "；".join(f"{name}报 {e6_text(value)}" for name, value in said.items())
    return _("%(measure)s各部门报数不一致（%(told)s），请指定以哪个部门为准。") % {
        "measure": _(packaged()[measure].label), "told": told}


def responsible(cycle: Cycle) -> dict[str, str]:
    """Measure → department that answers for it."""
    return {
        name: department
        for department, names in Delivery.objects.filter(cycle=cycle).values_list("department", "measures") for name in names
    }


def blocked(cycle: Cycle) -> dict[int, list[str]]:
    """Firms that an open error finding keeps out of the freeze, each with why."""
    found: dict[int, list[str]] = {}
    rows = Finding.objects.filter(cycle=cycle, severity="error", waived_at__isnull=True, enterprise__isnull=False)
    for firm, message in rows.values_list("enterprise_id", "message"):
        found.setdefault(firm, []).append(message)
    return found


class _Book:
    """Columns and sources while they are gathered; sources are kept by column, as they leave."""

    def __init__(self, firms: list[Firm], places: Mapping[tuple[int, int], int]) -> None:
        self.firms, self.places = firms, places
        self.columns: dict[str, pa.Array] = {
            "key": pa.array([firm.key for firm in firms], pa.string()),
            "firm_id": pa.array([firm.id for firm in firms], pa.int64()),
            "firm_name": pa.array([firm.name for firm in firms], pa.string()),
            "firm_uscc": pa.array([firm.uscc for firm in firms], pa.string()),
        }
        self.sources: list[pa.Table] = []

    def measure(self, name: str, picked: figures.Picked) -> None:
        found = [picked.values.get((firm.id, name)) for firm in self.firms]
        self.columns[name] = pa.array([chosen.value_e6 if chosen else None for chosen in found], pa.int64())
        facts = [(firm.key, fact) for firm, chosen in zip(self.firms, found, strict=True) if chosen for fact in chosen.facts]
        shares = [(firm.key, chosen.share) for firm, chosen in zip(self.firms, found, strict=True) if chosen and chosen.share]
        self._source(name, [key for key, _pk in shares], "share", [pk for _key, pk in shares])
        self._source(
            name, [key for key, _fact in facts], "fact", [fact.id for _key, fact in facts],
            period=[fact.period for _key, fact in facts], department=[fact.department for _key, fact in facts],
            legal_basis=[fact.legal_basis for _key, fact in facts], batch_id=[fact.batch_id for _key, fact in facts],
            row=[self.places.get((fact.batch_id or 0, fact.enterprise_id)) for _key, fact in facts],
        )

    def land(self, year: int, areas: Mapping[int, tuple[int, ...]], splits: Mapping[int, Split]) -> list[int]:
        """Assessed figures instead of reported ones, once the list was published; who is not on it has none. Returns those.
        Of firms that moved, by months: each piece is a row of the sources."""
        known = [firm for firm in self.firms if firm.id in areas]
        below = {pk for pk, split in splits.items() if split.mu_e6(0) < 0}  # a finding and no figure
        for at, name in enumerate(LAND, 1):
            whole = {pk: mu_e6(area[at]) for pk, area in areas.items()}
            whole |= {pk: found for pk, split in splits.items() if (found := split.mu_e6(at - 1)) >= 0}
            values = [None if firm.id in below else whole.get(firm.id) for firm in self.firms]
            self.columns[name] = pa.array(values, pa.int64())
            ids = [areas[firm.id][0] for firm in known]
            self._source(name, [firm.key for firm in known], "area", ids, period=[str(year)] * len(known))
            pieces = [(firm.key, one) for firm in self.firms if firm.id in splits for one in splits[firm.id].pieces
                      if ADDS[one.what][at - 1]]
            self._source(
                name, [key for key, _one in pieces], [f"{one.kind}:{one.what}" for _key, one in pieces],
                [one.source_id for _key, one in pieces], period=[f"{one.months}/12" for _key, one in pieces])
        return [firm.id for firm in self.firms if firm.id not in areas and firm.id not in splits]

    def attribute(self, name: str, kind: pa.DataType, held: Mapping[int, tuple[Any, str, int | None]]) -> None:
        self.columns[name] = pa.array([held[firm.id][0] if firm.id in held else None for firm in self.firms], kind)
        known = [firm for firm in self.firms if firm.id in held]
        kinds, ids = [held[firm.id][1] for firm in known], [held[firm.id][2] for firm in known]
        self._source(name, [firm.key for firm in known], kinds, ids)

    def _source(
        self, column: str, keys: list[str], kind: str | list[str], ids: Sequence[int | None], **more: list[Any]
    ) -> None:
        """One row per value; what a kind of source does not have is null."""
        size = len(keys)
        values = {"key": keys, "column": [column] * size, "kind": [kind] * size if isinstance(kind, str) else kind,
                  "source_id": ids, **more}
        arrays = [
            pa.array(values[field.name], field.type) if field.name in values else pa.nulls(size, field.type)
            for field in SOURCE_SCHEMA
        ]
        self.sources.append(pa.Table.from_arrays(arrays, schema=SOURCE_SCHEMA))

    def table(self) -> pa.Table:
        return pa.table(self.columns)

    def source_table(self) -> pa.Table:
        return pa.concat_tables(self.sources) if self.sources else SOURCE_SCHEMA.empty_table()


def mu_e6(cm2: int) -> int:
    """cm² as mu × 10⁶: 1 mu = 2000/3 m²; half up on the last place."""
    return (cm2 * 3 + 10) // 20
