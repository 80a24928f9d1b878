"""What leaves the server is small, local and free of inline code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tenglong.web import vendor

PACKAGE = Path(__file__).parents[2]
ROOT = PACKAGE.parents[1]
TEMPLATES = sorted(path for path in PACKAGE.rglob("templates/**/*.html"))
OWN = sorted(path for path in PACKAGE.rglob("static/**/*") if path.suffix in (".js", ".css") and "vendor" not in path.parts)


def test_style_sheet_stays_below_thirty_kilobytes():
    assert (PACKAGE / "web/static/web/css/tenglong.css").stat().st_size <= 30_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_style_or_handler(path):
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), "inline script"
    assert not re.search(r"<style\b", text), "inline style sheet"
    assert not re.search(r"\sstyle=", text), "style attribute"
    assert not re.search(r"\son[a-z]+=\"", text), "inline handler"


@pytest.mark.parametrize("path", [*TEMPLATES, *OWN], ids=lambda path: path.name)
def test_nothing_is_asked_from_another_host(path):
    found = re.findall(
        r"(?:src|href|action|url\(|import|fetch\()\s*[=(]?\s*[\"'`]?(?:https?:)?//[^\s\"'`)]+", path.read_text("utf-8")
    )
    assert not [text for text in found if "www.w3.org" not in text]


def test_vendor_versions_are_those_that_package_json_pins():
    pinned = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    names = {"htmx": "htmx.org", "noto-sans-sc": "@fontsource-variable/noto-sans-sc"}
    assert {name: pinned[names.get(name, name)] for name in vendor.VERSIONS} == vendor.VERSIONS


def test_lock_file_holds_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_map_library_and_its_worker_lie_side_by_side_and_are_sent_as_javascript(client, db):
    folder = PACKAGE / "web/static/vendor/maplibre-gl" / vendor.VERSIONS["maplibre-gl"]
    if not folder.exists():
        pytest.skip("front-end parts are not installed (scripts/assets.sh)")
    assert (folder / "maplibre-gl.mjs").exists()
    assert (folder / "maplibre-gl-worker.mjs").exists()
    answer = client.get(vendor.url("maplibre-gl", "maplibre-gl-worker.mjs"))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
