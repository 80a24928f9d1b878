"""Whose figures count on a parcel: registered AND producing there, and no figure twice when one owner has many parcels.

Practice of 广州 (土地出让合同附件监管协议): the unit is the parcel; figures of one firm are split between its parcels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tenglong.domain.landing.covenant.texts import percent


@dataclass(frozen=True)
class Firm:
    """`share`: part of its figures that counts here; `elsewhere`: parts claimed for other parcels. None is not known."""

    id: int
    name: str
    registered: bool | None
    producing: bool | None
    share: Fraction = Fraction(1)
    elsewhere: Fraction = Fraction(0)


@dataclass(frozen=True)
class Figure:
    """A figure of a measure in a period; `value` None: 缺数, and `why` says so. `sources`: rows it comes from."""

    value: Fraction | None
    why: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """`firms` count; `left_out`: firm → why it does not; `open`: firm → what must be known before anything can be added up."""

    firms: tuple[Firm, ...]
    left_out: Mapping[int, str]
    open: Mapping[int, str]


def counted(firms: Iterable[Firm]) -> Counted:
    """Firms of one parcel sorted into counting, not counting, and undecided."""
    inside, out, unknown = [], dict[int, str](), dict[int, str]()
    for one in firms:
        if one.registered is False or one.producing is False:
            out[one.id] = f"{one.name}{'不在' if one.registered is False else '在'}本宗地注册、" \
                          f"{'不在' if one.producing is False else '在'}本宗地生产，不计入"
        elif one.registered is None or one.producing is None:
            lacks = "注册" if one.registered is None else "生产"
            unknown[one.id] = f"不知 {one.name} 是否在本宗地{lacks}"
        elif one.share + one.elsewhere > 1:
            whole = percent(one.share + one.elsewhere)
            unknown[one.id] = f"{one.name} 的数据在几宗地上合计按 {whole} 计入，超过 100%，须先分摊"
        else:
            inside.append(one)
    return Counted(tuple(inside), out, unknown)


def total(found: Counted, figures: Mapping[int, Figure], what: str) -> Figure:
    """Sum over the firms that count, each by its share. One figure lacking makes the sum lacking, never smaller."""
    if found.open:
        return Figure(None, "；".join(found.open.values()))
    if not found.firms:
        return Figure(None, "没有计入的企业")
    lacking = [_lack(one, figures.get(one.id), what) for one in found.firms]
    told = [text for text in lacking if text]
    sources = tuple(source for one in found.firms if one.id in figures for source in figures[one.id].sources)
    if told:
        return Figure(None, "；".join(told), sources)
    return Figure(sum((one.share * (figures[one.id].value or 0) for one in found.firms), Fraction(0)), "", sources)


def _lack(firm: Firm, figure: Figure | None, what: str) -> str:
    if figure is None:
        return f"缺 {firm.name} 的{what}"
    return "" if figure.value is not None else figure.why or f"缺 {firm.name} 的{what}"
