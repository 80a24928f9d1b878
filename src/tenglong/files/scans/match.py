"""Which page belongs to which sheet: codes decide; a page without one follows only where the count leaves no choice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tenglong.files.pdf.payload import Payload
from tenglong.files.scans.page import BLANK, BROKEN, CONFLICT, MISSING, PageRef, ScannedPage

SUPERSEDED: Final = "version-superseded"
UNKNOWN: Final = "sheet-unknown"
DUPLICATE: Final = "duplicate-scan"
INCOMPLETE: Final = "page-missing"

#: code → what the user reads
TROUBLES: Final[Mapping[str, str]] = {
    MISSING: "这一页没有认出二维码，请人工归档或重新扫描",
    CONFLICT: "这一页上有两张确认单的二维码，请分开后重新扫描",
    BROKEN: "这一页损坏，读不出来，请重新扫描",
    SUPERSEDED: "这张确认单盖章后数据已变更，此版作废，请打印新版重新确认",
    UNKNOWN: "这张确认单不属于本轮评价",
    DUPLICATE: "同一页已经扫描过，此页未归档",
    INCOMPLETE: "这张确认单缺页，请补扫",
}


@dataclass(frozen=True)
class Trouble:
    """A page (or, for page-missing, a sheet) that needs a person; `code` is a key of TROUBLES."""

    code: str
    ref: PageRef | None
    sheet_id: str = ""
    detail: str = ""

    @property
    def message(self) -> str:
        return TROUBLES[self.code] + (f"（{self.detail}）" if self.detail else "")


@dataclass
class Matching:
    """`groups`: sheet id → its pages in printed order; `assumed`: pages filed by position, without a code of their own;
    `blank`: empty back sides, left out. Every page read is in exactly one of groups, troubles and blank."""

    groups: dict[str, list[PageRef]] = field(default_factory=dict)
    assumed: list[PageRef] = field(default_factory=list)
    blank: list[PageRef] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(frozen=True)
class _Seen:
    """A page without its picture: a batch of thousands stays small."""

    ref: PageRef
    payload: Payload | None
    problem: str
    detail: str


def match(pages: Iterable[ScannedPage], known: Mapping[str, str], *, filed: Collection[tuple[str, int]] = ()) -> Matching:
    """Sort pages, in scanned order, to the sheets in force.

    `known`: sheet id → version hash in force; `filed`: (sheet id, page number) already archived from earlier batches.
    A page without a code follows the page n/m before it when the run of such pages is no longer than what is missing
    of that sheet, and those page numbers turn up nowhere else.
    """
    seen = [_Seen(page.ref, page.payloads[0] if len(page.payloads) == 1 else None, page.problem, page.detail) for page in pages]
    out = Matching()
    placed = _by_code(seen, known, set(filed), out)
    followed = _by_position(seen, placed, set(filed), out)
    _file(placed | followed, out)
    _complete(placed, set(filed), out)
    out.troubles.sort(key=_in_order([one.ref for one in seen]))
    return out


def _in_order(refs: Sequence[PageRef]) -> Callable[[Trouble], tuple[int, str]]:
    places = {ref: place for place, ref in enumerate(refs)}
    return lambda trouble: (places[trouble.ref] if trouble.ref else len(places), trouble.sheet_id)


def _by_code(
    seen: Sequence[_Seen], known: Mapping[str, str], filed: set[tuple[str, int]], out: Matching
) -> dict[PageRef, Payload]:
    placed: dict[PageRef, Payload] = {}
    taken = set(filed)
    for one in seen:
        if one.payload is None:
            if one.problem == BLANK:
                out.blank.append(one.ref)
            elif one.problem != MISSING:
                out.troubles.append(Trouble(one.problem, one.ref, detail=one.detail))
            continue
        code = _objection(one.payload, known, taken)
        if code:
            out.troubles.append(Trouble(code, one.ref, one.payload.sheet_id))
        else:
            taken.add((one.payload.sheet_id, one.payload.page))
            placed[one.ref] = one.payload
    return placed


def _objection(payload: Payload, known: Mapping[str, str], taken: set[tuple[str, int]]) -> str:
    if payload.sheet_id not in known:
        return UNKNOWN
    if known[payload.sheet_id] != payload.version_hash:
        return SUPERSEDED
    return DUPLICATE if (payload.sheet_id, payload.page) in taken else ""


def _by_position(
    seen: Sequence[_Seen], placed: Mapping[PageRef, Payload], filed: set[tuple[str, int]], out: Matching
) -> dict[PageRef, Payload]:
    taken = filed | {(payload.sheet_id, payload.page) for payload in placed.values()}
    followed: dict[PageRef, Payload] = {}
    before: Payload | None = None
    run: list[PageRef] = []
    for one in [*seen, None]:
        if one is not None and one.problem == MISSING:
            run.append(one.ref)
        elif one is None or one.problem != BLANK:
            followed |= _follow(before, run, taken, out)
            before, run = placed.get(one.ref) if one else None, []
    out.assumed += followed
    return followed


def _follow(
    before: Payload | None, run: Sequence[PageRef], taken: set[tuple[str, int]], out: Matching
) -> dict[PageRef, Payload]:
    if not run:
        return {}
    if before is not None:
        pages = [
            Payload(before.sheet_id, before.version_hash, before.page + step, before.pages) for step in range(1, len(run) + 1)
        ]
        if pages[-1].page <= before.pages and all((page.sheet_id, page.page) not in taken for page in pages):
            return dict(zip(run, pages, strict=True))
    out.troubles += [Trouble(MISSING, ref) for ref in run]
    return {}


def _file(placed: Mapping[PageRef, Payload], out: Matching) -> None:
    for ref, payload in sorted(placed.items(), key=lambda item: (item[1].sheet_id, item[1].page)):
        out.groups.setdefault(payload.sheet_id, []).append(ref)


def _complete(placed: Mapping[PageRef, Payload], filed: set[tuple[str, int]], out: Matching) -> None:
    pages = {payload.sheet_id: payload.pages for payload in placed.values()}
    for sheet_id, count in pages.items():
        already = sum(1 for page in range(1, count + 1) if (sheet_id, page) in filed)
        lacking = count - already - len(out.groups[sheet_id])
        if lacking > 0:
            out.troubles.append(Trouble(INCOMPLETE, None, sheet_id, f"共 {count} 页，缺 {lacking} 页"))
