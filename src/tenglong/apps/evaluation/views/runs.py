"""Snapshots and runs of a cycle: start one, what it says by group, town, zone and industry, who stands near a border."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import Refused, can, requires
from tenglong.apps.evaluation import queries, run_summary, service, tables
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, done, head
from tenglong.apps.evaluation.views.run_common import XLSX, download, group_labels, points, run_or_404
from tenglong.apps.registry.places import town_names
from tenglong.web.twins import Twin


@require_GET
@requires("evaluation.view")
def listing(request: HttpRequest, ulid: str) -> HttpResponse:
    """The cycle's tab 试算与结果."""
    cycle = cycle_or_404(request, ulid)
    frozen = cycle.stage in ("frozen", "trial")
    runs = queries.runs(request.user, cycle)
    return render(request, "evaluation/runs.html", {
        **head(request, cycle, "runs"), "runs": [(run, run_summary.told_counts(run)) for run in runs],
        "snapshots": queries.snapshots(request.user, cycle), "may_run": can(request.user, "evaluation.run"),
        "formal": frozen and queries.latest_snapshot(request.user, cycle) is not None,
        "open": cycle.stage not in ("final", "archived", "cancelled"),
    })


@require_POST
@requires("evaluation.run")
def start(request: HttpRequest, ulid: str) -> HttpResponse:
    """`kind` trial over the data as they are now (or a given snapshot), formal over the frozen snapshot; as a job."""
    cycle = cycle_or_404(request, ulid)
    kind = "formal" if request.POST.get("kind") == "formal" else "trial"
    job = done(request, lambda: _start(request, cycle, kind), _("已开始运算"))
    return redirect("jobs:show", job.ulid) if job is not None else redirect("evaluation:runs", cycle.ulid)


def _start(request: HttpRequest, cycle: Any, kind: str) -> Any:
    chosen = queries.snapshots(request.user, cycle).filter(ulid=request.POST.get("snapshot", "")).first()
    if chosen is None and kind == "formal":
        chosen = queries.latest_snapshot(request.user, cycle)
        if chosen is None:
            raise service.EvaluationError(_("还没有冻结数据，不能正式运算。"))
    if chosen is None:
        chosen = service.take_snapshot(request.user, cycle)
    return service.run(request.user, cycle, chosen, kind=kind)


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    run = run_or_404(request, ulid)
    labels = group_labels(run)
    by = request.GET.get("by", "town")
    by = by if by in run_summary.BY else "town"
    return render(request, "evaluation/run.html", {
        **head(request, run.cycle, "runs"), "run": run, "groups": run_summary.groups(request.user, run),
        "by": by, "by_choices": run_summary.BY, "lines": run_summary.lines(request.user, run, by),
        "bases": run_summary.bases(run), "near": _near(request, run, labels), "refused": run_summary.refused(request.user, run),
        "others": [one for one in queries.runs(request.user, run.cycle) if one.pk != run.pk],
        "clear": can(request.user, "sensitive.view"),
    })


def _near(request: HttpRequest, run: Any, labels: dict[str, str]) -> list[dict[str, Any]]:
    """临界名单: each border with who stands around it."""
    towns, held = town_names(request.user), defaultdict(list)
    for one in queries.borderline(request.user, run):
        row = one.result
        held[row.group, one.better, one.worse].append({
            "result": row, "distance": one.distance, "above": one.distance <= 0, "total": points(row.total, row.decimals),
            "town": towns.get(row.town, row.town)})
    return [{"group": labels.get(group, group), "better": better, "worse": worse, "rows": rows, "told": _border(rows)}
            for (group, better, worse), rows in held.items()]


def _border(rows: list[dict[str, Any]]) -> str:
    """Where the line runs: the last firm above it and the first below."""
    above, below = [row for row in rows if row["above"]], [row for row in rows if not row["above"]]
    if not above or not below:
        return ""
    last, first = max(above, key=lambda row: row["distance"]), min(below, key=lambda row: row["distance"])
    return _("线内最后一名 %(a)s 分（第 %(n)s 名），线外第一名 %(b)s 分") % {
        "a": last["total"], "n": last["result"].rank, "b": first["total"]}


@require_GET
@requires("evaluation.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    run = run_or_404(request, ulid)
    shown = ("key", "label", "n", "ranked", "grades")
    by = {name: [{one: line[one] for one in shown} for line in run_summary.lines(request.user, run, name)["rows"]]
          for name in run_summary.BY}
    return Twin({
        "ulid": run.ulid, "cycle": run.cycle.ulid, "kind": run.kind, "scheme": f"{run.scheme_id}@{run.scheme_version}",
        "pin": run.scheme_pin, "snapshot": run.snapshot.sha256, "result_sha256": run.result_sha256, "software": run.software,
        "watermark": run.watermark, "counts": run.counts, "by": by,
    }, json_dumps_params=CHINESE)


@require_GET
@requires("evaluation.view")
def plots(request: HttpRequest, ulid: str) -> HttpResponse:
    """Each plot as its occupants make it."""
    run = run_or_404(request, ulid)
    return render(request, "evaluation/run_plots.html", {
        **head(request, run.cycle, "runs"), "run": run, **run_summary.plots(request.user, run, request.GET.get("page")),
    })


@require_GET
@requires("evaluation.view")
def book(request: HttpRequest, ulid: str) -> HttpResponse:
    """The result table as the office keeps it: whole county, with figures."""
    from tenglong.apps.accounts.scope import scope_of
    from tenglong.engine import enterprises
    from tenglong.files.evaluation import result_table

    run = run_or_404(request, ulid)
    for verb in ("sensitive.view", "export.make"):
        if not can(request.user, verb):
            raise Refused(verb)
    if not scope_of(request.user, "evaluation.view").covers(run.cycle.division_code):
        raise Http404(_("结果总表包含全部企业，须由辖区覆盖整个评价范围的人员下载。"))
    rule, towns = run_summary.rule(run), town_names(request.user)
    names = {row.key: {"name": row.name, "uscc": row.uscc, "town": towns.get(row.town, row.town)}
             for row in queries.results(request.user, run)}
    content = result_table(enterprises(tables.frozen(run.result_sha256)).to_pylist(), rule.compiled, names)
    return download(content, f"{run.cycle.title}-{run.get_kind_display()}-结果总表.xlsx", XLSX)


@require_GET
@requires("evaluation.view")
def leaders(request: HttpRequest, ulid: str) -> HttpResponse:
    """领跑者: the best of each industry division."""
    run = run_or_404(request, ulid)
    labels = group_labels(run)
    held: dict[str, list[dict[str, Any]]] = {group: [] for group in labels}
    for one in queries.leaders(request.user, run):
        held.setdefault(one.group, []).append({
            "industry": run_summary.industry(one.industry), "result": one.result, "among": one.among,
            "total": points(one.result.total, one.result.decimals)})
    return render(request, "evaluation/leaders.html", {
        **head(request, run.cycle, "runs"), "run": run,
        "groups": [(labels.get(group, group), rows) for group, rows in held.items() if rows]})
