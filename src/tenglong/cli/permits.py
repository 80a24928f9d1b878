"""`tenglong permits`: the schedule of a permit network, its critical path, what saves days, odds of the end; no database."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tenglong.cli import _check_input as source
from tenglong.cli import _permits_input as given
from tenglong.cli._report import emit
from tenglong.domain.casework.network import NetworkError, Schedule
from tenglong.domain.landing.permits import board, catalogue, rules
from tenglong.domain.landing.permits.montecarlo import DRAWS, SEED, Odds, simulate
from tenglong.domain.landing.permits.network import Situation, by_law, compare, end_of, lawful_minimum, plan, pledged
from tenglong.domain.landing.permits.policy import KIND, Permits
from tenglong.domain.landing.permits.saving import savings
from tenglong.domain.policy import PolicyError, load_yaml
from tenglong.domain.policy.document import Document
from tenglong.domain.policy.shelf import packaged, refs
from tenglong.domain.quality.issue import Issue, Report, Severity
from tenglong.files import FileError

SAVINGS = 8


@click.command(
    name="permits",
    help="推算审批网络：各步最早最迟日期、关键路径、法律允许的最早、三种办法比较、怎样省时最多、五成和九成把握的日期。"
    "FILE（.xlsx、.csv）每行一步，写已经发生的日期（步骤、预审受理、预审完成、受理日期、办结日期、不涉及、卡住到）。不需要数据库。",
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--policy", "name", metavar="ID@版本|文件", help="审批网络，如 zj-90@2019（见 --list），或一个 YAML 文件")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="起算日期（出让公告发布日，或项目进入网络的日子）")
@click.option("--route", help="办法：serial、parallel、pre_review 等；缺省按网络的规定")
@click.option("--goal", help="目标步骤；缺省为网络的第一个没有办结的目标")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="推算到哪一天为止的情况；没有办的不会早于这一天")
@click.option("--durations", type=click.Choice(["pledge", "legal"]), default="pledge", show_default=True,
              help="各步按承诺时限，或按法定最长时限")
@click.option("--history", type=click.Path(path_type=Path), help="已办项目的用时表（步骤、工作日），每行一例，用来估计把握")
@click.option("--draws", type=click.IntRange(100, 1_000_000), default=DRAWS, show_default=True, help="抽样次数")
@click.option("--seed", type=click.IntRange(0), default=SEED, show_default=True, help="随机种子：同样的输入得同样的结果")
@click.option("--list", "listing", is_flag=True, help="列出随程序提供的审批网络")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--strict", is_flag=True, help="超过承诺或法定最长时限（警告）也以 1 退出")
def command(file: Path | None, listing: bool, as_json: bool, strict: bool, **asked: Any) -> None:
    """Exit 0: worked out; 1: a date that the law does not allow, or a file that cannot be read; 2: bad use."""
    if listing:
        for ref in refs(KIND):
            click.echo(f"{ref.stem}\t{catalogue.load(ref.stem).name}")
        return
    if not asked["name"] or asked["start"] is None:
        raise click.UsageError("请写明 --policy 和 --start，例如 tenglong permits --policy zj-90@2019 --start 2026-03-02")
    document, policy = _loaded(asked["name"])
    _known(policy, asked)
    try:
        told = given.facts(source.existing(file), policy) if file else given.Told()
        seen, wrong = given.history(source.existing(asked["history"]), policy) if asked["history"] else ({}, [])
        now = Situation(_day(asked["start"]), told.facts, told.holds, _day(asked["as_of"]) if asked["as_of"] else None)
        found = _worked(policy, now, seen, asked)
    except (FileError, source.Unreadable, NetworkError) as error:
        raise click.ClickException(str(error)) from error
    report = Report(told.rows, dataset="permits")
    report.add([*told.issues, *wrong, *_judged(policy, now)])
    report.extra = {"policy": {"id": document.id, "version": document.version, "pin": document.pin,
                               "verified": str(document.header.verified or "")}, **found}
    if not as_json:
        _print(policy, found)
    emit(report, as_json=as_json, strict=strict)


def _day(value: datetime) -> date:
    return value.date()


def _loaded(name: str) -> tuple[Document, Permits]:
    """A preset, or a YAML file. Raises click.UsageError (unknown), ClickException (broken)."""
    try:
        if Path(name).is_file():
            text = Path(name).read_text("utf-8")
            document = load_yaml(text, kind=KIND, id=Path(name).stem.partition("@")[0], file=name)
        else:
            document = packaged(KIND, name)
    except LookupError as error:
        raise click.UsageError(f"{error}；有：{'、'.join(ref.stem for ref in refs(KIND))}") from error
    except (PolicyError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    return document, catalogue.compiled(document)


def _known(policy: Permits, asked: dict[str, Any]) -> None:
    asked["route"] = asked["route"] or policy.route
    if asked["route"] not in policy.routes:
        raise click.UsageError(f"没有“{asked['route']}”这种办法，可用：{'、'.join(policy.routes)}")
    if asked["goal"] and asked["goal"] not in policy.steps:
        raise click.UsageError(f"没有步骤“{asked['goal']}”，可用：{'、'.join(policy.steps)}")


def _worked(policy: Permits, now: Situation, seen: dict[str, list[int]], asked: dict[str, Any]) -> dict[str, Any]:
    calendar = catalogue.calendar(policy.calendar)
    route, durations = asked["route"], pledged if asked["durations"] == "pledge" else by_law
    made = plan(policy, route, now, calendar, durations)
    goal = asked["goal"] or next((one for one in policy.goals if now.fact(one).done_on is None), policy.goals[-1])
    minimum_by, least = lawful_minimum(policy, now, calendar)
    odds = simulate(policy, route, now, calendar, seen=seen, draws=asked["draws"], seed=asked["seed"],
                    ends=tuple(dict.fromkeys((goal, *policy.goals))))
    count = board.countdown(policy, now, made, now.as_of or now.start)

    def end(one: Schedule) -> str:
        return end_of({task.id: task.early_finish for task in one.tasks}, goal).isoformat()

    return {
        "route": route, "start": now.start.isoformat(), "goal": goal, "goal_on": end(made), "end": made.end.isoformat(),
        "unpublished": list(made.unpublished), "path": list(made.path),
        "lawful_minimum": {"goal_on": end(least), "end": least.end.isoformat(), "route": minimum_by},
        "by_route": {name: end(one) for name, one in compare(policy, now, calendar, durations).items()},
        "odds": {name: _odds(one) for name, one in odds.items()}, "draws": asked["draws"], "seed": asked["seed"],
        "cases": {name: len(days) for name, days in sorted(seen.items())},
        "savings": [{"step": one.step, "how": one.how, "days": one.days, "working_days": one.working_days,
                     "end": one.end.isoformat()}
                    for one in savings(policy, route, now, calendar, goal=goal, durations=durations)],
        "countdown": None if count is None or count.since is None else {
            "label": count.label, "since": count.since.isoformat(), "day": count.day, "left": count.left},
        "tasks": [{"id": task.id, "label": task.label, "early_start": task.early_start.isoformat(),
                   "early_finish": task.early_finish.isoformat(), "late_finish": task.late_finish.isoformat(),
                   "slack": task.slack, "critical": task.critical} for task in made.tasks],
    }


def _odds(one: Odds) -> dict[str, str]:
    return {"p50": one.p50.isoformat(), "p90": one.p90.isoformat()}


def _judged(policy: Permits, now: Situation) -> list[Issue]:
    """Dates that the law does not allow are errors; terms that are past are warnings."""
    calendar = catalogue.calendar(policy.calendar)
    refused = [Issue("permits", 0, step, "done_on", "lawful-wait", str(now.fact(step).done_on), Severity.ERROR, sentence,
                     "核对日期；法定最短时限不能缩短") for step, sentence in rules.breaches(policy, now, calendar)]
    late = [Issue("permits", 0, step, "done_on", "late", str(now.fact(step).done_on or ""), Severity.WARNING, told.says,
                  "说明原因") for step, told in rules.warnings(policy, now, now.as_of or now.start, calendar)]
    return [*refused, *late]


def _print(policy: Permits, found: dict[str, Any]) -> None:
    goal = policy.steps[found["goal"]].label
    click.echo(f"{policy.name}，{policy.routes[found['route']].label}，起算 {found['start']}")
    click.echo(f"{_wide('步骤')}{_wide('开始', 12)}{_wide('结束', 12)}余量")
    for task in found["tasks"]:
        slack = "—" if task["slack"] is None else "关键" if task["critical"] else str(task["slack"])
        click.echo(f"{_wide(task['label'])}{task['early_start']:<12}{task['early_finish']:<12}{slack}")
    labels = {task["id"]: task["label"] for task in found["tasks"]}
    click.echo(f"\n关键路径：{' → '.join(labels[one] for one in found['path'])}")
    click.echo(f"{goal}：{found['goal_on']}；法律允许的最早 {found['lawful_minimum']['goal_on']}（各法定最短时限走满）")
    for name, day in found["by_route"].items():
        click.echo(f"  {policy.routes[name].label}：{day}")
    for name, one in found["odds"].items():
        click.echo(f"{policy.steps[name].label}：五成把握 {one['p50']}，九成把握 {one['p90']}")
    cases = sum(found["cases"].values())
    click.echo(f"（抽样 {found['draws']:,} 次，种子 {found['seed']}，已办 {cases} 例{'，全部参照政策' if not cases else ''}）")
    for one in [one for one in found["savings"] if one["how"] != "one_day"][:SAVINGS]:
        how = {"at_once": "当天办结", "early": "提前到预审或并联", "unblocked": "解决卡点"}[one["how"]]
        click.echo(f"  “{policy.steps[one['step']].label}”{how}：提前 {one['days']} 天，到 {one['end']}")
    if found["unpublished"]:
        click.echo(f"{'、'.join(map(str, found['unpublished']))} 年放假安排未公布，按周一至周五推算")
    click.echo("")


def _wide(text: str, width: int = 40) -> str:
    """Padded so that columns stand under each other: a Chinese character is two columns wide."""
    return text + " " * max(1, width - sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text))
