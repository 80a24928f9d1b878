"""The house stays in order: rules of size, doors and words, checked by reading the source."""

from __future__ import annotations

import ast
import os
import re
import statistics
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "tenglong"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
P95_FUNCTION_LINES = 45


@cache
def sources() -> tuple[Path, ...]:
    return tuple(path for path in sorted(SRC.rglob("*.py")) if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions() -> list[tuple[int, str]]:
    out = []
    for path in sources():
        if "tests" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                out.append((lines, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"))
    return out


def imported_modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_no_file_is_longer_than_the_limit() -> None:
    long = {str(p.relative_to(ROOT)): n for p in sources() if (n := p.read_text("utf-8").count("\n")) > MAX_FILE_LINES}
    assert long == {}


def test_functions_are_short() -> None:
    sized = functions()
    assert [item for item in sized if item[0] > MAX_FUNCTION_LINES] == []
    assert statistics.quantiles([lines for lines, _ in sized], n=20)[-1] <= P95_FUNCTION_LINES


def test_apps_use_each_others_doors_and_never_their_models() -> None:
    """Rule 2: `X.models` is imported inside X only (tests may look behind the door)."""
    broken = []
    for path in sources():
        if "tests" in path.parts:
            continue
        parts = path.relative_to(SRC).parts
        own = f"tenglong.apps.{parts[1]}." if parts[0] == "apps" and len(parts) > 2 else "tenglong.none."
        for module in imported_modules(path):
            if re.fullmatch(r"tenglong\.apps\.\w+\.models(\..*)?", module) and not module.startswith(own):
                broken.append(f"{path.relative_to(ROOT)} imports {module}")
    assert sorted(set(broken)) == []


def test_domain_knows_no_clock_and_no_files() -> None:
    """Rule 1: dates and texts are passed in."""
    broken = []
    for path in sorted((SRC / "domain").rglob("*.py")):
        if "tests" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called == "open" or re.search(r"\b(today|now|read_text|write_text|read_bytes)$", called):
                    broken.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    assert broken == []


def test_layers_between_rooms_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:]


def test_lock_files_carry_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        assert re.findall(r"https?://(?!opencollective|github\.com/sponsors|www\.patreon|tidelift)\S+registry\S*|--index-url|--find-links",
                          (ROOT / name).read_text("utf-8")) == []


@pytest.mark.parametrize("room", ["cli"])
def test_every_verb_is_in_the_documents(room: str) -> None:
    documents = "\n".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    verbs = [p.stem.rstrip("_").replace("_", "-") for p in (SRC / room).glob("*.py") if not p.stem.startswith("_")]
    missing = [verb for verb in verbs if f"tenglong {verb}" not in documents]
    assert missing == []


def test_every_app_belongs_to_the_layer_contract() -> None:
    layers = (ROOT / "pyproject.toml").read_text("utf-8")
    apps = {path.parent.name for path in (SRC / "apps").glob("*/apps.py")}
    assert {app for app in apps if f'"tenglong.apps.{app}"' not in layers} == set()


def test_the_program_starts_without_solvers_and_vector_libraries() -> None:
    """docs/decisions/0008: what few requests need is loaded by those, not by every start."""
    code = (
        "import sys, django; django.setup()\n"
        "import django.urls; django.urls.get_resolver().url_patterns\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'ortools', 'pyogrio', 'pandas', 'pyspark', 'highspy'}))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tenglong.settings.test"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
