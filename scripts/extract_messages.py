"""Collect user-visible text of code, templates and data into the English `.po`, keeping what is already translated.

No gettext tools are needed. Running it twice leaves the file as it is; texts that left the code wait at the end of the
file (`#~`) and come back when they return.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from tenglong.domain.casework.definition import CaseDefinition, texts_of
from tenglong.domain.casework.lights import WORDS
from tenglong.domain.casework.wording import TEMPLATES
from tenglong.domain.evaluation.attributes import STANDARD
from tenglong.domain.evaluation.compiled import PURPOSES
from tenglong.domain.evaluation.units import UNITS, unit_label
from tenglong.domain.landing.prices.exact import METHOD
from tenglong.domain.landing.prices.groups import BY
from tenglong.domain.landing.prices.reasons import FLAGS, LEFT_OUT, TEXTS
from tenglong.domain.landing.prices.telling import NOTES
from tenglong.domain.measures import packaged
from tenglong.domain.policy import load_yaml
from tenglong.domain.policy.schemas import LABELS
from tenglong.domain.quality.rules import RULES
from tenglong.domain.renewal.criteria.rows import OUTCOMES
from tenglong.domain.renewal.criteria.vocabulary import standard
from tenglong.domain.renewal.routes import load
from tenglong.domain.survey.kinds import KINDS, UNIT_LABELS, spec_of
from tenglong.files.scans.match import TROUBLES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tenglong"
TARGET = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
ALIASES = ("_", "_now", "_gettext", "_lazy", "gettext", "gettext_lazy", "gettext_noop")
PLURAL, CONTEXT = (1, 2), ((1, "c"), 2)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(ALIASES),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    "npgettext": ((1, "c"), 2, 3),
}
HAN = re.compile(r"[㐀-鿿]")
DECLARED = re.compile(r"^ *unit: *([a-z_/*]+)", re.M)
#: domain and command line speak Chinese to operators; only labels of theirs that pages show are collected (`labels`)
SKIPPED = {"tests", "migrations", "vendor", "domain"}


def sources(package: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """Path inside the package and Python text to read; templates are turned into Python by Django."""
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("*.txt")]):
        inside = path.relative_to(package)
        if SKIPPED & set(inside.parts) or (path.suffix != ".py" and "templates" not in inside.parts):
            continue
        text = path.read_text("utf-8")
        yield inside.as_posix(), text if path.suffix == ".py" else templatize(text, origin=inside.as_posix())


def labels() -> Iterator[tuple[str, str]]:
    """Place and text of labels that live in data and reach pages through a variable."""
    for kind in KINDS:
        spec, place = spec_of(kind), f"policies/kinds/{kind}.yaml"
        yield from ((place, text) for text in (spec.label, spec.title))
        for field in spec.fields:
            yield place, field.label
            yield from ((place, choice.label) for choice in field.choices)
    yield from (("policies/measures.yaml", measure.label) for measure in packaged().values())
    yield from (("domain/survey/kinds.py", label) for label in UNIT_LABELS.values() if HAN.search(label))
    yield from (("domain/policy/schemas.py", label) for label in LABELS.values())
    yield from (("domain/quality/rules.py", rule.label) for rule in RULES.values())
    yield from (("domain/casework/lights.py", word) for word, _tone in WORDS.values())
    yield from (("domain/casework/wording.py", text) for text in TEMPLATES.values() if HAN.search(text))
    yield from (("files/scans/match.py", text) for text in TROUBLES.values())
    yield from (("domain/landing/prices", text) for text in texts_of_prices())
    yield from labels_of_evaluation()
    yield from (("policies/routes/default@1.yaml", text) for text in texts_of_routes())
    yield from (("domain/renewal/criteria", text) for text in texts_of_criteria())
    yield from (("policies/covenant", text) for text in texts_of_covenants())
    yield from (("policies/clearance", text) for text in texts_of_clearance())
    yield from (("policies/permits", text) for text in texts_of_permits())
    for path in sorted((PACKAGE / "policies" / "cases").glob("*.yaml")):
        document = load_yaml(path.read_text("utf-8"), kind="cases", id=path.stem)
        yield from ((f"policies/cases/{path.name}", text) for text in texts_of(CaseDefinition.model_validate(document.data)))


def texts_of_covenants() -> Iterator[str]:
    """The words of the 五未 list; papers, indicators and clauses are marked as Chinese where they stand."""
    for path in sorted((PACKAGE / "policies" / "covenant").glob("*.yaml")):
        nodes = load_yaml(path.read_text("utf-8"), kind="covenant", id=path.stem.partition("@")[0]).data["nodes"]
        yield from (node["lacks"] for node in nodes.values())


def texts_of_clearance() -> Iterator[str]:
    """Kinds of taking and reasons why somebody has not signed: they stand in lists that are filtered by them."""
    for path in sorted((PACKAGE / "policies" / "clearance").glob("*.yaml")):
        data = load_yaml(path.read_text("utf-8"), kind="clearance", id=path.stem.partition("@")[0]).data
        yield from (one["label"] for group in ("kinds", "reasons") for one in data[group].values())


def texts_of_permits() -> Iterator[str]:
    """What a building is for; networks, steps and papers are marked as Chinese where they stand."""
    for path in sorted((PACKAGE / "policies" / "permits").glob("*.yaml")):
        data = load_yaml(path.read_text("utf-8"), kind="permits", id=path.stem.partition("@")[0]).data
        yield from data.get("applies", {}).get("functions", {}).values()


def texts_of_prices() -> Iterator[str]:
    """Ways to group, reasons and notes of the comparison of prices."""
    yield METHOD
    yield from (label for label, _said in BY.values())
    for texts in (LEFT_OUT, FLAGS, TEXTS, NOTES):
        yield from texts.values()


def labels_of_evaluation() -> Iterator[tuple[str, str]]:
    """Purposes, standard attributes, units and the terms of a cycle; names of schemes and their indicators are data."""
    default = (PACKAGE / "policies" / "evaluation_terms" / "default.yaml").read_text("utf-8")
    terms = load_yaml(default, kind="evaluation_terms", id="default")
    yield from (("policies/evaluation_terms/default.yaml", term["label"]) for term in terms.data["terms"].values())
    yield from (("domain/evaluation/compiled.py", text) for text in PURPOSES.values())
    yield from (("domain/evaluation/attributes.py", one.label) for one in STANDARD.values())
    yield from (("domain/evaluation/units.py", unit_label(unit)) for unit in units_of_schemes())


def texts_of_routes() -> Iterator[str]:
    """Routes, counters with what they count, and targets of the packaged catalogue; documents and sources are data."""
    policy = load("default").policy
    for one in (*policy.routes.values(), *policy.counters.values(), *policy.targets.values()):
        yield one.label
    yield from (one.scope for one in policy.counters.values())


def texts_of_criteria() -> Iterator[str]:
    """Inputs that every set of criteria may name, what becomes of a criterion, and names of the packaged sets."""
    measures = packaged()
    yield from (one.label for name, one in standard().items() if not name.endswith(("_y1", "_y2")) and name not in measures)
    yield from OUTCOMES.values()
    for path in sorted((PACKAGE / "policies" / "low_efficiency").glob("*.yaml")):
        yield load_yaml(path.read_text("utf-8"), kind="low_efficiency", id=path.stem.partition("@")[0]).data["name"]


def units_of_schemes() -> list[str]:
    """Units that a scheme may declare, and the quotients of them that the packaged schemes do declare."""
    texts = [path.read_text("utf-8") for path in (PACKAGE / "policies" / "evaluation").glob("*.yaml")]
    found = {*UNITS, *(unit for text in texts for unit in DECLARED.findall(text))}
    return sorted(unit for unit in found if HAN.search(unit_label(unit)))


def collect(package: Path = PACKAGE) -> Catalog:
    """Every message with the places where it stands."""
    found = Catalog(locale="en", project="tenglong", header_comment="# English texts of Tenglong.", fuzzy=False)
    for inside, text in sources(package):
        for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            if message and not "".join(message).isascii():  # the index in `_(row["state_label"])` is no text
                found.add(message, locations=[(inside, 0)], context=context)
    for inside, label in labels():
        found.add(label, locations=[(inside, 0)])
    return found


def merge(fresh: Catalog, kept: Catalog) -> None:
    """Translations of `kept` enter `fresh`; what is no longer used stays as obsolete."""
    fresh.creation_date = kept.creation_date
    for message in [*kept.obsolete.values(), *kept]:
        if not message.id:
            continue
        new = fresh.get(message.id, message.context)
        if new and new.pluralizable == message.pluralizable:
            new.string = message.string
        elif not new and message.string:
            fresh.obsolete[fresh._key_for(message.id, message.context)] = message


def write(catalogue: Catalog, target: Path = TARGET) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, include_lineno=False)


def untranslated(catalogue: Catalog) -> list[str]:
    """Messages without English; of a plural, both forms are needed."""
    return [str(message.id) for message in catalogue if message.id and not all(forms(message))]


def forms(message: Message) -> list[str]:
    """The English texts of a message: one, or one for each plural form."""
    return list(message.string) if message.pluralizable else [str(message.string or "")]


def main() -> None:
    if not settings.configured:
        settings.configure(USE_I18N=True)
    fresh = collect()
    if TARGET.exists():
        with TARGET.open("rb") as file:
            merge(fresh, read_po(file, locale="en"))
    write(fresh)
    missing = untranslated(fresh)
    sys.stdout.write(f"共 {len(fresh)} 条，未译 {len(missing)} 条\n" + "".join(f"  {text}\n" for text in missing))


if __name__ == "__main__":
    main()
