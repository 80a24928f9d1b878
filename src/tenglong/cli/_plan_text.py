"""A plan as lines on the terminal."""

from __future__ import annotations

import click

from tenglong.domain.renewal.portfolio.answer import Answer
from tenglong.domain.renewal.portfolio.words import fen_text, mu_text
from tenglong.domain.renewal.portfolio.worker import Replies

SHOWN = 60


def show(answer: Answer, replies: Replies) -> None:
    """Summary, plots, then what was asked."""
    click.echo(f"\n{answer.words()}\n用时 {answer.seconds:.1f} 秒")
    for one in answer.chosen[:SHOWN]:
        click.echo(
            f"  {one.year} 项目 {one.project}  {one.key}  {one.route}  {mu_text(one.land_cm2)}  花费 {fen_text(one.cost)}"
            f"  年增收 {fen_text(one.uplift)}  减少岗位 {one.jobs_lost}"
        )
    if len(answer.chosen) > SHOWN:
        click.echo(f"  … 其余 {len(answer.chosen) - SHOWN} 宗见 --json")
    aim = answer.problem.objective.aim
    _part("起约束作用的要求", [one.words() for one in replies.binding])
    _part("地块对方案的价值", [one.words(aim) for one in replies.importance][:SHOWN])
    _part(
        "次优方案",
        [f"{number}. {one.proofs[-1].words()}，{_difference(answer, one)}" for number, one in enumerate(replies.next_best, 1)],
    )
    _part("预算与增收", [f"预算 {fen_text(point.budget)}：{_point(point.answer)}" for point in replies.frontier])
    _part("敏感性（各自单独变动，其余不变，重新求解）", [one.words(aim) for one in replies.tornado])


def _part(title: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"\n{title}")
        for line in lines:
            click.echo(f"  {line}")


def _point(answer: Answer) -> str:
    if not answer.found:
        return "没有方案"
    return f"用地 {mu_text(answer.totals['land'])}，年增收 {fen_text(answer.totals['uplift'])}，{answer.proofs[-1].words()}"


def _difference(plan: Answer, other: Answer) -> str:
    """Plots that the other plan takes in or leaves out; the same plot by another route or year counts as changed."""
    ours, theirs = ({one.key: (one.route, one.year) for one in each.chosen} for each in (plan, other))
    taken, left = sorted(set(theirs) - set(ours)), sorted(set(ours) - set(theirs))
    changed = sorted(key for key in set(ours) & set(theirs) if ours[key] != theirs[key])
    parts = [
        f"{word} {'、'.join(keys[:5])}{'等' if len(keys) > 5 else ''}"
        for word, keys in (("换入", taken), ("换出", left), ("改", changed))
        if keys
    ]
    return "；".join(parts)
