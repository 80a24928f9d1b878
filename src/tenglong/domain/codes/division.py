"""Divisions by code: what a code meant on a day, what became of it, and its explanation."""

from __future__ import annotations

from datetime import date

from tenglong.domain.codes.books import LEVEL_LABELS, Division, DivisionBook, Successor
from tenglong.domain.codes.model import CodeExplanation, Kind, Segment, code_issue
from tenglong.domain.quality.issue import Issue, Severity

MAX_CHAIN = 12
"""Longer than any real chain of successions since 1980; guards against a circle in hand-written facts."""
SYSTEMS = {"gbt2260": "GB/T 2260", "statistical": "统计用区划代码"}
BASIS = {"documented": "有文件", "recorded": "人工录入、待核", "derived": "由代码或名称推导、待核"}


def full_name(book: DivisionBook, one: Division, on: date | None) -> str:
    """浙江省绍兴市上虞区, with the names of the parents as of `on`."""
    parents = [book.last(code, on) for code in _parents(one.prefix)]
    return "".join(parent.name for parent in parents if parent) + one.name


def _parents(prefix: str) -> list[str]:
    return [prefix[:size].ljust(6, "0") for size in (2, 4, 6) if size < len(prefix)]


def successors_in_force(book: DivisionBook, old: Division, on: date | None) -> list[tuple[Division, Successor]]:
    """Follows the chain until a name in force on `on`; the Successor is the first link (it carries the towns)."""
    out: list[tuple[Division, Successor]] = []
    for link in old.successors:
        for found in _follow(book, link.code, old.valid_to, on, depth=0):
            if found not in (one for one, _ in out):
                out.append((found, link))
    return out


def _follow(book: DivisionBook, code: str, since: date | None, on: date | None, depth: int) -> list[Division]:
    """Spell by spell, not code by code: a code may carry another place later (410307: 洛龙区, then 偃师区)."""
    heirs = [one for one in book.by_code.get(code, []) if one.valid_to is None or since is None or one.valid_to > since]
    if not heirs or depth > MAX_CHAIN:
        return []
    heir = min(heirs, key=lambda one: one.valid_from or date.min)
    if heir.in_force(on) or not heir.successors or (on and heir.valid_from and on < heir.valid_from):
        return [heir] if heir.in_force(on) else [one for one in [book.at(code, on)] if one]
    return [one for link in heir.successors for one in _follow(book, link.code, heir.valid_to, on, depth + 1)]


def abolished_issue(book: DivisionBook, old: Division, now: list[Division], on: date | None, field: str = "division") -> Issue:
    """The warning that names the successor, its basis and its document."""
    day = f"{old.valid_to:%Y-%m-%d}" if old.valid_to else "某日"
    into = "、".join(f"{full_name(book, one, on)}（{one.code}）" for one in now) or "（未收录）"
    basis = BASIS.get(old.basis, "无") + (f"，{old.source}" if old.source else "")
    message = f"{full_name(book, old, old.valid_from)}（{old.code}）至迟 {day} 已不在区划表中，现为{into}；承继依据：{basis}"
    return code_issue(field, old.name, "division-name-abolished", Severity.WARNING, message, "确认承继关系；资料更新时改用现名")


def authority_segment(code: str, on: date | None, books: object, name: str, label: str) -> tuple[Segment, list[Issue]]:
    """A six-digit county inside another code: its name on that day, else the last name with a warning."""
    book = book_of(books)
    if found := book.at(code, on):
        return Segment(name, label, code, full_name(book, found, on)), []
    if (above := heading_parent(book, code)) and (parent := book.last(above, on)):
        return Segment(name, label, code, f"{full_name(book, parent, on)}市辖区（统计汇总码）"), []
    old = book.last(code, on)
    if old is None:
        message = f"区划代码 {code} 不在历年 GB/T 2260 表中"
        issue = code_issue(name, code, "division-not-listed", Severity.WARNING, message, "核对第几位抄错；确有其码时人工确认")
        return Segment(name, label, code, "未列入区划表"), [issue]
    now = [one for one, _ in successors_in_force(book, old, on)]
    names = "、".join(one.name for one in now)
    return (
        Segment(name, label, code, full_name(book, old, old.valid_from) + (f"（旧名，现为{names}）" if names else "（旧名）")),
        [abolished_issue(book, old, now, on)],
    )


def book_of(books: object) -> DivisionBook:
    """Books or a DivisionBook alone."""
    book = getattr(books, "divisions", books)
    if not isinstance(book, DivisionBook):
        raise TypeError(f"需要区划表，得到 {type(book).__name__}")
    return book


def canonical(code: str) -> str:
    """33 → 330000, 3306 → 330600, 330604000000 → 330604, twelve digits otherwise unchanged."""
    if len(code) < 6:
        return code.ljust(6, "0")
    return code[:6] if len(code) > 6 and not code[6:].strip("0") else code


def heading_parent(book: DivisionBook, code: str) -> str | None:
    """市辖区 (xxyy01) and the headings xx0100, xx0200, xx9000 are in the list but are no government: the code above them."""
    if len(code) != 6 or code in book.by_code:
        return None
    above = code[:4] + "00" if code.endswith("01") else code[:2] + "0000" if code[2:] in ("0100", "0200", "9000") else ""
    return above if above in book.by_code else None


def explain_division(kind: Kind, code: str, on: date | None, books: object) -> CodeExplanation:
    """2, 4, 6, 9 or 12 digits. Valid when in the list in force on `on` (None: the newest list)."""
    book, full = book_of(books), canonical(code)
    own = [full[:6], *([full[:9]] if len(full) >= 9 else [])]
    segments = [_segment(found, on) for at in dict.fromkeys([*_parents(full[:6]), *own]) if (found := book.last(at, on))]
    issues = _issues(book, full, on)
    silent = {"township-not-listed", "village-not-listed", "division-level-coarse"}
    valid = all(issue.rule in silent for issue in issues)
    return CodeExplanation(kind, code, valid, tuple(segments), tuple(issues))


def _segment(one: Division, on: date | None) -> Segment:
    start = f"{one.valid_from} 起" if one.valid_from else "据所收录的表"
    span = start + (f"，{one.valid_to} 止" if one.valid_to else "")
    state = "" if one.in_force(on) else "，该日期不在用"
    return Segment(one.level, LEVEL_LABELS[one.level], one.code, f"{one.name}（{SYSTEMS[one.system]}，{span}{state}）")


def _issues(book: DivisionBook, full: str, on: date | None) -> list[Issue]:
    if above := heading_parent(book, full[:6]):
        parent = book.last(above, on)
        message = f"{full[:6]} 是统计汇总码（如“市辖区”），只能定到 {parent.name if parent else above}"
        return [_warning(full, "division-level-coarse", message, "如需县级，请写具体区县的代码")]
    issues = _county_issues(book, full[:6], on)
    if len(full) < 9 or any(issue.severity is Severity.ERROR for issue in issues):
        return issues
    if book.last(full[:9]) is None and full[:6] not in book.parents_in_force:
        message = f"乡级代码 {full[:9]} 未收录（乡级只收录绍兴市六县区市），只核对了县级 {full[:6]}"
        return [*issues, _warning(full, "township-not-listed", message, "按统计用区划代码表核对乡级")]
    issues += _county_issues(book, full[:9], on)
    if len(full) == 12:
        message = "村级代码不收录；村级代码的前 9 位与所属乡级代码并不总一致，不可据此判断归属"
        issues.append(_warning(full, "village-not-listed", message, "按统计用区划代码表核对村级"))
    return issues


def _warning(code: str, rule: str, message: str, fix: str) -> Issue:
    return code_issue("division", code, rule, Severity.WARNING, message, fix)


def _county_issues(book: DivisionBook, code: str, on: date | None) -> list[Issue]:
    if book.at(code, on):
        return []
    spells = book.by_code.get(code, [])
    if not spells:
        message = f"代码 {code} 不在区划表中（GB/T 2260 历年表；乡级只收录绍兴市）"
        return [code_issue("division", code, "division-unknown", Severity.ERROR, message, "核对代码是否抄错")]
    past = [one for one in spells if one.valid_to and (on is None or one.valid_to <= on)]
    if past:
        old = max(past, key=lambda one: one.valid_to or date.max)
        return [abolished_issue(book, old, [one for one, _ in successors_in_force(book, old, on)], on)]
    first = min(spells, key=lambda one: one.valid_from or date.min)
    message = f"{first.name}（{code}）{first.valid_from} 才进入区划表，早于该日期的资料不应使用"
    return [code_issue("division", code, "division-name-not-yet", Severity.WARNING, message, "核对资料日期或改用当时的区划")]
