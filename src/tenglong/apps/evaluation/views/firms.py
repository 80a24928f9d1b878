"""Attributes and decisions of firms with their papers, a table of attributes, joint units of a cycle."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.evaluation import queries, service, step_papers
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.firm_words import COLUMNS, Refusal, as_kept, known, take_table
from tenglong.apps.evaluation.forms_firm import AttributeForm, DecisionForm, DecisionStateForm, JointForm, TableForm
from tenglong.apps.evaluation.joint_words import joint_words
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, head
from tenglong.apps.evaluation.words import DECISION_STATES
from tenglong.apps.registry import queries as registry
from tenglong.web.listing import Column, Filter, ListPage, Tool
from tenglong.web.twins import Twin


class FirmList(ListPage):
    """Rows of firms, with names instead of keys."""

    crumbs = ((_("评价"), ""),)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("enterprise_id",)

    def name_firms(self, rows: list[dict[str, Any]]) -> None:
        wanted = {row["enterprise_id"] for row in rows}
        found = registry.enterprises(self.user).filter(enterprise_id__in=wanted).values_list("enterprise_id", "name")
        names = dict(found)
        for row in rows:
            row["firm"] = names.get(row["enterprise_id"], "")


class AttributeList(FirmList):
    id, title, noun, verb = "firm-attributes", _("企业属性"), _("条"), "evaluation.view"
    order = ("attribute", "enterprise__key", "-valid_from")
    empty_title = _("还没有登记企业属性")
    empty_text = _("亩均办法用到而登记册里没有的情况登记在这里，如首次上规、载体、已申请不参评；每条有起止日期和依据。")
    caliber = _("当前范围内企业的属性记录")
    tools = (
        Tool(_("从 Excel 导入"), "evaluation:attribute-import", "evaluation.area", "up"),
        Tool(_("登记属性"), "evaluation:attribute-new", "evaluation.area", "plus", primary=True),
    )
    columns = (
        Column("firm", _("企业"), computed=True, lead=True),
        Column("uscc", _("统一社会信用代码"), source="enterprise__key", format="code"),
        Column("attribute_word", _("属性"), computed=True, source="attribute"),
        Column("value_word", _("值"), computed=True, source="value"),
        Column("valid_from", _("从哪天起"), format="date"),
        Column("valid_to", _("到哪天止"), format="date"),
        Column("paper", _("依据"), source="document__name"),
        Column("note", _("说明")),
    )
    filters = (
        Filter("q", _("企业代码"), source="enterprise__key"),
        Filter("attribute", _("属性"), kind="choice", choices=lambda user: [(k, v[0]) for k, v in known(user).items()]),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("enterprise_id", "attribute", "value")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.attributes(user)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        self.name_firms(rows)
        words, flags = known(self.user), {"true": _now("是"), "false": _now("否")}
        for row in rows:
            row["attribute_word"] = words.get(row["attribute"], (row["attribute"], ""))[0]
            row["value_word"] = flags.get(row["value"], row["value"])


class DecisionList(FirmList):
    id, title, noun, verb = "firm-decisions", _("否决决定"), _("件"), "evaluation.view"
    order, row_url = ("-dated", "-pk"), "evaluation:decision"
    empty_title = _("还没有登记决定")
    empty_text = _("一票否决要有已生效的决定：文号、日期、机关和决定书。复议诉讼中和已撤销的不引用。")
    caliber = _("当前范围内企业的决定")
    tools = (Tool(_("登记决定"), "evaluation:decision-new", "evaluation.manage", "plus", primary=True),)
    columns = (
        Column("firm", _("企业"), computed=True, lead=True),
        Column("uscc", _("统一社会信用代码"), source="enterprise__key", format="code"),
        Column("veto_word", _("否决事项"), computed=True, source="veto", wrap=True),
        Column("number", _("文号")),
        Column("authority", _("作出机关"), default=False),
        Column("dated", _("决定日期"), format="date"),
        Column("state", _("状态"), format="chip", kind="decision_state"),
        Column("expires_on", _("失效日期"), format="date", default=False),
        Column("paper", _("决定书"), source="document__name"),
    )
    filters = (
        Filter("q", _("文号或企业代码"), source=("number", "enterprise__key")),
        Filter("state", _("状态"), kind="choice", choices=list(DECISION_STATES.items())),
        Filter("dated", _("决定日期"), kind="date"),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("enterprise_id", "veto")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.decisions(user)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        self.name_firms(rows)
        words = known(self.user)
        for row in rows:
            row["veto_word"] = words.get(row["veto"], (row["veto"], ""))[0]


def _entry(request: HttpRequest, form: forms.Form, title: Any, back: str, step: Any) -> HttpResponse:
    """A form on a page of its own; `step(values, file)` writes."""
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        file = values.pop("file", None)
        try:
            with transaction.atomic():
                step(values, file)
            return redirect(back)
        except EvaluationError as error:
            form.add_error(None, str(error))
    if form.is_bound:
        _forget_strangers(request, form)
    context = {"form": form, "page_title": title, "back": back}
    return render(request, "evaluation/firm_form.html", context, status=400 if form.is_bound else 200)


def _forget_strangers(request: HttpRequest, form: forms.Form) -> None:
    """A firm that this person may not see is not said back."""
    firm = form.cleaned_data.get("enterprise_id")
    if firm is None or not registry.enterprises(request.user).filter(enterprise_id=firm).exists():
        form.data = {**{name: form.data.get(name) for name in form.data}, "enterprise_id": ""}


@requires("evaluation.area")
def attribute_new(request: HttpRequest) -> HttpResponse:
    def step(values: dict[str, Any], file: Any) -> None:
        firm, name = values.pop("enterprise_id"), values.pop("attribute")
        value = as_kept(values.pop("value"), known(request.user)[name][1])
        paper = step_papers.keep(request.user, file, "other", enterprise_id=firm)
        service.record_attribute(request.user, firm, name, value, document=paper, **values)

    form = AttributeForm(request.user, request.POST or None, request.FILES or None)
    return _entry(request, form, _("登记企业属性"), "evaluation:attributes", step)


@requires("evaluation.manage")
def decision_new(request: HttpRequest) -> HttpResponse:
    def step(values: dict[str, Any], file: Any) -> None:
        firm = values.pop("enterprise_id")
        paper = step_papers.keep(request.user, file, "other", enterprise_id=firm)
        service.record_decision(request.user, firm, document=paper, **values)

    form = DecisionForm(request.user, request.POST or None, request.FILES or None)
    return _entry(request, form, _("登记否决决定"), "evaluation:decisions", step)


@requires("evaluation.area")
def attribute_import(request: HttpRequest) -> HttpResponse:
    """Every row or none; each refused row is told with its number."""
    form = TableForm(request.POST or None, request.FILES or None)
    refusals: list[Refusal] = []
    if request.method == "POST" and form.is_valid():
        try:
            _written, refusals = take_table(request.user, form.cleaned_data["file"])
        except EvaluationError as error:
            form.add_error("file", str(error))
        else:
            if not refusals:
                return redirect("evaluation:attributes")
    context = {"form": form, "refusals": refusals, "columns": COLUMNS, "known": known(request.user).values()}
    return render(request, "evaluation/attribute_import.html", context, status=400 if form.is_bound else 200)


@requires("evaluation.view")
def decision(request: HttpRequest, ulid: str) -> HttpResponse:
    found = queries.decisions(request.user).filter(ulid=ulid).first()
    if found is None:
        raise Http404(_now("没有这份决定，或它不在您的管辖范围内。"))
    firm = registry.enterprises(request.user).filter(enterprise_id=found.enterprise_id).first()
    initial = {"state": found.state, "lock_version": found.lock_version}
    return _decision_page(request, found, firm, DecisionStateForm(initial=initial))


def _decision_page(request: HttpRequest, found: Any, firm: Any, form: DecisionStateForm, status: int = 200) -> HttpResponse:
    label = known(request.user).get(found.veto, (found.veto, ""))[0]
    context = {"decision": found, "firm": firm, "form": form, "veto": label}
    return render(request, "evaluation/decision.html", context, status=status)


@require_POST
@requires("evaluation.manage")
def decision_change(request: HttpRequest, ulid: str) -> HttpResponse:
    found = queries.decisions(request.user).filter(ulid=ulid).first()
    if found is None:
        raise Http404(_now("没有这份决定，或它不在您的管辖范围内。"))
    form = DecisionStateForm(request.POST)
    if form.is_valid():
        try:
            service.change_decision(request.user, found, **form.cleaned_data)
            return redirect("evaluation:decision", ulid)
        except EvaluationError as error:
            form.add_error(None, str(error))
    firm = registry.enterprises(request.user).filter(enterprise_id=found.enterprise_id).first()
    return _decision_page(request, found, firm, form, 400)


@require_GET
@requires("evaluation.view")
def joint(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    return render(request, "evaluation/joint.html", {
        **head(request, cycle, "joint"), "rows": _joint_rows(request, cycle), "told": joint_words(cycle)})


@require_GET
@requires("evaluation.view")
def joint_twin(request: HttpRequest, ulid: str) -> Twin:
    rows = [
        {"name": row["unit"].name, "members": row["names"], "valid_from": row["unit"].valid_from.isoformat(),
         "valid_to": row["unit"].valid_to.isoformat() if row["unit"].valid_to else None}
        for row in _joint_rows(request, cycle_or_404(request, ulid))
    ]
    return Twin({"rows": rows, "total": len(rows)}, json_dumps_params=CHINESE)


def _joint_rows(request: HttpRequest, cycle: Any) -> list[dict[str, Any]]:
    """Members outside the office's reach are counted, not named."""
    units = list(queries.joint_units(request.user, cycle))
    wanted = {member.enterprise_id for unit in units for member in unit.members.all()}
    names = dict(registry.enterprises(request.user, cycle.measure_day).filter(enterprise_id__in=wanted)
                 .values_list("enterprise_id", "name"))
    return [{"unit": unit, "names": [names.get(one.enterprise_id, _now("（在您的管辖范围外）")) for one in unit.members.all()]}
            for unit in units]


@requires("evaluation.manage")
def joint_new(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    initial = {"valid_from": date(cycle.year, 1, 1), "valid_to": date(cycle.year + 1, 1, 1)}
    form = JointForm(request.user, request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            with transaction.atomic():
                paper = step_papers.keep(request.user, values.pop("file"), "other", division_code=cycle.division_code)
                service.make_joint_unit(request.user, cycle, enterprise_ids=values.pop("members"), document=paper, **values)
            return redirect("evaluation:joint", ulid)
        except EvaluationError as error:
            form.add_error(None, str(error))
    return render(request, "evaluation/joint_new.html", {**head(request, cycle, "joint"), "form": form},
                  status=400 if form.is_bound else 200)
