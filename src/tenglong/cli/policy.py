"""`tenglong policy`: policies as files, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson


@click.group()
def command() -> None:
    """政策参数：列出、显示、装入、导出、比较。"""
    from tenglong.cli import _record

    _record.setup()


def _named(text: str) -> tuple[str, str, str]:
    """`kind/id[@version]`; a kind alone names the policy of the same name."""
    name, _at, version = text.partition("@")
    kind, slash, policy_id = name.partition("/")
    return kind, policy_id if slash else kind, version


def _text_of(name: str) -> tuple[str, str]:
    """(label, text) of `kind/id[@version]` or of a YAML file."""
    from tenglong.apps.policy import service

    if Path(name).is_file():
        return name, Path(name).read_text("utf-8")
    kind, policy_id, version = _named(name)
    try:
        return service.text_of(kind, policy_id, version)
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def listing(as_json: bool) -> None:
    """所有政策及其版本、状态。"""
    from tenglong.apps.policy import service

    rows: list[dict[str, Any]] = service.listing()
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    for row in rows:
        click.echo(f"{row['kind']}/{row['id']}@{row['version']}\t{row['state']}\t{row['sha256'][:12]}\t{row['origin']}")


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """显示现行文本；NAME 写成 kind/id 或 kind/id@version。"""
    click.echo(_text_of(name)[1], nl=False)


@command.command()
@click.argument("name")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def export(name: str, out: Path) -> None:
    """把一个政策写成 YAML 文件。"""
    out.write_text(_text_of(name)[1], encoding="utf-8")
    click.echo(f"已写入 {out}")


@command.command()
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """比较两个政策（kind/id、kind/id@version 或文件）；有不同返回 1。"""
    from tenglong.apps.policy import service

    (old_name, old_text), (new_name, new_text) = _text_of(old), _text_of(new)
    lines = service.diff(old_text, new_text, old_name, new_name)
    if lines:
        click.echo(lines)
    raise SystemExit(1 if lines else 0)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "name", required=True, help="政策名，写成 kind/id")
@click.option("--user", "username", required=True, help="以哪个用户的名义装入（须有编辑权限）")
@click.option("--check", is_flag=True, help="只检查，不保存")
def load(file: Path, name: str, username: str, check: bool) -> None:
    """检查一个 YAML 文件并存为草稿；批准须另一个人在网页上办理。"""
    from django.core.exceptions import PermissionDenied

    from tenglong.apps.accounts.service import user_named
    from tenglong.apps.policy import service
    from tenglong.domain.policy import load_yaml

    kind, policy_id, _version = _named(name)
    user = user_named(username)
    if user is None:
        raise click.ClickException(f"没有用户“{username}”")
    text = file.read_text("utf-8")
    try:
        if check:
            document = load_yaml(text, kind=kind, id=policy_id, file=str(file))
            click.echo(f"{kind}/{policy_id}@{document.version} 没有问题")
            return
        row = service.load_text(user, kind, policy_id, text, origin=file.name)
    except (service.PolicyError, service.PolicyStateError, PermissionDenied) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已存为草稿 {service.name_of(row)}，请在网页上提交审批")
