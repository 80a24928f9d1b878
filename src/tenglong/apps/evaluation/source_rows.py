"""The rows behind one figure of a frozen snapshot: facts with their file and row, the assessed area's parts, papers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.models.area import ItemKind
from tenglong.apps.evaluation.queries.full import FullRow
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.queries_sensitive import e6_text
from tenglong.apps.survey import queries as survey
from tenglong.domain.evaluation.figures import unit_text
from tenglong.domain.evaluation.trace_terms import label_of
from tenglong.domain.measures import packaged
from tenglong.web.formats import choice, mu


@dataclass(frozen=True)
class Line:
    """One row: `cells` under the page's heads, `url` to where it can be looked up (empty: the user may not open it)."""

    cells: tuple[str, ...]
    url: str = ""
    link: str = ""


@dataclass
class SourceRows:
    """`value`: the figure as frozen, *** when it is hidden from the reader."""

    label: str
    value: str
    unit: str
    heads: tuple[Any, ...]
    lines: list[Line] = field(default_factory=list)
    note: str = ""


def source_rows(user: Any, run: Any, full: FullRow, column: str) -> SourceRows | None:
    """None when the snapshot holds no source for the column."""
    source = full.sources.get(column)
    if source is None:
        return None
    measure = packaged().get(column)
    unit = _(unit_text(measure.unit)) if measure else ""
    found = SourceRows(_(label_of(full.compiled, column)), _value(full, column), unit, ())
    makers = {"fact": _facts, "area": _area, "item": _area, "decision": _decision, "attribute": _attribute}
    kind = source["kind"]
    maker = makers.get("item" if ":" in kind else kind, _other)
    maker(user, run, full, column, found)
    return found


def _value(full: FullRow, column: str) -> str:
    if column in full.hidden:
        return HIDDEN
    value = full.inputs.get(column)
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return "—" if value is None else (e6_text(value) if isinstance(value, int) else str(value))


def _facts(user: Any, run: Any, full: FullRow, column: str, found: SourceRows) -> None:
    """Each fact with department, basis, file and row; months that made a year each on a line."""
    first = full.sources[column]
    parts = {part["source_id"]: part for part in (first, *first["parts"]) if part["kind"] == "fact"}
    model = apps.get_model("registry", "Fact")
    held = scoped(user, model._default_manager.filter(pk__in=sorted(parts)))
    asked = {part["batch_id"] for part in parts.values()} - {None}
    batches = {row.pk: row for row in survey.batches(user).filter(pk__in=asked)}
    found.heads = (
        _("数据编号"), _("期间"), _("数值"), _("原文"), _("提供部门"), _("性质"), _("依据文件"), _("导入文件"), _("行"))
    for fact in held.order_by("period", "pk"):
        part, batch = parts[fact.pk], batches.get(fact.batch_id or 0)
        hidden = column in full.hidden
        value, given = (HIDDEN, HIDDEN) if hidden else (e6_text(fact.value_e6), fact.given)
        name = batch.file_name if batch else (_("导入批次 %(n)s") % {"n": fact.batch_id} if fact.batch_id else _("手工登记"))
        url, link = _place(user, full, batch, part["row"])
        found.lines.append(Line((
            str(fact.pk), fact.period, value, given, fact.department, str(choice("legal_basis", fact.legal_basis)),
            fact.legal_document, name, str(part["row"] or "")), url, link))
    _shared(user, first, found)


def _shared(user: Any, first: dict[str, Any], found: SourceRows) -> None:
    """The record that divides a head office's figure: percent, dates and the paper it rests on."""
    ids = [part["source_id"] for part in first["parts"] if part["kind"] == "share"]
    for row in queries.attributes(user).filter(pk__in=ids):
        paper, name = _paper(user, row.document), row.document.name if row.document else ""
        told = _("按分摊记录计：%(percent)s%% 归分公司，其余留总公司（%(note)s）") % {
            "percent": row.value.rstrip("%％"), "note": row.note or name}
        found.lines.append(Line(("", row.valid_from.isoformat(), "", told, "", "", name, "", ""), paper, name))


def _place(user: Any, full: FullRow, batch: Any, row: int | None) -> tuple[str, str]:
    """The row of the imported file for whoever works with imports, else the firm's own list of figures."""
    if batch is not None and row and can(user, "survey.import"):
        staged = survey.staged(user).filter(batch=batch, row=row).values_list("action", flat=True).first()
        if staged:
            return f"{reverse('survey:batch', args=[batch.ulid])}?tab={staged}&q={row}", _("导入文件第 %(n)s 行") % {"n": row}
    return record_url(user, full.result.enterprise_id, "facts"), _("企业档案·历年数据")


def record_url(user: Any, enterprise_id: int, tab: str) -> str:
    """The firm's record at a tab, "" when the user may not open it."""
    if not can(user, "enterprise.view"):
        return ""
    ulid = registry.enterprises(user).filter(enterprise_id=enterprise_id).values_list("enterprise__ulid", flat=True).first()
    return f"{reverse('registry:enterprise', args=[ulid])}?tab={tab}#tabs" if ulid else ""


def _area(user: Any, run: Any, full: FullRow, column: str, found: SourceRows) -> None:
    """The parts of the assessed area, each with its plot."""
    found.heads = (_("类别"), _("地块"), _("面积（亩）"), _("计入"), _("说明"))
    source = full.sources[column]
    pieces = [part for part in (source, *source["parts"]) if ":" in part["kind"]]
    area = queries.areas(user, run.cycle).filter(pk=source["source_id"]).first() if source["kind"] == "area" else None
    if area is None:
        if pieces:
            _months(user, [], pieces, found)
        return
    items = list(queries.area_items(user, area))
    ids = {item.plot_id for item in items if item.plot_id is not None}
    known = _plots(user, ids)
    for item in items:
        ulid, code = known.get(item.plot_id or 0, ("", ""))
        told = (str(item.get_kind_display()), code, mu(item.cm2, 4), str(_("是") if item.counted else _("否")),
                item.note or item.deduction_type)
        found.lines.append(Line(told, reverse("registry:plot", args=[ulid]) if ulid else "", _("地块档案") if ulid else ""))
    if pieces:
        _months(user, items, pieces, found)
    found.note = _("核定用地 %(total)s 亩，第 %(version)s 版，%(state)s") % {
        "total": mu(area.total_cm2, 4), "version": area.version, "state": area.get_state_display()}


def _plots(user: Any, ids: set[int]) -> dict[int, tuple[str, str]]:
    """Plot → its ulid and code."""
    rows = registry.plots(user).filter(plot_id__in=ids).values_list("plot_id", "plot__ulid", "code")
    return {pk: (ulid, code) for pk, ulid, code in rows}


def _months(user: Any, items: list[Any], pieces: list[dict[str, Any]], found: SourceRows) -> None:
    """Land of a firm that moved: each piece with the twelfths of the year for which it counts; a use that ended before the
    day of the cycle stands beside the parts of the assessed area."""
    found.heads = (_("类别"), _("地块"), _("面积（亩）"), _("月数"), _("说明"))
    found.lines = []
    by_pk, kinds = {item.pk: item for item in items}, dict(ItemKind.choices)
    ended = [part["source_id"] for part in pieces if part["kind"].startswith("occupancy:")]
    model = apps.get_model("registry", "Occupancy")
    uses = {use.pk: use for use in scoped(user, model._default_manager.filter(pk__in=ended), "plot.view")}
    known = _plots(user, {row.plot_id for row in (*items, *uses.values()) if row.plot_id is not None})
    for part in pieces:
        kind, what = part["kind"].split(":")
        row: Any = (by_pk if kind == "item" else uses).get(part["source_id"])
        if row is None:
            continue
        ulid, code = known.get(row.plot_id or 0, ("", ""))
        note = row.note if kind == "item" else _("%(start)s 至 %(end)s 使用，评价时点前已结束") % {
            "start": row.valid_from, "end": row.valid_to or ""}
        told = (str(kinds[what]), code, mu(row.cm2 if kind == "item" else row.area_cm2, 4), part["period"], note)
        found.lines.append(Line(told, reverse("registry:plot", args=[ulid]) if ulid else "", _("地块档案") if ulid else ""))


def _decision(user: Any, run: Any, full: FullRow, column: str, found: SourceRows) -> None:
    found.heads = (_("文号"), _("作出机关"), _("日期"), _("状态"), _("失效日期"))
    for row in queries.decisions(user).filter(pk=full.sources[column]["source_id"]):
        told = (row.number, row.authority, row.dated.isoformat(), str(row.get_state_display()),
                row.expires_on.isoformat() if row.expires_on else "—")
        found.lines.append(Line(told, _paper(user, row.document), row.document.name if row.document else ""))


def _attribute(user: Any, run: Any, full: FullRow, column: str, found: SourceRows) -> None:
    found.heads = (_("值"), _("起"), _("止"), _("说明"))
    for row in queries.attributes(user).filter(pk=full.sources[column]["source_id"]):
        told = (row.value, row.valid_from.isoformat(), row.valid_to.isoformat() if row.valid_to else "—", row.note)
        found.lines.append(Line(told, _paper(user, row.document), row.document.name if row.document else ""))


def _paper(user: Any, document: Any) -> str:
    held = document is not None and registry.documents(user).filter(pk=document.pk).exists()
    return reverse("registry:document", args=[document.ulid]) if held else ""


def _other(user: Any, run: Any, full: FullRow, column: str, found: SourceRows) -> None:
    """Register, occupancies, titles, last year's result: the firm's record says where each stands."""
    source = full.sources[column]
    tab = {"occupancy": "occupancies", "parcel": "occupancies"}.get(source["kind"], "history")
    found.heads = (_("来源"), _("值"))
    found.lines.append(Line(
        (str(source["label"]), found.value), record_url(user, full.result.enterprise_id, tab), _("企业档案")))
