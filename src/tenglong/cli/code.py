"""`tenglong code explain`: what a code says, whether it conforms, and what to do about it. Needs no database."""

from __future__ import annotations

import sys
from datetime import date, datetime

import click
import orjson

from tenglong.domain.codes.explain import explain, matching_kinds
from tenglong.domain.codes.model import CodeExplanation, Kind
from tenglong.policies import code_books


@click.group(name="code", help="解释各类代码：地块码、宗地、不动产单元、统一社会信用代码、行业、区划")
def command() -> None:
    """Group of the verbs about codes."""


@command.command(name="explain", help="逐段解释 CODE，指出不合标准之处；区划可给名称（--kind division）")
@click.argument("code")
@click.option("--kind", type=click.Choice([str(kind) for kind in Kind]), help="代码种类；几种都符合时必须指定")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天的区划与标准解释，缺省为最新表")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def explain_code(code: str, kind: str | None, on: datetime | None, as_json: bool) -> None:
    """Exit 0: no error-level issue; 1: at least one; 2: bad use."""
    result = explain(_kind(code, kind), code, _day(on), code_books())
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(result.as_json(), option=orjson.OPT_INDENT_2) + b"\n")
    else:
        _print(result)
    raise SystemExit(0 if result.acceptable else 1)


def _day(on: datetime | None) -> date | None:
    return on.date() if on else None


def _kind(code: str, kind: str | None) -> Kind:
    if not code.strip():
        raise click.UsageError("代码为空。")
    if kind:
        return Kind(kind)
    found = matching_kinds(code)
    if len(found) > 1:
        raise click.UsageError(f"“{code}”同时符合 {'、'.join(found)} 的形式，请用 --kind 指定其一。")
    if not found:
        raise click.UsageError(
            f"“{code}”不符合任何一种代码的形式；请核对位数，或用 --kind 指定种类（区划名称用 --kind division）。"
        )
    return found[0]


def _print(result: CodeExplanation) -> None:
    click.echo(f"{result.code}  {result.kind}  {'合乎标准' if result.valid else '不合标准'}")
    for segment in result.segments:
        click.echo(f"  {segment.value}  {segment.label}：{segment.meaning}")
    for issue in result.issues:
        click.echo(f"[{issue.severity}] {issue.rule}：{issue.message} → {issue.fix}")
