"""Everything about one firm in one run, for page, workbook and JSON; masked where the reader may not see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scope_of
from tenglong.apps.evaluation import tables
from tenglong.apps.evaluation.models import Decision, Result, Run
from tenglong.apps.evaluation.queries.results import results
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.registry.queries_sensitive import sensitive_measures
from tenglong.domain.evaluation.compiled import Compiled
from tenglong.domain.evaluation.expression import names
from tenglong.domain.evaluation.joint import unit_inputs, works_the_unit
from tenglong.domain.evaluation.parse import parse
from tenglong.store.snapshots import Snapshots


@dataclass(frozen=True)
class FullRow:
    """`row` engine result, `inputs` snapshot row, `sources` column → where from (fact, department, batch, row …).

    `hidden`: columns whose figure the reader may not see; they are None in `row` and `inputs`, and no trace can be worked.
    """

    result: Result
    compiled: Compiled
    row: dict[str, Any]
    inputs: dict[str, Any]
    sources: dict[str, dict[str, Any]]
    hidden: frozenset[str]
    snapshot: str
    software: str
    unit: dict[str, Any] | None = None  # with mixed evaluation the result row of the unit it belongs to

    @property
    def complete(self) -> bool:
        return not self.hidden


def full_row(user: Any, run: Run, key: str) -> FullRow:
    """Raises Result.DoesNotExist when there is none or it is not the user's to see."""
    found = results(user, run).get(key=key)
    rule = Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text)
    store = Snapshots(settings.TENGLONG_HOME)
    (row,) = store.peek(run.result_sha256, keys=[key]).to_pylist()
    (inputs,) = store.peek(run.snapshot.sha256, keys=[key]).to_pylist()
    keys, inputs = _worked_from(run, rule.compiled, row, inputs)
    lines = store.peek(run.snapshot.sources_sha256, keys=keys).to_pylist()
    unit = store.peek(run.result_sha256, keys=[row["joint"]]).to_pylist()[0] if row.get("joint") else None
    hidden = frozenset() if _clear(user, found) else hidden_columns(rule.compiled, frozenset(row) | frozenset(inputs))
    shown = {name: None if name in hidden else value for name, value in row.items()}
    given = {name: None if name in hidden else value for name, value in inputs.items()}
    return FullRow(found, rule.compiled, shown, given, _sources(lines), hidden, run.snapshot.sha256, run.software, unit)


def _worked_from(
    run: Run, compiled: Compiled, row: dict[str, Any], inputs: dict[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    """Keys of the firms whose figures make the row, and those figures: of one firm, or of all members of its joint unit."""
    if not works_the_unit(compiled, row, inputs):
        return [str(inputs["key"])], inputs
    table = tables.frozen(run.snapshot.sha256)
    members = [one for one in table.select(["key", "unit"]).to_pylist() if one["unit"] == inputs["unit"]]
    keys = [str(one["key"]) for one in members]
    given = Snapshots(settings.TENGLONG_HOME).peek(run.snapshot.sha256, keys=keys).to_pylist()
    return keys, {**inputs, **unit_inputs(compiled, given), "key": inputs["key"]}


def _clear(user: Any, found: Result) -> bool:
    """The firm reads its own figures; others need `sensitive.view`."""
    return can(user, "sensitive.view") or found.enterprise_id in scope_of(user, "evaluation.own").enterprise_ids


def hidden_columns(compiled: Compiled, columns: frozenset[str]) -> frozenset[str]:
    """Sensitive measures, and what an indicator shows of them: its value, benchmark and points lead back to them."""
    secret = set(sensitive_measures())
    indicators = {
        name for group in compiled.scheme.groups.values() for name, indicator in group.indicators.items()
        if names(parse(indicator.value)) & secret
    }
    found = {name for name in columns if name in secret}
    return frozenset(found | {column for column in columns if column[:2] in ("x_", "s_") and column[2:] in indicators})


def _sources(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Column → its source; months that made a year are listed under `parts`."""
    found: dict[str, dict[str, Any]] = {}
    for line in sorted(lines, key=lambda line: (line["column"], _derived(line["kind"]), line["period"] or "")):
        told = {name: line[name] for name in ("kind", "source_id", "period", "department", "legal_basis", "batch_id", "row")}
        held = found.setdefault(line["column"], {**told, "label": _label(line), "parts": []})
        if (held["kind"], held["source_id"]) != (line["kind"], line["source_id"]):
            held["parts"].append(told)
    return found


def _derived(kind: str) -> bool:
    """How a figure was divided, beside what it was divided from: the months of a piece of land, the share of a branch."""
    return kind == "share" or ":" in kind


def _label(line: dict[str, Any]) -> str:
    if line["kind"] == "decision":
        return _decision(line["source_id"])
    words = {"area": _("核定用地"), "enterprise": _("企业登记"), "occupancy": _("用地关系"), "attribute": _("企业属性记录"),
             "joint": _("合并评价单元"), "last_run": _("上年度定稿结果"), "parcel": _("宗地"),
             "share": _("分公司分摊记录")}
    if line["kind"] != "fact":
        return str(words.get(line["kind"], line["kind"]))
    told = f"{line['department']} {line['period']}"
    return told + (_("，导入第 %(row)s 行") % {"row": line["row"]} if line["row"] else "")


def _decision(pk: int) -> str:
    """Number and date of a decision: what a veto must cite."""
    row = Decision.objects.filter(pk=pk).first()
    return f"{row.authority}{row.number}（{row.dated}）" if row else ""
