"""`tenglong plan FILE`: the best plan of renewal from a plain table, with its proven gap; no database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from tenglong.cli import _plan_input as source
from tenglong.cli._report import emit
from tenglong.domain.quality.issue import Issue, Report, Severity

if TYPE_CHECKING:
    from tenglong.domain.renewal.portfolio.answer import Answer
    from tenglong.domain.renewal.portfolio.parts import Problem
    from tenglong.domain.renewal.portfolio.sheet import Sheet
    from tenglong.domain.renewal.portfolio.worker import Questions, Replies

#: plots of the plan that are solved again without them
AGAIN = 12
BETWEEN = "可重复；可写成 年份=数"


@click.command(
    name="plan",
    help="从 FILE（.gpkg、.shp、.geojson、.xlsx、.csv，每行一个地块的一个途径；或 .json 方案问题）选出最好的整治方案，"
    "并证明离最优还差多少。不需要数据库，不改动文件。",
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--budget", "budgets", multiple=True, metavar="万元", help=f"预算（万元），{BETWEEN}")
@click.option("--target-mu", "targets", multiple=True, metavar="亩", help=f"处置用地目标（亩），{BETWEEN}、镇街=数、产业链=数")
@click.option(
    "--objective",
    type=click.Choice(list(source.AIMS)),
    default="least-shortfall",
    show_default=True,
    help="缺口最小；预算内净增收最多；达到目标花费最少",
)
@click.option("--years", metavar="2026-2028", help="计划年份；缺省为今年一年")
@click.option("--chain-share", "shares", multiple=True, metavar="链=百分数", help="某产业链至少占入选用地的百分数；可重复")
@click.option("--relocation", "capacities", multiple=True, metavar="㎡", help=f"安置面积上限（㎡），{BETWEEN}、镇街=数")
@click.option("--until", type=int, metavar="年份", help="增收从完工次年计到这一年；缺省只计一年的增收")
@click.option("--expected", is_flag=True, help="增收按签约可能性折算")
@click.option(
    "--max-members", "members", type=click.IntRange(1, 40), default=4, show_default=True,
    help="一个项目最多几宗相邻地块；组合多得列不完时按相连的片求解，差距照样证明",
)
@click.option("--min-mu", metavar="亩", help="每个项目至少多少亩")
@click.option("--premium", metavar="万元", help="连片项目超过 --above-mu 的部分每亩加多少")
@click.option("--above-mu", default="0", show_default=True, metavar="亩", help="从多少亩起算连片价值")
@click.option("--per-holder", default="0", show_default=True, metavar="万元", help="连片项目每户权利人的协调成本")
@click.option("--compactness", metavar="万元", help="项目内部共边每米加多少")
@click.option("--min-shared", type=click.FloatRange(0), default=1.0, show_default=True, help="共边至少多少米才算相邻")
@click.option("--road", type=click.FloatRange(0), default=0.0, show_default=True, help="隔着窄于多少米的路也算相邻")
@click.option("--crs", help="坐标系编号，例如 EPSG:4549；覆盖文件自带的")
@click.option("--layer", help="图层或工作表名；缺省取第一个")
@click.option("--time", "seconds", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, help="求解时限（秒）")
@click.option("--gap", type=click.FloatRange(0, 0.5), default=1e-4, show_default=True, help="证明到这个差距即停；0 为求到最优")
@click.option("--next", "next_best", type=click.IntRange(0, 20), default=5, show_default=True, help="另给几个次优方案")
@click.option("--worth", multiple=True, metavar="地块编号", help="去掉这个地块重新求解，看它值多少；可重复")
@click.option("--frontier", multiple=True, metavar="万元", help="另求这个总预算下的方案；可重复；缺省取预算的 1/4 至 2 倍")
@click.option("--only-plan", "alone", is_flag=True, help="只求方案：不追问次优方案、预算与增收、敏感性")
@click.option("--save-problem", type=click.Path(dir_okay=False, path_type=Path), help="把方案问题另存为 .json")
@click.option(
    "--marxan", type=click.Path(path_type=Path), help="改读 Marxan 格式的文件夹（pu、spec、puvspr、bound），见 marxan.md"
)
@click.option("--target", type=click.FloatRange(0, 1), help="--marxan：每种要素至少保留的份额；缺省用 spec 里写的")
@click.option("--blm", type=click.FloatRange(0), default=0.0, show_default=True, help="--marxan：边界惩罚")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--strict", is_flag=True, help="有警告也以 1 退出")
def command(file: Path | None, marxan: Path | None, as_json: bool, strict: bool, **given: Any) -> None:
    """Exit 0: a plan within the gap; 1: rows refused, a problem that is wrong, no plan; 2: bad use."""
    if marxan is not None:
        from tenglong.cli._plan_marxan import run as run_marxan

        run_marxan(marxan, given["target"], given["blm"], given["seconds"], given["gap"], as_json)
        return
    if file is None:
        raise click.UsageError("请写明表格文件，例如 tenglong plan 地块.gpkg --budget 8000 --target-mu 300")
    if not file.exists():
        raise click.UsageError(f"找不到文件“{file}”，请检查路径和文件名")
    if file.suffix.lower() == ".json":
        problem, report = _kept(file)
    else:
        problem, report = _read(file, given)
    if problem is not None:
        if given["save_problem"]:
            _save(problem, given["save_problem"])
        _solve(problem, report, given, as_json)
    emit(report, as_json=as_json, strict=strict)


def _kept(file: Path) -> tuple[Problem | None, Report]:
    from tenglong.domain.renewal.portfolio.check import ProblemError

    report = Report(0, dataset="plan")
    try:
        problem = source.problem_file(file)
    except ProblemError as error:
        report.add(_issue("problem", sentence, "请按说明改正方案文件") for sentence in error.sentences)
        return None, report
    report.rows = len(problem.options)
    return problem, report


def _read(file: Path, given: dict[str, Any]) -> tuple[Problem | None, Report]:
    from tenglong.domain.geo.crs_names import UnknownCrs
    from tenglong.domain.renewal.portfolio.sheet import read_sheet
    from tenglong.files import FileError, read

    if not given["budgets"] and not given["targets"]:
        raise click.UsageError("请至少给出 --budget 或 --target-mu")
    asked = _asked(given)
    try:
        table = read(file, layer=given["layer"])[0]
        sheet = read_sheet(table, years=asked.years, min_shared_m=given["min_shared"], road_m=given["road"], crs=given["crs"])
    except (FileError, UnknownCrs) as error:
        raise click.ClickException(str(error)) from error
    report = Report(sheet.rows, list(sheet.issues), dataset="plan")
    return (source.problem_of(asked, sheet, file.stem) if _usable(sheet) else None), report


def _usable(sheet: Sheet) -> bool:
    whole = any(
        issue.row == 0 and issue.severity is Severity.ERROR and issue.rule != "duplicate-route" for issue in sheet.issues
    )
    return bool(sheet.candidates) and not whole


def _asked(given: dict[str, Any]) -> source.Asked:
    years = source.years_of(given["years"])
    names = (
        "budgets",
        "targets",
        "shares",
        "capacities",
        "until",
        "expected",
        "members",
        "min_mu",
        "premium",
        "above_mu",
        "per_holder",
        "compactness",
    )
    return source.Asked(aim=source.AIMS[given["objective"]], years=years, **{name: given[name] for name in names})


def _save(problem: Problem, path: Path) -> None:
    from tenglong.domain.renewal.portfolio.codec import to_json

    path.write_bytes(orjson.dumps(to_json(problem), option=orjson.OPT_INDENT_2))


def _questions(problem: Problem, given: dict[str, Any]) -> Questions:
    from tenglong.domain.renewal.portfolio.worker import SHARES, Questions

    keys = {one.key for one in problem.candidates}
    if lost := [key for key in given["worth"] if key not in keys]:
        raise click.UsageError(f"--worth 写的地块不在候选里：{'、'.join(lost)}")
    frontier = tuple(source.fen(text, "--frontier") for text in given["frontier"])
    if frontier and not sum(one.amount for one in problem.budgets) > 0:
        raise click.UsageError("--frontier 按比例增减 --budget，请先给出大于 0 的预算")
    if given["alone"]:
        return Questions(True, True, tuple(given["worth"]), 0, frontier)
    usual = tuple(int(sum(one.amount for one in problem.budgets) * share) for share in SHARES)
    return Questions(True, True, tuple(given["worth"]), given["next_best"], frontier or (usual if any(usual) else ()), True,
                     AGAIN)


def _solve(problem: Problem, report: Report, given: dict[str, Any], as_json: bool) -> None:
    """Adds the answer to the report, or an issue that says why there is none."""
    from tenglong.domain.renewal.clusters import TooManyClusters
    from tenglong.domain.renewal.portfolio.check import ProblemError
    from tenglong.domain.renewal.portfolio.tree import tree
    from tenglong.domain.renewal.portfolio.worker import WorkerDied, ask_in_worker

    text = tree(problem)
    report.extra["problem"] = text.splitlines()
    if not as_json:
        click.echo(text)
    try:
        answer, replies = ask_in_worker(problem, _questions(problem, given), time_limit_s=given["seconds"], gap=given["gap"])
    except ProblemError as error:
        report.add(_issue("problem", sentence, "请改正后再求解") for sentence in error.sentences)
        return
    except TooManyClusters as error:
        report.add([_issue("too-many-clusters", str(error), "请减小 --max-members 或减少候选地块")])
        return
    except WorkerDied as error:
        raise click.ClickException(str(error)) from error
    _tell(answer, replies, report, as_json)


def _tell(answer: Answer, replies: Replies, report: Report, as_json: bool) -> None:
    from tenglong.cli._plan_json import told

    report.extra |= told(answer, replies)
    if not answer.found:
        rule = "no-plan" if answer.status == "none" else "no-answer"
        report.add([_issue(rule, answer.words(), "请放宽其中一条" if answer.conflict else "请延长 --time")])
    elif not as_json:
        from tenglong.cli._plan_text import show

        show(answer, replies)


def _issue(rule: str, message: str, fix: str) -> Issue:
    return Issue("plan", 0, "", "", rule, "", Severity.ERROR, message, fix)
