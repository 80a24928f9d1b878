"""The English catalogue is whole: every text has its English, placeholders match, and it compiles with no tool but Python."""

from __future__ import annotations

import gettext
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tenglong"
HAN = re.compile(r"[㐀-鿿豈-﫿]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]")
#: the name of the language itself
KEPT_CHINESE = {"简体中文"}


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


extractor, compiler = script("extract_messages"), script("messages")


@pytest.fixture(scope="module")
def kept() -> Catalog:
    with extractor.TARGET.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def found() -> Catalog:
    catalogue: Catalog = extractor.collect()
    return catalogue


def keys(catalogue: Catalog) -> set[Any]:
    return {(message.id, message.context) for message in catalogue if message.id}


def said(message: Message) -> list[str]:
    forms: list[str] = extractor.forms(message)
    return forms


def asked(message: Message) -> list[str]:
    return list(message.id) if message.pluralizable else [str(message.id)]


def test_every_text_of_the_program_has_its_english(found: Catalog, kept: Catalog) -> None:
    extractor.merge(found, kept)
    assert extractor.untranslated(found) == [], "请运行 make messages，把新增的文字译成英文"


def test_nothing_is_marked_as_a_guess(kept: Catalog) -> None:
    assert [message.id for message in kept if message.id and message.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages(kept: Catalog) -> None:
    def marks(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    wrong = [
        (message.id, form) for message in kept if message.id
        for form in said(message) if form and marks(form) not in [marks(one) for one in asked(message)]
    ]
    assert wrong == []


def test_english_texts_hold_no_chinese(kept: Catalog) -> None:
    forms = {form for message in kept for form in said(message)}
    assert {form for form in forms if HAN.search(form)} <= KEPT_CHINESE


def test_lists_separated_by_bars_keep_their_number_of_items(kept: Catalog) -> None:
    """`data-consequences` is split at `|`: one more or less would show a wrong list."""
    assert [m.id for m in kept if m.id and {t.count("|") for t in asked(m)} != {t.count("|") for t in said(m)}] == []


def test_collecting_twice_changes_nothing(tmp_path: Path, kept: Catalog) -> None:
    files = [tmp_path / "first.po", tmp_path / "second.po"]
    for file in files:
        fresh = extractor.collect()
        extractor.merge(fresh, kept)
        extractor.write(fresh, file)
        with file.open("rb") as written:
            kept = read_po(written, locale="en")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_text_that_comes_back_finds_its_old_translation(tmp_path: Path) -> None:
    known = Catalog(locale="en")
    known.add("旧的", string="Old one")
    without, again = Catalog(locale="en"), Catalog(locale="en")
    extractor.merge(without, known)
    extractor.write(without, tmp_path / "x.po")
    again.add("旧的")
    with (tmp_path / "x.po").open("rb") as file:
        extractor.merge(again, read_po(file, locale="en"))
    assert again["旧的"].string == "Old one"


def test_labels_that_live_in_data_are_collected(found: Catalog) -> None:
    places = {place for message in found for place, _line in message.locations}
    assert {"policies/kinds/plots.yaml", "policies/measures.yaml", "domain/quality/rules.py"} <= places


def test_the_catalogue_compiles_without_gettext_tools(tmp_path: Path, kept: Catalog) -> None:
    po = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_bytes(extractor.TARGET.read_bytes())
    code = "import pathlib, sys; sys.path[0] = sys.argv[1]; import messages; messages.compile_one(pathlib.Path(sys.argv[2]))"
    bare = {**{name: value for name, value in os.environ.items() if name != "PATH"}, "PATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code, str(ROOT / "scripts"), str(po)], check=True, env=bare)
    with po.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("地块") == kept["地块"].string == "Plots"
    plural = next(message for message in kept if message.id and message.pluralizable)
    assert compiled.ngettext(*plural.id, 1) != compiled.ngettext(*plural.id, 2)


def test_scripts_of_the_browser_hold_no_chinese_texts() -> None:
    """Pages hand them their words in `data-*` attributes; comments may explain Chinese terms."""
    own = [path for path in PACKAGE.rglob("static/**/*.js") if "vendor" not in path.parts]
    lines = [
        f"{path.name}:{number}: {line.strip()}" for path in own
        for number, line in enumerate(re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S).splitlines(), 1)
        if HAN.search(re.sub(r"(^|\s)//.*", "", line))
    ]
    assert own
    assert lines == []


def test_templates_hold_no_unwrapped_chinese() -> None:
    """Outside the tags of translation only the names of the languages stand as they are."""
    tags = (
        r"\{% comment.*?endcomment %\}|\{#.*?#\}|\{% blocktrans.*?endblocktrans\w* %\}|\{% trans.*?%\}"
        r"|_\(\"[^\"]*\"\)|_\('[^']*'\)"
    )
    wrong = []
    for path in PACKAGE.rglob("templates/**/*.html"):
        for text in HAN.findall(re.sub(tags, "", path.read_text("utf-8"), flags=re.S).replace("中文", "")):
            wrong.append(f"{path.name}: {text}")
    assert wrong == []
