"""Backup → restore into an empty home → audit verify → doctor: equal row hashes; and what is refused."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.cli import _rowhash
from tenglong.cli.serve import Supervisor, commands, is_loopback

ONE_TABLE = "accounts_user"


def tenglong(home: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    """Run a verb in a process of its own, as an operator does."""
    clean = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "tenglong", *arguments], capture_output=True, text=True, check=False,
        env=clean | {"TENGLONG_HOME": str(home)} | environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with people, a file and an anchored chain."""
    home = tmp_path_factory.mktemp("origin") / "home"
    tenglong(home, "migrate")
    tenglong(home, "user", "create", "boss", "--name", "王主任", "--role", "system_admin", "--department", "经信局",
             "--division", "330604")
    tenglong(home, "user", "create", "shen", "--name", "审计", "--role", "auditor")
    (home / "files" / "ab").mkdir()
    (home / "files" / "ab" / "abcd").write_bytes(b"a document")
    tenglong(home, "audit", "head")
    return home


@pytest.fixture(scope="module")
def backup(origin: Path) -> Path:
    path = origin.parent / "backup.tar.gz"
    tenglong(origin, "backup", str(path))
    tenglong(origin, "audit", "head", "--out", str(origin.parent / "kept.jsonl"))
    return path


@pytest.mark.slow
def test_restored_record_is_equal_row_by_row(origin: Path, backup: Path, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    assert "行哈希全部一致" in tenglong(home, "restore", str(backup))
    assert tenglong(home, "audit", "verify", "--json").startswith('{"ok":true')
    findings = orjson.loads(tenglong(home, "doctor", "--json"))
    assert {finding["id"] for finding in findings} >= {"audit", "database", "keys", "jobs", "spatial-index", "disk"}
    assert (home / "files" / "ab" / "abcd").read_bytes() == b"a document"
    assert {path.name for path in (home / "keys").iterdir()} == {path.name for path in (origin / "keys").iterdir()}
    second = tmp_path / "second.tar.gz"
    tables = orjson.loads(tenglong(home, "backup", str(second), "--json"))["tables"]
    first = orjson.loads(member(backup, "manifest.json"))["tables"]
    assert tables[ONE_TABLE] == first[ONE_TABLE]
    assert first[ONE_TABLE]["rows"] == 2


@pytest.mark.slow
def test_backup_is_for_its_owner_alone_and_is_never_overwritten(origin: Path, backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert "不覆盖" in tenglong(origin, "backup", str(backup), code=1)


@pytest.mark.slow
def test_restore_refuses_a_home_that_holds_anything(origin: Path, backup: Path) -> None:
    assert "不是空的" in tenglong(origin, "restore", str(backup), code=1)


@pytest.mark.slow
def test_a_damaged_backup_leaves_the_home_empty(backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar.gz"
    rewrite(backup, damaged, {"files/ab/abcd": b"another thing"})
    home = tmp_path / "fresh"
    assert "已损坏" in tenglong(home, "restore", str(damaged), code=1)
    assert not home.exists()


@pytest.mark.slow
def test_half_a_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.tar.gz"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    assert "不是完整的备份" in tenglong(tmp_path / "fresh", "restore", str(half), code=1)


@pytest.mark.slow
def test_a_backup_that_climbs_out_of_the_home_is_refused(backup: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar.gz"
    rewrite(backup, evil, {}, extra={"../outside": b"x"})
    assert "不该有的内容" in tenglong(tmp_path / "fresh", "restore", str(evil), code=1)
    assert not (tmp_path / "outside").exists()


@pytest.mark.slow
def test_a_tampered_audit_chain_fails_verify_and_doctor(backup: Path, tmp_path: Path) -> None:
    import sqlite3

    home = tmp_path / "fresh"
    tenglong(home, "restore", str(backup))
    with sqlite3.connect(home / "db" / "tenglong.sqlite3") as database:
        database.execute("UPDATE audit_auditentry SET reason = 'x' WHERE seq = 2")
    assert "第一条：2" in tenglong(home, "audit", "verify", code=1)
    assert "问题  audit" in tenglong(home, "doctor", code=1)


@pytest.mark.slow
def test_a_head_kept_elsewhere_finds_the_cut_end(origin: Path, backup: Path, tmp_path: Path) -> None:
    kept = origin.parent / "kept.jsonl"
    home = tmp_path / "fresh"
    tenglong(home, "restore", str(backup))
    assert tenglong(home, "audit", "verify", "--head", str(kept))
    later = tmp_path / "later.jsonl"
    tenglong(origin, "user", "create", "later", "--name", "后来")
    tenglong(origin, "audit", "head", "--out", str(later))
    assert "截断" in tenglong(home, "audit", "verify", "--head", str(later), code=1)


@pytest.mark.slow
def test_bad_use_is_exit_two(origin: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("no head here", encoding="utf-8")
    tenglong(origin, "audit", "verify", "--head", str(note), code=2)
    tenglong(origin, "audit", "no-such", code=2)


@pytest.mark.slow
def test_verbs_on_a_home_without_database_say_what_to_do(tmp_path: Path) -> None:
    assert "tenglong migrate" in tenglong(tmp_path / "fresh", "user", "list", code=1)


@pytest.mark.slow
def test_a_second_migrate_has_nothing_to_do(origin: Path) -> None:
    assert "已是最新版本" in tenglong(origin, "migrate")


@pytest.mark.slow
def test_policy_verbs_show_export_and_compare(origin: Path, tmp_path: Path) -> None:
    out = tmp_path / "measures.yaml"
    tenglong(origin, "policy", "export", "measures/measures", str(out))
    assert tenglong(origin, "policy", "diff", "measures", str(out)) == ""
    out.write_text(out.read_text("utf-8").replace("label: 税收", "label: 税"), encoding="utf-8")
    assert "+  - {id: tax_paid, label: 税" in tenglong(origin, "policy", "diff", "measures", str(out), code=1)
    assert "measures/measures@1" in tenglong(origin, "policy", "list")
    out.write_text("measures: 3\n", encoding="utf-8")
    said = tenglong(origin, "policy", "load", str(out), "--as", "measures", "--user", "boss", "--check", code=1)
    assert "第 1 行（measures）：应是列表" in said


def test_a_server_with_demo_accounts_stays_on_this_machine(cast: Any) -> None:
    import click

    from tenglong.apps.accounts.models import User
    from tenglong.cli.serve import refuse_open_door

    refuse_open_door("0.0.0.0:8000")
    User.objects.filter(pk=cast.officer.pk).update(is_demo=True)
    refuse_open_door("127.0.0.1:8000")
    with pytest.raises(click.ClickException, match="示范账号"):
        refuse_open_door("0.0.0.0:8000")


@pytest.mark.parametrize(("bind", "inside"), [
    ("127.0.0.1:8000", True), ("localhost:80", True), ("[::1]:8000", True), ("127.8.8.8:1", True), ("0.0.0.0:8000", False),
    (":8000", False), ("8000", False), ("10.0.0.5:8000", False), ("[::]:8000", False), ("example.org:80", False),
])
def test_only_loopback_counts_as_inside(bind: str, inside: bool) -> None:
    assert is_loopback(bind) is inside


def test_the_supervisor_starts_web_and_both_queues() -> None:
    lines = commands("127.0.0.1:9", 1, 4)
    assert set(lines) == {"web", "short", "long"}
    assert Supervisor(lines).lines["long"][-1] == "long"


cells = st.one_of(st.none(), st.integers(), st.text(max_size=8), st.binary(max_size=8), st.booleans())


@given(st.lists(st.tuples(cells, cells), max_size=8), st.randoms())
def test_row_hash_ignores_order_and_nothing_else(rows: list[tuple[Any, Any]], random: Any) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert _rowhash.of_rows(rows) == _rowhash.of_rows(mixed)
    assert _rowhash.of_rows([*rows, (1, "1")])[1] != _rowhash.of_rows(rows)[1]
    assert _rowhash.of_rows([*rows, (1, "1")])[1] != _rowhash.of_rows([*rows, ("1", 1)])[1]


def member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as packed:
        handle = packed.extractfile(name)
        assert handle is not None
        return handle.read()


def rewrite(source: Path, target: Path, changed: dict[str, bytes], extra: dict[str, bytes] | None = None) -> None:
    """Copy an archive with some members changed or added."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            handle = old.extractfile(entry)
            assert handle is not None
            _add(new, entry.name, changed.get(entry.name, handle.read()))
        for name, content in (extra or {}).items():
            _add(new, name, content)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def test_an_address_in_use_is_said_before_anything_starts() -> None:
    import click

    from tenglong.cli.serve import refuse_taken_address

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(click.ClickException, match="已有程序占用"):
            refuse_taken_address(taken)
    refuse_taken_address(taken)
    with pytest.raises(click.BadParameter, match="127.0.0.1:8000"):
        refuse_taken_address("127.0.0.1:http")
