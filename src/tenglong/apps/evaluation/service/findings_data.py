"""Findings about figures: missing, in conflict, from the wrong source, of an odd size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.evaluation.check_figures import Limits, Odd, odd, stayed, stops
from tenglong.apps.evaluation.models import Cycle, Finding
from tenglong.apps.evaluation.rows import Firm, Rows
from tenglong.apps.evaluation.rows import facts as figures
from tenglong.apps.evaluation.rows.assemble import LAND, responsible
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.registry.queries_sensitive import e6_text, sensitive_measures
from tenglong.domain.evaluation.compiled import PartialScheme
from tenglong.domain.evaluation.expression import names
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.measures import packaged


def of_data(actor: Any, cycle: Cycle, rule: Pinned, rows: Rows) -> Iterator[Finding]:
    firms = {firm.id: firm for firm in rows.firms.values()}
    yield from _statistics(rule, rows)
    yield from _conflicts(rule, rows, firms)
    yield from _missing(rule, rows)
    yield from _sizes(actor, cycle, rule, rows, firms)
    for pk, veto, number in rows.reviewed:
        if pk in firms:
            yield about(firms[pk], "decision-under-review", "info", f"{veto} {number}", value=number, message=_(
                "决定 %(number)s 正在复议或诉讼，只作标注，不作为否决依据。") % {"number": number})


def about(
    firm: Firm, rule: str, severity: str, key: str, *, message: str, fix: str = "", measure: str = "", value: str = "",
    expected: str = "", source: Mapping[str, Any] | None = None,
) -> Finding:
    """A finding about a firm; figures stand in `value` and `expected` only, so that they can be masked."""
    return Finding(
        rule=rule, severity=severity, enterprise_id=firm.id, division_code=firm.town, measure=measure, subject=firm.name,
        key=f"{firm.key} {key}".strip()[:120], value=value[:64], expected=expected[:64], message=message, fix=fix,
        source=dict(source or {}), sensitive=measure in sensitive_measures(),
    )


def _statistics(rule: Pinned, rows: Rows) -> Iterator[Finding]:
    """One per measure: the whole run is refused, not the firm."""
    found = rows.picked.statistics(rule.compiled.measures)
    for name in sorted({fact.measure for fact in found}):
        mine = [fact for fact in found if fact.measure == name]
        yield Finding(
            rule="statistics", severity="error", measure=name, subject=packaged()[name].label, key=name, value=str(len(mine)),
            message=_("“%(label)s”有 %(n)s 条来自统计调查，统计法不允许用来给单个企业打分，整批不能运算。") % {
                "label": _(packaged()[name].label), "n": len(mine)},
            fix=_("改用企业申报或部门共享的数据，或在评价办法里不用这项指标。"),
            source={"facts": [fact.id for fact in mine[:20]]},
        )


def _conflicts(rule: Pinned, rows: Rows, firms: Mapping[int, Firm]) -> Iterator[Finding]:
    for pk, name, said in rows.picked.conflicts:
        if pk in firms and name in rule.compiled.measures:
            told = "；".join(f"{who} {e6_text(value)}" for who, value in said.items())
            yield about(firms[pk], "conflict", "error", name, measure=name, value=told, message=_(
                "“%(label)s”有 %(n)s 个部门报数，且不一致，没有指定以谁为准；该企业不能冻结。") % {
                    "label": _(packaged()[name].label), "n": len(said)}, fix=_("在部门数据里写明这项指标由哪个部门负责。"))
    for pk, name, others in rows.picked.elsewhere:
        if pk in firms and name in rule.compiled.measures:
            yield about(firms[pk], "elsewhere", "warning", name, measure=name, expected="、".join(others), message=_(
                "负责“%(label)s”的部门没有报，其他部门有数，按规则没有取用。") % {"label": _(packaged()[name].label)},
                fix=_("请负责部门补报，或改由有数的部门负责。"))


def _missing(rule: Pinned, rows: Rows) -> Iterator[Finding]:
    """What the firm's own group needs and nobody has given."""
    needed = needs(rule)
    groups = groups_of(rule, rows)
    book = responsible_of(rows)
    for line in rows.table.select(["key", *rule.compiled.measures]).to_pylist():
        firm = rows.firms[line["key"]]
        for name in needed.get(groups.get(line["key"], ""), ()):
            if line[name] is None and (firm.id, name) not in book:
                yield about(firm, "missing", "warning", name, measure=name, message=_("缺“%(label)s”。") % {
                    "label": _(packaged()[name].label)}, fix=_("请负责部门补报；仍缺的按评价办法的缺数规则处理。"))


def responsible_of(rows: Rows) -> set[tuple[int, str]]:
    """Firm and measure that another finding tells already."""
    return {(pk, name) for pk, name, _said in rows.picked.conflicts} | {(pk, name) for pk, name, _who in rows.picked.elsewhere}


def needs(rule: Pinned) -> dict[str, tuple[str, ...]]:
    """Group → measures that its indicators read."""
    found = {}
    for group, body in rule.compiled.scheme.groups.items():
        used = {name for indicator in body.indicators.values() for name in names(parse(indicator.value))}
        found[group] = tuple(name for name in rule.compiled.measures if name in used)
    return found


def groups_of(rule: Pinned, rows: Rows) -> dict[str, str]:
    """Key → group, as the engine places the firms; empty where the scheme does not know who is in."""
    from tenglong.engine import EngineError
    from tenglong.engine.grouping import groups_of as placed

    try:
        return placed(rule.compiled, rows.table)
    except (EngineError, PartialScheme):
        return {}


def _sizes(actor: Any, cycle: Cycle, rule: Pinned, rows: Rows, firms: Mapping[int, Firm]) -> Iterator[Finding]:
    limits = Limits.of(cycle.terms["checks"])
    asked = [name for name in rule.compiled.measures if name not in LAND]
    before = figures.pick(figures.read(actor, cycle.year - 1, asked), responsible(cycle))
    industry = {pk: firm.industry for pk, firm in firms.items()}
    told: list[tuple[str, Odd]] = []
    steady: Counter[int] = Counter()
    for name in asked:
        values = {pk: chosen.value_e6 for (pk, one), chosen in rows.picked.values.items() if one == name and pk in firms}
        last = {pk: chosen.value_e6 for (pk, one), chosen in before.values.items() if one == name}
        told += [(name, found) for found in odd(values, last, industry, limits)]
        steady.update(stayed(values, last, limits))
    moved = Counter(found.firm for _name, found in told if found.against == "last_year")
    for name, found in told:
        level = "error" if stops(found, steady[found.firm], moved[found.firm], limits) else "warning"
        yield _odd(firms[found.firm], name, found, rows.picked.values[(found.firm, name)], level)


def _odd(firm: Firm, name: str, found: Odd, chosen: figures.Chosen, level: str) -> Finding:
    label = _(packaged()[name].label)
    against = _("上年") if found.against == "last_year" else _("同行业中位数")
    times = _times(found.ratio)
    messages = {
        "unit-slip": _("“%(label)s”是%(against)s的 %(times)s，疑似单位错：元/千元/万元或小数点错位。"),
        "jump": _("“%(label)s”是%(against)s的 %(times)s，变化过大。"),
        "outlier": _("“%(label)s”是%(against)s的 %(times)s，在同行业中异常。"),
    }
    fact = chosen.facts[0]
    fix = _("请 %(who)s 核对原始数据；属实的写明理由豁免。")
    if level == "error":
        fix = _("请 %(who)s 核对原始数据后重报，或写明核实经过予以豁免；处理之前该企业不进入快照。")
    return about(
        firm, found.rule, level, name, measure=name, value=e6_text(found.value), expected=e6_text(found.expected),
        message=messages[found.rule] % {"label": label, "against": against, "times": times},
        fix=fix % {"who": fact.department},
        source={"fact": fact.id, "department": fact.department, "batch": fact.batch_id, "against": found.against},
    )


def _times(ratio: float) -> str:
    """As people say it: 10,450 倍, 3.2 倍, 1/12."""
    if ratio < 1:
        return f"1/{1 / ratio:,.0f}" if ratio < 0.095 else f"1/{1 / ratio:.1f}"
    return _("%(n)s 倍") % {"n": f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"}
