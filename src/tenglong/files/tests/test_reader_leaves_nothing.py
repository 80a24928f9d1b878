"""A reader that was killed leaves a folder; the next read removes it, and touches nobody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tenglong.files import read


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="只在有 /proc 的系统上清理")
def test_next_read_sweeps_the_folder_of_a_dead_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    dead, alive = tmp_path / f"tenglong-read-{gone.stdout.strip()}-x", tmp_path / f"tenglong-read-{os.getpid()}-x"
    for folder in (dead, alive):
        folder.mkdir()
    sheet = tmp_path / "a.csv"
    sheet.write_text("地块码,名称\nT1,甲\n", encoding="utf-8")
    assert read(sheet)[0].columns == ("地块码", "名称")
    assert not dead.exists()
    assert alive.exists()
