"""County facts for verbs without a database: the packaged profile and, where given, a file of outlines."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import click

from tenglong import files
from tenglong.domain.policy.document import packaged
from tenglong.domain.survey.county import CountyFacts, OutlineError, book_towns, facts_of, outlines_of
from tenglong.domain.survey.table import Table
from tenglong.policies import code_books


@lru_cache(maxsize=4)
def county_facts(code: str | None, outlines: Path | None = None) -> CountyFacts:
    """Nothing known without a code. Raises click.UsageError for a code that is no county, or outlines of no use."""
    if not code:
        if outlines:
            raise click.UsageError("给了 --outlines 还须用 --county 指明县级区划代码")
        return CountyFacts()
    books = code_books()
    if len(code) != 6 or not code.isdigit() or code.endswith("00") or books.divisions.last(code) is None:
        raise click.UsageError(f"“{code}”不是区划表里的县级代码，请给 6 位代码，如 330604")
    try:
        profile = dict(packaged("county", code).data)
    except LookupError:
        profile = None
    towns = book_towns(code, books)
    base = facts_of(code, profile, towns, {})
    if outlines is None:
        return base
    try:
        table = drawn_table(outlines)
        found = outlines_of(table, code, towns, profile=base.profile)
    except (OutlineError, files.FileError) as error:
        raise click.UsageError(str(error)) from error
    shapes = {town: shape for town, shape in found.shapes.items() if len(town) == 9}
    return facts_of(code, profile, towns | {name: town for town, name in found.names.items() if len(town) == 9}, shapes)


def drawn_table(path: Path, layer: str | None = None) -> Table:
    """The first layer with shapes. Raises OutlineError, files.FileError."""
    tables = files.read(path, layer=layer)
    for table in tables:
        if table.geometry is not None:
            return table
    raise OutlineError(f"“{path.name}”里没有图形，请给出面状图层")
