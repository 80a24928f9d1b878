"""The offline archive installs with the network cut, and can be rolled back."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.bundle


def run(arguments: list[str], cwd: Path, **environment: str) -> str:
    done = subprocess.run(arguments, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def offline() -> tuple[list[str], dict[str, str]]:
    """A prefix that takes the network away; without the right to, pip is pointed at nothing."""
    if shutil.which("unshare") and subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0:
        return ["unshare", "-rn"], {}
    return [], {"PIP_NO_INDEX": "1", "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


def test_bundle_installs_without_network_and_rolls_back(tmp_path: Path) -> None:
    run(["scripts/bundle.sh"], ROOT)
    archive = max((ROOT / "dist").glob("tenglong-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    prefix = tmp_path / "installed"
    cut, environment = offline()
    for _turn in range(2):
        run([*cut, "bash", str(folder / "install.sh"), "--prefix", str(prefix)], tmp_path, **environment)
    tenglong = str(prefix / "current" / "bin" / "tenglong")
    home = {"TENGLONG_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "tenglong.settings.base"}
    assert "数据库已升级" in run([*cut, tenglong, "migrate"], tmp_path, **home)
    assert '"ok": true' in run([*cut, tenglong, "doctor", "--json"], tmp_path, **home)
    newest = (prefix / "current").readlink()
    run(["bash", str(folder / "install.sh"), "--prefix", str(prefix), "--rollback"], tmp_path)
    assert (prefix / "current").readlink() != newest


def test_a_damaged_archive_is_not_installed(tmp_path: Path) -> None:
    archive = max((ROOT / "dist").glob("tenglong-*.tar.gz"), default=None, key=lambda path: path.stat().st_mtime)
    if archive is None:
        run(["scripts/bundle.sh"], ROOT)
        archive = next((ROOT / "dist").glob("tenglong-*.tar.gz"))
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    (folder / "requirements.txt").write_text("nothing\n", encoding="utf-8")
    done = subprocess.run(["bash", str(folder / "install.sh"), "--prefix", str(tmp_path / "p")], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 1
    assert "不完整" in done.stderr
