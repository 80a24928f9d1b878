"""From what people write about a place to a division code, always with system and date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tenglong.domain.codes.books import LEVEL_LABELS, Division, DivisionBook, Successor
from tenglong.domain.codes.division import abolished_issue, book_of, canonical, full_name, heading_parent, successors_in_force
from tenglong.domain.codes.model import code_issue
from tenglong.domain.codes.names import clean, place_of, stem
from tenglong.domain.codes.region import Region, parse_region
from tenglong.domain.quality.issue import Issue, Severity

_CITY_ITSELF = re.compile(r"(.*?)(市?本级|市直|直属|市辖区)$")
_REGIMENT = re.compile(r".*([0-9一二三四五六七八九十百〇]+团|团场|农场|牧场|总场)$")
_CORPS_PREFIX = re.compile(r"新疆(生产)?建设兵团(?=.)")
_TOWN = re.compile(r".+(镇|乡|街道|苏木)$")
_ZONE = re.compile(r".*(开发区|新区|高新区|园区|集聚区|示范区|合作区|工业区|保税区)$")


@dataclass(frozen=True)
class Hints:
    """What else the row says: township, address or site, approving unit. They decide only between several answers."""

    town: str = ""
    address: str = ""
    approver: str = ""

    def text(self) -> str:
        return clean(f"{self.town} {self.address} {self.approver}")


@dataclass(frozen=True)
class Resolution:
    """`code` is empty when nothing could be decided; then an issue says why. `system`: gbt2260 or statistical."""

    code: str
    name: str
    issues: tuple[Issue, ...] = ()
    system: str = "gbt2260"

    @property
    def clean(self) -> bool:
        return bool(self.code) and not any(issue.severity is not Severity.INFO for issue in self.issues)


@dataclass(frozen=True)
class _Ask:
    book: DivisionBook
    written: str
    region: Region
    on: date | None
    hints: Hints

    def issue(self, rule: str, severity: Severity, message: str, fix: str) -> Issue:
        return code_issue("division", self.written, rule, severity, message, fix)


def resolve_division(
    books: object,
    name_or_code: str,
    within: str | None = None,
    on: date | None = None,
    hints: Hints | Sequence[str] | None = None,
) -> Resolution:
    """`within` is a path like “青海省,海西蒙古族藏族自治州” or a code; `on` None means the newest list.

    Issues: division-name-abolished, division-level-coarse (warnings); ambiguous-division, division-unknown (errors, no code);
    division-name-near, division-from-approver (info); division-name-not-yet (warning).
    """
    book = book_of(books)
    known = hints if isinstance(hints, Hints) else Hints(*(hints or ()))
    ask = _Ask(book, clean(name_or_code), parse_region(book, within or "", on), on, known)
    answer = _resolve(ask)
    stale = ask.region.stale
    if stale and answer.code and not any(issue.rule == "division-name-abolished" for issue in answer.issues):
        now = [one for one, _ in successors_in_force(book, stale, on)]
        answer = replace(answer, issues=(*answer.issues, abolished_issue(book, stale, now, on, "region")))
    return answer


def _resolve(ask: _Ask) -> Resolution:
    if not ask.written:
        return _from_approver(ask)
    if ask.written.isdecimal():
        return _by_code(ask)
    if corps := _CORPS_PREFIX.match(ask.written):
        return _resolve(replace(ask, written=ask.written[corps.end() :]))
    if city := _CITY_ITSELF.fullmatch(ask.written):
        return _city(ask, city.group(1))
    same = _candidates(ask)
    return _pick(ask, same) if same else _loose(ask)


def _candidates(ask: _Ask) -> list[Division]:
    """Same name inside the region, else inside the province (the prefecture may have changed), never elsewhere."""
    exact = [one for one in ask.book.by_name.get(ask.written, []) if one.system == "gbt2260" or one.in_force(ask.on)]
    inside = [one for one in exact if ask.region.holds(one.code)]
    return inside or [one for one in exact if ask.region.in_province(one.code)]


def _loose(ask: _Ask) -> Resolution:
    """Not a listed name: short form, path in one cell, development zone or corps unit, then the stem."""
    alias = ask.book.aliases.get(ask.written)
    if alias and ask.region.in_province(alias.code):
        found = ask.book.at(alias.code, ask.on)
        if found and alias.nature == "short":
            return Resolution(found.code, found.name, (_near(ask, found),), found.system)
        if found:
            return _coarse(ask, found, alias.note)
    if peeled := _peel(ask):
        return peeled
    if near := _same_stem(ask):
        answer = _pick(ask, near)
        found_now = ask.book.at(answer.code, ask.on)
        return replace(answer, issues=(*answer.issues, _near(ask, found_now))) if found_now else answer
    office = place_of(ask.written)
    if office and office != ask.written:
        return _resolve(replace(ask, written=office))
    return _inside_place(ask) or _unknown(ask)


def _inside_place(ask: _Ask) -> Resolution | None:
    """A regiment, a zone or a township of a county without listed townships: the region itself is as fine as it gets."""
    place = ask.region.place
    if place is None or ask.region.unknown or not place.in_force(ask.on) or place.level == "province":
        return None
    if ask.region.corps and _REGIMENT.fullmatch(ask.written):
        return _coarse(ask, place, f"{ask.written}属{ask.region.corps.note}")
    if _ZONE.fullmatch(ask.written):
        return _coarse(ask, place, f"{ask.written}不是行政区划，按所给地区计")
    if place.level == "county" and place.code not in ask.book.parents_in_force and _TOWN.fullmatch(ask.written):
        return _coarse(ask, place, "该县的乡级未收录")
    return None


def _same_stem(ask: _Ask) -> list[Division]:
    """Strictly inside the region; counties before townships before prefectures (柯桥 alone is the district)."""
    near = [
        one
        for one in ask.book.by_stem.get(stem(ask.written), [])
        if ask.region.holds(one.code) and one.prefix not in ask.region.prefixes
    ]
    for level in ("county", "township", "prefecture", "province"):
        if found := [one for one in near if one.level == level]:
            return found
    return []


def _near(ask: _Ask, found: Division) -> Issue:
    return ask.issue(
        "division-name-near", Severity.INFO, f"“{ask.written}”按简称识别为 {found.name}（{found.code}）", "资料更新时写全称"
    )


def _peel(ask: _Ask) -> Resolution | None:
    """绍兴市柯桥区 → 柯桥区 within 绍兴市; 沧州渤海新区 → 沧州市, coarse."""
    for size in range(len(ask.written) - 1, 1, -1):
        head, rest = ask.written[:size], ask.written[size:]
        listed = head in ask.book.by_name or head in ask.book.provinces
        if not listed and not (_ZONE.fullmatch(rest) and head in ask.book.by_stem):
            continue
        region = parse_region(ask.book, f"{ask.region.province},{head}" if ask.region.province else head, ask.on)
        if region.place is None or region.unknown or not _related(ask.region, region.place):
            continue
        inner = replace(ask, written=rest, region=region)
        if same := [one for one in _candidates(inner) if region.holds(one.code)]:
            return _pick(inner, same)
        if deeper := _peel(inner):
            return deeper
        if _ZONE.fullmatch(rest):
            return _coarse(ask, region.place, f"{ask.written}不是行政区划，按所在区划计")
    return None


def _related(region: Region, place: Division) -> bool:
    """A government inside the region asked for, or above it; never a namesake elsewhere."""
    above = any(prefix.startswith(place.prefix) for prefix in region.prefixes)
    return place.system == "gbt2260" and (above or region.holds(place.code))


def _pick(ask: _Ask, same: list[Division]) -> Resolution:
    now = [one for one in same if one.in_force(ask.on)]
    now = [one for one in now if one.system == "gbt2260"] or now
    if len(now) > 1:
        now = _by_hints(ask, [(one, Successor(one.code)) for one in now])
    if len(now) == 1:
        return _found(ask, now[0])
    if now:
        return _ambiguous(ask, now, "同名区划")
    past = [one for one in same if one.valid_to and (ask.on is None or one.valid_to <= ask.on)]
    return _abolished(ask, past) if past else _not_yet(ask, same)


def _found(ask: _Ask, one: Division) -> Resolution:
    has_counties = one.level == "prefecture" and one.prefix in ask.book.parents_in_force
    if one.level == "province" or has_counties:
        return _coarse(ask, one, f"只到{LEVEL_LABELS[one.level]}")
    zone = ask.issue(
        "division-statistical-only", Severity.INFO, f"{one.name}（{one.code}）只见于统计用区划代码，不是行政区划", "无须处理"
    )
    return Resolution(one.code, one.name, (zone,) if one.system == "statistical" and one.level == "county" else (), one.system)


def _abolished(ask: _Ask, past: list[Division]) -> Resolution:
    old = max(past, key=lambda one: one.valid_to or date.min)
    now = successors_in_force(ask.book, old, ask.on)
    warning = abolished_issue(ask.book, old, [one for one, _ in now], ask.on)
    chosen = [one for one, _ in now] if len(now) < 2 else _by_hints(ask, now)
    if len(chosen) == 1:
        return Resolution(chosen[0].code, chosen[0].name, (warning,), chosen[0].system)
    if not now:
        message = f"{old.name}（{old.code}）已撤销，承继区划未收录"
        return Resolution("", old.name, (warning, ask.issue("division-unknown", Severity.ERROR, message, "人工确定现行区划")))
    return replace(
        _ambiguous(ask, [one for one, _ in now], f"{old.name}撤销后分属"),
        issues=(warning, *_ambiguous(ask, [one for one, _ in now], f"{old.name}撤销后分属").issues),
    )


def _by_hints(ask: _Ask, options: list[tuple[Division, Successor]]) -> list[Division]:
    """Options whose own name, towns or prefecture the hints mention; all of them when the hints say nothing."""
    text = ask.hints.text()
    for test in (_names_itself, _names_its_town, _names_its_prefecture):
        hit = [one for one, link in options if test(ask, one, link, text)]
        if len(hit) == 1:
            return hit
    return [one for one, _ in options]


def _names_itself(ask: _Ask, one: Division, link: Successor, text: str) -> bool:
    return one.name in text


def _names_its_town(ask: _Ask, one: Division, link: Successor, text: str) -> bool:
    return any(town in text for town in link.towns)


def _names_its_prefecture(ask: _Ask, one: Division, link: Successor, text: str) -> bool:
    parent = ask.book.last(one.prefix[:4].ljust(6, "0"), ask.on)
    return bool(parent and parent.name in text)


def _ambiguous(ask: _Ask, options: list[Division], why: str) -> Resolution:
    listed = "、".join(f"{full_name(ask.book, one, ask.on)}（{one.code}）" for one in options[:6])
    issue = ask.issue(
        "ambiguous-division",
        Severity.ERROR,
        f"“{ask.written}”：{why} {listed}，无法唯一确定",
        "补充上级地区、所在镇街、地址或批准单位",
    )
    return Resolution("", ask.written, (issue,))


def _not_yet(ask: _Ask, same: list[Division]) -> Resolution:
    first = min(same, key=lambda one: one.valid_from or date.min)
    message = f"{first.name}（{first.code}）{first.valid_from} 才进入区划表，晚于资料日期 {ask.on}"
    issue = ask.issue("division-name-not-yet", Severity.WARNING, message, "核对资料日期")
    return Resolution(first.code, first.name, (issue,), first.system)


def _coarse(ask: _Ask, one: Division, why: str) -> Resolution:
    message = (
        f"“{ask.written or '（空）'}”{'：' if why else ''}{why}，只能定到 {full_name(ask.book, one, ask.on)}（{one.code}）"
    )
    issue = ask.issue("division-level-coarse", Severity.WARNING, message, "如需县级，请补充所在区县")
    return Resolution(one.code, one.name, (issue,), one.system)


def _city(ask: _Ask, base: str) -> Resolution:
    """绍兴市本级 → 绍兴市; a bare 市本级 takes the region."""
    if ask.region.corps and ask.region.place:
        return _coarse(ask, ask.region.place, ask.region.corps.note)
    place = ask.region.place
    if base:
        provinces = ask.region.province or ask.book.provinces.get(base + "市", ask.book.provinces.get(base, ""))
        place = parse_region(ask.book, f"{provinces},{base}市", ask.on).place or place
    if place is None:
        return _unknown(ask)
    if not place.in_force(ask.on):
        return _abolished(ask, [place])
    return _coarse(ask, place, "市本级不是县级区划")


def _by_code(ask: _Ask) -> Resolution:
    code = canonical(ask.written)[:9]
    if (above := heading_parent(ask.book, code)) and (parent := ask.book.at(above, ask.on)):
        return _coarse(ask, parent, "统计汇总码（市辖区等）")
    if spells := ask.book.by_code.get(code):
        return _pick(ask, spells)
    county = ask.book.at(code[:6], ask.on) if len(code) == 9 else None
    if county and county.code not in ask.book.parents_in_force:
        return _coarse(ask, county, "乡级代码未收录")
    return _unknown(ask)


def _from_approver(ask: _Ask) -> Resolution:
    """The division cell is blank: the approving unit says at least whose land it is."""
    place = place_of(ask.hints.approver)
    if place:
        answer = _resolve(replace(ask, written=place, hints=replace(ask.hints, approver="")))
        if answer.code:
            note = ask.issue(
                "division-from-approver",
                Severity.INFO,
                f"行政区为空，按批准单位“{ask.hints.approver}”取 {answer.name}",
                "补填行政区",
            )
            return replace(answer, issues=(*answer.issues, note))
    if ask.region.place and ask.region.place.in_force(ask.on):
        return _found(ask, ask.region.place)
    return _unknown(ask)


def _unknown(ask: _Ask) -> Resolution:
    elsewhere = [one for one in ask.book.by_name.get(ask.written, []) if one.in_force(ask.on)]
    where = f"；同名者有 {'、'.join(full_name(ask.book, one, ask.on) for one in elsewhere[:4])}" if elsewhere else ""
    message = f"“{ask.written or '（空）'}”不是所给地区内的行政区划{where}"
    return Resolution(
        "", ask.written, (ask.issue("division-unknown", Severity.ERROR, message, "写 GB/T 2260 全称或代码，或补充地区"),)
    )
