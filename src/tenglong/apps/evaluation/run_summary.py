"""What a run says as a whole: grades per group, places, benchmarks, who was refused and who owes the figure."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.accounts.scope import can
from tenglong.apps.evaluation import queries, tables
from tenglong.apps.evaluation.rows.assemble import LAND, responsible
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_names
from tenglong.apps.registry.queries_sensitive import e6_text
from tenglong.domain.evaluation.figures import plain, share_text, significant, unit_text
from tenglong.domain.evaluation.trace import missing_labels
from tenglong.domain.evaluation.trace_terms import label_of
from tenglong.domain.measures import packaged

BY: Final = {"town": gettext_lazy("按镇街"), "zone": gettext_lazy("按片区"), "industry": gettext_lazy("按行业")}
WORDS: Final = {
    "ungraded": gettext_lazy("不定等级"), "excluded": gettext_lazy("不参加评价"), "outside": gettext_lazy("不在范围"),
    "refused": gettext_lazy("缺数未计分"), "merged": gettext_lazy("合并评价"), "follows": gettext_lazy("随出租方"),
    "graded": gettext_lazy("已计分未划等"),
}
PAGE: Final = 50


def rule(run: Any) -> Pinned:
    return Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text)


def groups(user: Any, run: Any) -> list[dict[str, Any]]:
    """Per group the number of each effective grade with its share, and the others with why."""
    scheme = rule(run).compiled.scheme
    held: dict[str, dict[str, Any]] = {}
    for line in queries.summary(user, run, "town"):
        one = held.setdefault(line.group, {"n": 0, "ranked": 0, "graded": 0, "grades": {}, "others": {}})
        for name in ("n", "ranked", "graded"):
            one[name] += getattr(line, name)
        for kind, counts in (("grades", line.by_grade), ("others", line.others)):
            for word, number in counts.items():
                one[kind][word] = one[kind].get(word, 0) + number
    place = {name: number for number, name in enumerate(scheme.groups)}
    order = sorted(held, key=lambda name: place.get(name, len(place)))
    return [_group(name, held[name], scheme.groups.get(name)) for name in order]


def _group(name: str, one: dict[str, Any], group: Any) -> dict[str, Any]:
    order = [*group.grades.order] if group is not None and group.grades is not None else sorted(one["grades"])
    order += [grade for grade in one["grades"] if grade not in order]
    bars = [{"grade": grade, "n": one["grades"].get(grade, 0), "share": _share(one["grades"].get(grade, 0), one["graded"]),
             "width": round(1000 * one["grades"].get(grade, 0) / one["graded"]) if one["graded"] else 0} for grade in order]
    others = [{"label": str(WORDS.get(word, word)), "n": number, "standing": word} for word, number in one["others"].items()]
    return {"id": name, "label": group.label if group else str(_("未列入各组")), "bars": bars, "others": others,
            **{key: one[key] for key in ("n", "ranked", "graded")}}


def _share(number: int, whole: int) -> str:
    """129/1,851（19.9 %）: the denominator is never left out."""
    head, mark, share = share_text(number, whole).partition("（")
    if not mark:
        return head
    return _("%(n)s/%(of)s（%(share)s）") % {"n": f"{number:,}", "of": f"{whole:,}", "share": share.removesuffix("）")}


def lines(user: Any, run: Any, by: str) -> dict[str, Any]:
    """`grades`, and a row per place with its counts; the last one is the whole, the denominator stands in each."""
    found = queries.summary(user, run, by)  # type: ignore[arg-type]
    names = _names(user, by)
    grades = _grades(run, {grade for line in found for grade in line.by_grade})
    rows: dict[str, dict[str, Any]] = {}
    whole = _empty("", str(_("合计")), grades)
    for line in found:
        for row in (rows.setdefault(line.key, _empty(line.key, names(line.key), grades)), whole):
            for name in ("n", "ranked", "graded"):
                row[name] += getattr(line, name)
            row["others"] += sum(line.others.values())
            for grade, number in line.by_grade.items():
                row["grades"][grade] += number
    return {"grades": grades, "rows": list(rows.values()), "whole": whole if found else None}


def _empty(key: str, label: str, grades: list[str]) -> dict[str, Any]:
    return {"key": key, "label": label, "n": 0, "ranked": 0, "graded": 0, "grades": dict.fromkeys(grades, 0), "others": 0}


def _grades(run: Any, seen: set[str]) -> list[str]:
    order: dict[str, None] = {}
    for group in rule(run).compiled.scheme.groups.values():
        if group.grades is not None:
            order.update(dict.fromkeys(group.grades.order))
    return [*order, *sorted(seen - set(order))]


def _names(user: Any, by: str) -> Any:
    if by == "industry":
        return industry
    held = town_names(user) if by == "town" else dict(registry.zones(user).values_list("code", "name"))
    return lambda key: held.get(key, key) or str(_("未登记"))


def industry(code: str) -> str:
    return _("行业 %(code)s") % {"code": code} if code else str(_("未登记"))


def bases(run: Any) -> list[dict[str, Any]]:
    """Benchmarks as they were worked: one line per group and indicator (and per industry where they differ)."""
    compiled, table = rule(run).compiled, tables.frozen(run.result_sha256)
    found = []
    for name, group in compiled.scheme.groups.items():
        for id_, indicator in group.indicators.items():
            values = _worked(table, name, f"b_{id_}")
            low = _worked(table, name, f"l_{id_}")
            found.append({
                "group": group.label, "label": indicator.label, "unit": _(unit_text(indicator.unit)),
                "weight": plain(indicator.weight) if indicator.weight is not None else "—",
                "value": _("、").join(values) or "—", "low": _("、").join(low), "source": _source(indicator)})
    return found


def _worked(table: Any, group: str, column: str) -> list[str]:
    if column not in table.column_names:
        return []
    pairs = zip(table["group"].to_pylist(), table[column].to_pylist(), strict=True)
    distinct = sorted({value for of, value in pairs if of == group and value is not None})
    told = [significant(value) for value in distinct[:3]]
    return [*told, _("等 %(n)s 个（按行业）") % {"n": len(distinct)}] if len(distinct) > 3 else told


def _source(indicator: Any) -> str:
    benchmark = getattr(indicator.score, "benchmark", None) or getattr(indicator.score, "high", None)
    if benchmark is None:
        return ""
    kinds = {"fixed": _("固定值"), "by_industry": _("分行业固定值"), "last_year": _("上年均值"), "group": _("本年本组均值"),
             "percentile": _("分位数"), "max": _("最大值"), "min": _("最小值")}
    factor = f" × {plain(benchmark.factor)}" if benchmark.factor is not None else ""
    return f"{kinds.get(benchmark.kind, benchmark.kind)}{factor}"


def refused(user: Any, run: Any) -> list[dict[str, Any]]:
    """Firms without points: what is missing, and which department answers for it."""
    rows = list(queries.results(user, run).filter(standing="refused").order_by("town", "key"))
    if not rows:
        return []
    compiled, owners = rule(run).compiled, responsible(run.cycle)
    inputs = {row["key"]: row for row in tables.frozen(run.snapshot.sha256).to_pylist()}
    known = {packaged()[name].label: department for name, department in owners.items() if name in packaged()}
    found = []
    for row in rows:
        asked = {"group": row.group or None, "standing_id": row.standing_id}
        labels = [label_of(compiled, row.standing_id)]
        if row.group:
            labels = missing_labels(compiled, asked, inputs.get(row.key, {}))
        found.append({"result": row, "missing": [_owed(_(label), known.get(label, "")) for label in labels]})
    return found


def _owed(label: str, owner: str) -> str:
    return _("%(label)s（%(owner)s）") % {"label": label, "owner": owner or _("没有登记提供部门")}


def told_counts(run: Any) -> list[dict[str, Any]]:
    """What a run made, for one line of a list: `{"word", "n"}`, grades in their order, then why others have none."""
    whole: dict[str, int] = {}
    for counts in run.counts.values():
        for word, number in counts.items():
            whole[word] = whole.get(word, 0) + number
    order = [grade for grade in _grades(run, set()) if grade in whole]
    order += [word for word in [*WORDS, *sorted(whole)] if word in whole and word not in order]
    return [{"word": str(WORDS.get(word, word)), "n": whole[word]} for word in dict.fromkeys(order)]


def plots(user: Any, run: Any, number: str | None) -> dict[str, Any]:
    """A page of plots: occupied area, grades of the occupants; sums of figures only with `sensitive.view`."""
    page = Paginator(queries.plot_results(user, run).order_by("division_code", "plot_id"), PAGE).get_page(number)
    rows = list(page)
    ids = [row.plot_id for row in rows]
    known = {pk: (ulid, code, name) for pk, ulid, code, name in registry.plots(user).filter(plot_id__in=ids)
             .values_list("plot_id", "plot__ulid", "code", "name")}
    clear, towns = can(user, "sensitive.view"), town_names(user)
    names = [name for name in rule(run).compiled.measures if name not in LAND] if clear else []
    heads = [(_(packaged()[name].label), _(unit_text(packaged()[name].unit))) for name in names]
    told = []
    for row in rows:
        ulid, code, name = known.get(row.plot_id, ("", "", ""))
        grades: dict[str, int] = {}
        for _firm, grade, _cm2 in row.grades:
            grades[grade or "—"] = grades.get(grade or "—", 0) + 1
        sums = [e6_text(int(row.measures[one])) if row.measures.get(one) is not None else "—" for one in names]
        told.append({"ulid": ulid, "code": code, "name": name, "cm2": row.occupied_cm2, "n": row.occupants, "grades": grades,
                     "town": towns.get(row.division_code, row.division_code), "sums": sums})
    return {"page": page, "rows": told, "heads": heads}
