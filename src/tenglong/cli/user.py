"""`tenglong user`: the first administrators, and lost passwords, from the machine itself."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """用户：建立、重置密码、列出、停用示范账号。"""
    from tenglong.cli import _record

    _record.setup()


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="姓名")
@click.option("--role", help="角色标识，如 system_admin；不写则不授予")
@click.option("--scope", default="", help="数据范围：none self department department_tree custom all own_enterprise")
@click.option("--department", default="", help="部门名称，没有就新建")
@click.option("--division", "divisions", multiple=True, help="镇街代码：新部门的，或自定范围的；可写多次")
@click.option("--enterprise", type=int, help="企业编号（企业用户）")
def create(
    username: str, name: str, role: str | None, scope: str, department: str, divisions: tuple[str, ...], enterprise: int | None
) -> None:
    """新建用户，密码随机，只显示一次，首次登录须修改。"""
    from tenglong.apps.accounts import service

    try:
        office = service.department_named(department, divisions) if department else None
        user, password = service.create_user(service.SYSTEM, username=username, name=name, department=office)
        if role:
            service.grant_role(service.SYSTEM, user, role, scope=scope, divisions=divisions, enterprise_id=enterprise)
    except service.AccountError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"用户 {username} 已建立，密码 {password} （只显示这一次）")


@command.command("reset-password")
@click.argument("username")
def reset_password(username: str) -> None:
    """重置密码，并结束该用户的所有登录、解除锁定。"""
    from axes.utils import reset

    from tenglong.apps.accounts import service

    user = service.user_named(username)
    if user is None:
        raise click.ClickException(f"没有用户“{username}”")
    password = service.reset_password(service.SYSTEM, user)
    reset(username=username)
    click.echo(f"用户 {username} 的新密码 {password} （只显示这一次）")


@command.command("list")
def listing() -> None:
    """列出用户与角色。"""
    from tenglong.apps.accounts import service

    for username, name, roles, state in service.roll():
        click.echo(f"{username}\t{name}\t{roles}\t{state}")


@command.command("disable-demo")
def disable_demo() -> None:
    """停用全部示范账号，之后才能对外开放。"""
    from tenglong.apps.accounts import service

    click.echo(f"已停用 {service.disable_demo(service.SYSTEM)} 个示范账号")
