"""`tenglong serve`: the web server and the workers under one roof."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import click

RESTART_SECONDS = 2.0


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="地址:端口")
@click.option("--web-workers", default=2, show_default=True, type=click.IntRange(1, 64), help="网页进程数")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="每个网页进程的线程数")
def command(bind: str, web_workers: int, threads: int) -> None:
    """启动网页与作业进程，任何一个退出就重新拉起；Ctrl+C 停止。"""
    from tenglong.cli import _record

    _record.setup()
    refuse_open_door(bind)
    refuse_taken_address(bind)
    click.echo(f"网址 http://{bind}/   停止请按 Ctrl+C")
    Supervisor(commands(bind, web_workers, threads)).run()


def refuse_open_door(bind: str) -> None:
    """Demo accounts have passwords that were printed on a screen: nobody else may reach them. Raises ClickException."""
    from tenglong.apps.accounts.service import demo_accounts

    demo = demo_accounts()
    if demo and not is_loopback(bind):
        raise click.ClickException(
            f"还有 {len(demo)} 个示范账号（如 {demo[0].username}），只能监听本机地址。"
            "请先停用它们（tenglong user disable-demo），再对外开放。"
        )


def refuse_taken_address(bind: str) -> None:
    """Another program at this address would let the web process end and begin again for ever. Raises ClickException."""
    host, _, port = bind.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.BadParameter(f"“{bind}”要写成 地址:端口，如 127.0.0.1:8000", param_hint="--bind")
    try:
        found = socket.getaddrinfo(host.strip("[]") or "127.0.0.1", int(port), type=socket.SOCK_STREAM)
        family, kind, protocol, _name, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise click.ClickException(
            f"不能监听 {bind}：{error.strerror or error}。可能已有程序占用，请换一个端口，如 make run BIND=127.0.0.1:8001。"
        ) from None


def is_loopback(bind: str) -> bool:
    """True for 127.0.0.0/8, ::1 and localhost; a bare port or a name counts as open."""
    host = bind.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def commands(bind: str, web_workers: int, threads: int) -> dict[str, list[str]]:
    """Name → command line of each process under supervision."""
    web = [sys.executable, "-m", "gunicorn", "tenglong.wsgi:application", "--bind", bind, "--workers", str(web_workers),
           "--worker-class", "gthread", "--threads", str(threads), "--timeout", "120", "--graceful-timeout", "20",
           "--max-requests", "5000", "--max-requests-jitter", "500", "--log-level", "warning", "--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    if not os.path.isdir("/dev/shm"):  # noqa: S108, PTH112
        web = web[:-2]
    worker = [sys.executable, "-m", "tenglong", "worker", "--queue"]
    return {"web": web, "short": [*worker, "short"], "long": [*worker, "long"]}


@dataclass
class Supervisor:
    """Starts every process, restarts one that ends, and stops them all together."""

    lines: dict[str, list[str]]
    start: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen

    def run(self) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_args: stop.set())
        running = {name: self._begin(name) for name in self.lines}
        while not stop.wait(0.5):
            for name, process in running.items():
                if process.poll() is not None:
                    click.echo(f"{name} 已退出（{process.returncode}），{RESTART_SECONDS:.0f} 秒后重新启动", err=True)
                    stop.wait(RESTART_SECONDS)
                    running[name] = self._begin(name)
        self._end(list(running.values()))

    def _begin(self, name: str) -> subprocess.Popen[bytes]:
        return self.start(self.lines[name], env=os.environ | {"DJANGO_SETTINGS_MODULE": "tenglong.settings.base"},
                          start_new_session=True)

    def _end(self, processes: list[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            process.terminate()
        limit = time.monotonic() + 25
        for process in processes:
            try:
                process.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
