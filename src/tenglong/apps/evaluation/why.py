"""“为什么是 C” of one firm in one run: trace, page, advice, and for every figure the address of its source rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.evaluation import queries, tables
from tenglong.apps.evaluation.queries.full import FullRow
from tenglong.apps.evaluation.rows.assemble import responsible
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.survey import queries as survey
from tenglong.domain.evaluation.explain import Page, explain
from tenglong.domain.evaluation.expression import chinese, names
from tenglong.domain.evaluation.given import expression, indicators_of
from tenglong.domain.evaluation.lift import lift
from tenglong.domain.evaluation.trace import trace
from tenglong.domain.evaluation.trace_terms import label_of

#: place of the benchmark among the cells of a row of points
BASE: Final = 3
#: column → address of its source page
Address = Callable[[str], str]


@dataclass(frozen=True)
class Why:
    """`found` and `page` are None when the reader may not see every figure; `masked` then lists what can be said."""

    full: FullRow
    found: dict[str, Any] | None
    page: Page | None
    masked: list[dict[str, Any]]


def why(user: Any, run: Any, key: str, address: Address, scheme: str = "") -> Why:
    """`scheme`: where the rule can be read. Raises Result.DoesNotExist for a firm that is not the user's to see."""
    full = queries.full_row(user, run, key)
    if not full.complete:
        return Why(full, None, None, masked_terms(full, address))
    found = trace(
        full.compiled, full.row, full.inputs, sources(user, full, address), snapshot=full.snapshot, software=full.software,
        last_ranks=last_ranks(run.result_sha256, full.row.get("group")), unit=full.unit,
    )
    page = explain(found, name=full.result.name, advice=advice(run, key), deliverers=responsible(run.cycle))
    return Why(full, found, _bases_linked(page, scheme), [])


def _bases_linked(page: Page, scheme: str) -> Page:
    """Benchmarks lead to the rule that states them."""
    sections = []
    for section in page.sections:
        if section.id == "points":
            rows = tuple((*row[:BASE], replace(row[BASE], url=scheme), *row[BASE + 1:]) for row in section.rows)
            section = replace(section, rows=rows)
        sections.append(section)
    return replace(page, sections=tuple(sections))


def sources(user: Any, full: FullRow, address: Address) -> dict[str, dict[str, Any]]:
    """Column → department, file, row, period and address; a decision brings its number, date and authority."""
    files = batch_names(user, {line["batch_id"] for line in full.sources.values() if line["batch_id"]})
    decided = {row.pk: row for row in queries.decisions(user).filter(enterprise_id=full.result.enterprise_id)}
    found = {}
    for column, line in full.sources.items():
        told = {"kind": line["kind"], "department": line["department"] or line["label"], "row": line["row"],
                "batch": files.get(line["batch_id"], line["batch_id"]), "date": line["period"], "url": address(column)}
        if line["kind"] == "fact":
            told["fact"] = line["source_id"]
        if line["kind"] == "decision" and line["source_id"] in decided:
            row = decided[line["source_id"]]
            told |= {"number": row.number, "date": row.dated.isoformat(), "authority": row.authority}
        found[column] = told
    return found


def batch_names(user: Any, ids: set[int]) -> dict[int, str]:
    """File names of imports that the user may see."""
    return dict(survey.batches(user).filter(pk__in=sorted(ids)).values_list("pk", "file_name")) if ids else {}


@lru_cache(maxsize=128)
def last_ranks(sha256: str, group: str | None) -> dict[str, int]:
    """Last rank of each grade of a group, from the whole run."""
    rows = tables.frozen(sha256).select(["group", "rank", "rank_grade"]).to_pylist()
    found: dict[str, int] = {}
    for row in rows:
        if row["group"] == group and row["rank"] is not None and row["rank_grade"]:
            found[row["rank_grade"]] = max(found.get(row["rank_grade"], 0), row["rank"])
    return found


def advice(run: Any, key: str) -> dict[str, Any]:
    """The nearest changes that would lift the grade."""
    return _advice(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text, run.snapshot.sha256,
                   run.result_sha256, key)


@lru_cache(maxsize=512)
def _advice(scheme: str, version: str, pin: str, text: str, rows: str, results: str, key: str) -> dict[str, Any]:
    rule = Pinned.of(scheme, version, pin, text)
    return lift(rule.compiled, key, tables.frozen(rows), tables.frozen(results)).as_json()


def masked_terms(full: FullRow, address: Address) -> list[dict[str, Any]]:
    """Indicators with weight and formula; what leads back to a hidden figure stands as ***."""
    group = full.row.get("group")
    return [_masked(full, str(group), name, rule, address) for name, rule in indicators_of(full.compiled, group).items()]


def _masked(full: FullRow, group: str, name: str, rule: Any, address: Address) -> dict[str, Any]:
    expr = expression(full.compiled, f"groups.{group}.indicators.{name}.value", rule.value)
    inputs = [_input(full, one, address) for one in sorted(names(expr))]
    labels = {one: label_of(full.compiled, one) for one in names(expr)}
    return {"id": name, "label": rule.label, "chinese": chinese(expr, labels), "weight": rule.weight, "inputs": inputs,
            "value": _shown(full, f"x_{name}"), "points": _shown(full, f"s_{name}")}


def _input(full: FullRow, name: str, address: Address) -> dict[str, Any]:
    source = full.sources.get(name)
    told = {"label": _(label_of(full.compiled, name)), "value": HIDDEN if name in full.hidden else "", "url": ""}
    return told | ({"url": address(name), "from": source["label"]} if source else {"from": _("缺")})


def _shown(full: FullRow, column: str) -> str:
    if column in full.hidden:
        return HIDDEN
    value = full.row.get(column)
    return "" if value is None else f"{value:.4f}"


def masked_json(made: Why) -> dict[str, Any]:
    """What a reader without `sensitive.view` gets instead of the trace."""
    row = made.full.result
    shown: Mapping[str, Any] = {name: getattr(row, name) for name in ("key", "group", "standing", "rank", "n", "grade")}
    terms = [{"id": one["id"], "label": one["label"], "value": one["value"], "points": one["points"]} for one in made.masked]
    return {"schema": "tenglong.trace-masked/1", **shown, "indicators": terms, "hidden": sorted(made.full.hidden)}
