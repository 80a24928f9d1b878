"""`tenglong demo`: the demo county, its raw survey folder, and the score of the checks on that folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from tenglong.demo.county import COUNTY_CODE, ENTERPRISES, MARK, PLOTS
from tenglong.demo.streams import DEFAULT_SEED


@click.group(invoke_without_command=True, help=f"装入{MARK}：20 个镇街、{PLOTS} 个地块、{ENTERPRISES} 家企业，全部虚构。")
@click.option("--if-empty", is_flag=True, help="登记册里已有地块时什么也不做")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="随机种子；同一种子总是同一个县")
@click.option("--plots", default=PLOTS, show_default=True, type=click.IntRange(60), help="地块数（小县用于试验）")
@click.pass_context
def command(ctx: click.Context, if_empty: bool, seed: int, plots: int) -> None:
    if ctx.invoked_subcommand is None:
        _load(if_empty, seed, plots)


def _load(if_empty: bool, seed: int, plots: int) -> None:
    from tenglong.cli import _record

    _record.setup()
    from tenglong.demo import load

    if load.occupied():
        if if_empty:
            click.echo("登记册里已有地块，未装入示范数据")
            return
        raise click.ClickException("登记册里已有地块；示范数据只装入空的登记册（可加 --if-empty 静默跳过）")
    with click.progressbar(length=100, label="装入示范数据") as bar:
        done = load.load(seed, plots, lambda percent: bar.update(percent - bar.pos))
    for line in done.lines():
        click.echo(line)


@command.command(help="写出原始摸排资料目录 DIR：多种格式、各部门写法不一，并埋入缺陷（清单在 seeded.json）。")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=DEFAULT_SEED, show_default=True)
@click.option("--plots", default=PLOTS, show_default=True, type=click.IntRange(300), help="地块数；埋缺陷至少要 300 个")
@click.option("--clean", is_flag=True, help="不埋缺陷")
def raw(folder: Path, seed: int, plots: int, clean: bool) -> None:
    from tenglong.demo.raw.folder import FolderNotEmpty, write_clean, write_raw
    from tenglong.demo.raw.seeding import NoRow

    try:
        if clean:
            click.echo(f"已写出 {len(write_clean(folder, seed, plots))} 个文件，没有埋缺陷")
            return
        seeded = write_raw(folder, seed, plots)
    except (FolderNotEmpty, NoRow) as error:
        raise click.ClickException(str(error)) from error
    kinds = len({entry.defect for entry in seeded})
    click.echo(f"已写出“{folder}”，埋入 {kinds} 类 {len(seeded)} 处缺陷，清单见 seeded.json")


@command.command(name="site-file", help="把示范县的地块写成 FILE.gpkg，带虚构的成本、户数、腾退月数，供 tenglong site 试用。")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seed", default=DEFAULT_SEED, show_default=True)
@click.option("--plots", default=PLOTS, show_default=True, type=click.IntRange(60), help="地块数")
def site_file(file: Path, seed: int, plots: int) -> None:
    from tenglong.demo.site_file import write_site_file

    if file.exists():
        raise click.ClickException(f"“{file}”已经存在，请换一个文件名")
    click.echo(f"已写出“{file}”：{write_site_file(file, seed, plots)} 个地块")


@command.command(help="检查 DIR 并与 seeded.json 对照：找到、漏掉、误报。有漏有误报时退出码为 1。")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="缺陷 → 认可的规则（YAML）；不给时该行有任何问题即算找到",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def score(folder: Path, rules_file: Path | None, as_json: bool) -> None:
    from tenglong.demo.raw.score import Score, compare, county_context, read_list, say

    try:
        seed, seeded = read_list(folder)
    except FileNotFoundError as error:
        raise click.ClickException(f"“{folder}”里没有 seeded.json，请先用 tenglong demo raw 生成") from error
    result: Score = compare(seeded, say(take(folder), county_context(seed)), _rules(rules_file))
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    else:
        _print(result)
    raise SystemExit(int(bool(result.missed or result.false_alarms)))


def take(folder: Path) -> list[tuple[str, str, Any, list[Any]]]:
    """Every table of the folder as the import reads it: (file, sheet, batch, issues of reading)."""
    from tenglong.cli import _dry

    taken, _ = _dry.take_folder(folder, _dry.Choice(county=COUNTY_CODE))
    return [(one.path.name, one.table.name, one.batch, one.issues) for one in taken]


def _rules(path: Path | None) -> dict[str, list[str]] | None:
    if path is None:
        return None
    from ruamel.yaml import YAML

    return dict(YAML(typ="safe").load(path.read_text(encoding="utf-8")))


def _print(result: Any) -> None:
    for name, count in result.total.items():
        found = result.found.get(name, 0)
        click.echo(f"{'✓' if found == count else '✗'} {name}：{found}/{count}  {'、'.join(result.rules.get(name, []))}")
    for entry in result.missed:
        click.echo(
            f"漏：{entry['defect']}（{entry['variant']}） {entry['file']} {entry['sheet']} 第 {entry['row']} 行 "
            f"{entry['field']}：{entry['original']} → {entry['damaged'][:60]}；该行只报 {entry['said_instead']}"
        )
    for said in result.false_alarms:
        click.echo(f"误报：{said.rule} {said.places} {said.message}")
    click.echo(
        f"共埋 {result.seeded} 处，找到 {sum(result.found.values())}，漏 {len(result.missed)}，误报 {len(result.false_alarms)}"
    )
