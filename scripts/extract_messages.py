"""Collect user-visible text of code and templates into the English `.po`, keeping what is already translated."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tenglong"
TARGET = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
ALIASES = ("_", "_now", "_gettext", "gettext", "gettext_lazy")
KEYWORDS = {**dict.fromkeys(ALIASES), "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
SKIPPED = {"tests", "migrations", "vendor", "domain"}


def collect() -> Catalog:
    """Every message with the places where it stands."""
    found = Catalog(locale="en", project="tenglong", header_comment="# English texts of Tenglong.", fuzzy=False)
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]):
        inside = path.relative_to(PACKAGE)
        if SKIPPED & set(inside.parts) or (path.suffix == ".html" and "templates" not in inside.parts):
            continue
        text = path.read_text("utf-8")
        source = templatize(text, origin=str(inside)) if path.suffix == ".html" else text
        for _line, _function, message, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {}):
            words = message if isinstance(message, str) else next((part for part in message if part), "")
            if words:
                found.add(words, locations=[(inside.as_posix(), 0)])
    return found


def main() -> None:
    settings.configure(USE_I18N=True)
    fresh = collect()
    if TARGET.exists():
        with TARGET.open("rb") as kept:
            for message in read_po(kept, locale="en"):
                if message.id and message.id in fresh:
                    fresh[message.id].string = message.string
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("wb") as target:
        write_po(target, fresh, width=0, sort_output=True, include_lineno=False, omit_header=False)
    missing = [message.id for message in fresh if message.id and not message.string]
    sys.stdout.write(f"共 {len(fresh)} 条，未译 {len(missing)} 条\n")


if __name__ == "__main__":
    main()
