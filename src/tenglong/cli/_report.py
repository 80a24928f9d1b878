"""How every checking verb prints its Report and chooses its exit code."""

from __future__ import annotations

import sys
from collections import defaultdict

import click
import orjson

from tenglong.domain.quality.issue import Issue, Report

SHOWN_PER_RULE = 5


def emit(report: Report, *, as_json: bool, strict: bool) -> None:
    """Print and exit: 0 no unwaived error (strict: warning), 1 otherwise."""
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2) + b"\n")
    else:
        _print_text(report)
    raise SystemExit(report.exit_code(strict))


def _print_text(report: Report) -> None:
    click.echo(f"共 {report.rows} 行：可接收 {report.rows - report.rejected}，退回 {report.rejected}")
    by_rule: dict[str, list[Issue]] = defaultdict(list)
    for issue in report.issues:
        by_rule[issue.rule].append(issue)
    for rule, issues in sorted(by_rule.items()):
        click.echo(f"\n[{issues[0].severity}] {rule}：{len(issues)} 处")
        for issue in issues[:SHOWN_PER_RULE]:
            where = f"第 {issue.row} 行 {issue.key}" if issue.row else issue.key or "整表"
            click.echo(f"  {where}：{issue.message} → {issue.fix}")
        if len(issues) > SHOWN_PER_RULE:
            click.echo(f"  … 其余 {len(issues) - SHOWN_PER_RULE} 处见 --json")
    for skipped in report.skipped:
        click.echo(f"\n未执行 {skipped['rule']}：{skipped['reason']}")
