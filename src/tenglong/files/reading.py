"""The parent's side of a read: start the child, wait, tell in one sentence what came of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import orjson

from tenglong.domain.survey.table import Table
from tenglong.files import channel
from tenglong.files.errors import OUT_OF_MEMORY, REFUSED, FileError, Limits, size_text

_PREFIX: Final = "tenglong-read-"
_SMALLER: Final = "请分成几个小文件导入；如果文件本来不大，它可能是损坏的，请重新导出"


def read(
    path: str | Path,
    *,
    limits: Limits | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    name: str | None = None,
) -> list[Table]:
    """Tables of an xlsx, xls, et, csv, shp, gpkg, gdb, geojson, kml, or of a zip of them.

    `layer` picks one sheet or layer; `encoding` overrides what the bytes suggest; `name` is the name to show and
    to judge the extension by (default: the file's own). Raises FileError with a Chinese sentence.
    """
    source, shown = Path(path), name or Path(path).name
    bounds = limits or Limits()
    admit(source, shown, bounds)
    with workroom() as folder:
        job = {"path": str(source.resolve()), "name": shown, "limits": bounds.as_json(), "layer": layer, "encoding": encoding}
        (folder / "job.json").write_bytes(orjson.dumps(job))
        run_confined(folder, shown, bounds)
        return channel.read(folder)


@contextmanager
def workroom() -> Iterator[Path]:
    """A temporary folder shared with the child, gone afterwards."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as temporary:
        yield Path(temporary)


def _sweep() -> None:
    """Remove what a reader killed in mid-read left behind: folders named by a process that is no more."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = left.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and Path("/proc/self").exists():
            shutil.rmtree(left, ignore_errors=True)


def admit(path: Path, name: str, limits: Limits) -> None:
    """Refuse what is absent, no file, empty or too large, before anything is started. Raises FileError."""
    if not path.exists():
        raise FileError("找不到文件", name, "请检查路径和文件名")
    if not (path.is_file() or path.is_dir()):
        raise FileError("这不是普通文件", name, "请给出数据文件")
    size = path.stat().st_size if path.is_file() else sum(item.stat().st_size for item in path.rglob("*") if item.is_file())
    if path.is_file() and size == 0:
        raise FileError("文件是空的（0 字节）", name, "请重新导出或重新传送后再试")
    if size > limits.file_bytes:
        raise FileError(f"文件有 {size_text(size)}，超过 {size_text(limits.file_bytes)}", name, "请分成几个小文件导入")


def run_confined(folder: Path, name: str, limits: Limits, module: str = "tenglong.files._child") -> None:
    """Run `module` on `folder/job.json` under `limits` and wait. Raises FileError saying what came of it."""
    command = [sys.executable, "-P", "-m", module, str(folder)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module; the file name travels in job.json
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment(folder),
        cwd=folder,
        start_new_session=True,
    ) as child:
        try:
            code = child.wait(limits.wall_seconds)
        except BaseException as error:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise FileError(f"解析超过 {limits.wall_seconds} 秒，已停止", name, _SMALLER) from error
            raise
    _judge(code, folder, name, limits)


def _environment(folder: Path) -> dict[str, str]:
    keep = {
        key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT"}
    }
    return keep | {
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder),
        "HOME": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _judge(code: int, folder: Path, name: str, limits: Limits) -> None:
    if code == 0:
        return
    if code == REFUSED:
        raise FileError(**orjson.loads((folder / channel.ERROR).read_bytes()))
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise FileError(f"解析用去的处理器时间超过 {limits.cpu_seconds} 秒，已停止", name, _SMALLER)
    if code in (OUT_OF_MEMORY, -signal.SIGABRT):
        raise FileError(f"解析所需内存超过 {size_text(limits.memory_bytes)}，已停止", name, _SMALLER)
    raise FileError("文件结构损坏，解析程序异常退出", name, "请用原软件打开并另存一份再导入")
