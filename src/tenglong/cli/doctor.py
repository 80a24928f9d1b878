"""`tenglong doctor`: is this installation sound?"""

from __future__ import annotations

import shutil
import stat
import time
from pathlib import Path

import click
import orjson

LOW_DISK = 2 * 1024**3


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--rebuild", is_flag=True, help="先重建空间索引")
def command(as_json: bool, rebuild: bool) -> None:
    """体检：数据库、索引、密钥、作业、磁盘、审计链；全部正常返回 0，否则 1。"""
    from tenglong.cli import _record

    _record.setup(migrated=False)
    register()
    if rebuild:
        from tenglong.store.spatial import store

        store().rebuild()
    from tenglong.apps.jobs import health

    findings = health.run()
    if as_json:
        click.echo(orjson.dumps([finding.as_json() for finding in findings], option=orjson.OPT_INDENT_2).decode())
    else:
        for finding in findings:
            click.echo(f"{'正常' if finding.ok else '问题'}  {finding.id}：{finding.message}")
    raise SystemExit(0 if all(finding.ok for finding in findings) else 1)


def register() -> None:
    """The checks that belong to the machine; apps have added theirs at start-up."""
    from tenglong.apps.jobs.health import check

    check("database")(_database)
    check("migrations")(_migrations)
    check("foreign-keys")(_foreign_keys)
    check("keys")(_keys)
    check("jobs")(_jobs)
    check("disk")(_disk)
    check("audit")(_audit)
    check("spatial-index")(_spatial)


def _database() -> tuple[bool, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
            return answer == "ok", "SQLite 文件完整" if answer == "ok" else f"SQLite 报告 {answer}；请从备份恢复"
        cursor.execute("SHOW server_version")
        return True, f"PostgreSQL {cursor.fetchone()[0]} 可连接"


def _migrations() -> tuple[bool, str]:
    from tenglong.cli import _record

    waiting = _record.pending()
    return not waiting, "数据库与程序版本一致" if not waiting else f"有 {len(waiting)} 步升级未做，请运行 tenglong migrate"


def _foreign_keys() -> tuple[bool, str]:
    from django.db import connection
    from django.db.utils import IntegrityError

    try:
        connection.check_constraints()
    except IntegrityError as error:
        return False, f"有行指向不存在的行：{error}"
    return True, "引用完整"


def _keys() -> tuple[bool, str]:
    from django.conf import settings

    folder = Path(settings.TENGLONG_HOME) / "keys"
    open_ones = [path.name for path in folder.glob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_ones:
        return False, f"密钥 {'、'.join(open_ones)} 别人可读，请执行 chmod 600 {folder}/*"
    return True, f"{len(list(folder.glob('*')))} 把密钥，只有属主可读"


def _jobs() -> tuple[bool, str]:
    from tenglong.apps.jobs import service

    lost = service.missing()
    if lost:
        return False, f"{len(lost)} 个作业的进程已不在，启动 tenglong serve 后会标记为中断"
    if silent := service.silent(time.time()):
        listed = "、".join(row.ulid for row in silent)
        return False, f"作业 {listed} 的进程还在，但两分钟没有动静；请看该作业的日志，结束这个进程后作业会标记为中断"
    return True, "没有失联的作业"


def _disk() -> tuple[bool, str]:
    from django.conf import settings

    free = shutil.disk_usage(settings.TENGLONG_HOME).free
    return free >= LOW_DISK, f"剩余空间 {free / 1024**3:.1f} GB" + ("" if free >= LOW_DISK else "，少于 2 GB，请清理或扩容")


def _audit() -> tuple[bool, str]:
    from tenglong.apps.audit import service

    result = service.verify()
    if result.ok:
        return True, f"{result.entries} 条，锚点 {result.anchors} 个，首尾相接"
    return False, f"第一条有问题的记录 {result.first_bad or '—'}：{result.reason}"


def _spatial() -> tuple[bool, str]:
    """Rows of the spatial index against shapes; the store itself knows how."""
    from tenglong.store.spatial import store

    seen = store().check()
    if seen.ok:
        return True, f"{seen.shapes} 个图形与空间索引一致"
    faults = f"缺 {seen.missing}、多 {seen.orphaned}、不符 {seen.differing}"
    return False, f"空间索引{faults}（共 {seen.shapes} 个图形），请运行 tenglong doctor --rebuild"
