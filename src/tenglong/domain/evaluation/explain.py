"""“为什么是 C”: one page of plain Chinese about one enterprise, from its trace alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tenglong.domain.evaluation.figures import share_text

SCHEMA: Final = "tenglong.explanation/1"
_MISSING: Final[dict[str, str]] = {
    "zero": "缺数，计 0 分", "group_mean": "缺数，计本组平均得分", "full": "缺数，计满分", "points": "缺数，计固定分",
    "exclude": "缺数，不计该项，权重摊给其余各项", "refuse": "缺数，不能计分",
}
_NUMERALS: Final = "一二三四五六"
_LIMITED: Final[dict[str, str]] = {"cap": "已到封顶", "floor": "按下限计"}


@dataclass(frozen=True)
class Link:
    """Text, and where it leads (empty: nowhere)."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Section:
    """Sentences, then a table (every cell a link or a plain text), then links. `annex`: beyond the one page of main text."""

    id: str
    title: str
    sentences: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Link, ...], ...] = ()
    links: tuple[Link, ...] = ()
    annex: bool = False

    def as_json(self) -> dict[str, Any]:
        table = {"head": list(self.head), "rows": [[vars(cell) for cell in row] for row in self.rows]} if self.head else None
        return {"id": self.id, "title": self.title, "sentences": list(self.sentences), "table": table,
                "links": [vars(link) for link in self.links], "annex": self.annex}


@dataclass(frozen=True)
class Page:
    """The explanation; `summary` says it all in a few sentences."""

    title: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def main_text(self) -> str:
        """What has to fit on one A4 page."""
        told = [self.title, *self.summary]
        for section in self.sections:
            if not section.annex:
                told += [section.title, *section.sentences, *section.head, *(cell.text for row in section.rows for cell in row)]
        return "\n".join(told)

    def as_json(self) -> dict[str, Any]:
        return {"schema": SCHEMA, "title": self.title, "summary": list(self.summary),
                "sections": [section.as_json() for section in self.sections]}


def explain(
    found: Mapping[str, Any], *, name: str = "", advice: Mapping[str, Any] | None = None,
    deliverers: Mapping[str, str] | None = None,
) -> Page:
    """The page of one trace, whatever its standing.

    name: what to call the enterprise; advice: `lift(...).as_json()`; deliverers: measure or attribute → the department that
    delivers it, named where a figure is missing.
    """
    who, owners = name or "本企业", deliverers or {}
    made = [_points(found), _extras(found), _place(found, who), _both(found), _lifts(found, advice), _missing(found, owners)]
    main = [replace(one, title=f"{_NUMERALS[place]}、{one.title}") for place, one in enumerate(one for one in made if one)]
    annex = _sources(found)
    return Page(_title(found), tuple(_summary(found, who, owners)), tuple([*main, annex] if annex else main))


# ---- what it comes to


def _title(found: Mapping[str, Any]) -> str:
    standing, grade = found["standing"], found["grade"]
    if standing == "follows":
        return f"为什么随出租方定为 {grade}" if grade else "为什么随出租方定等级"
    if standing in ("excluded", "outside"):
        return "为什么不参加评价"
    if grade:
        return f"为什么是 {grade}"
    return "为什么不能计分" if standing == "refused" else "为什么没有等级"


def _summary(found: Mapping[str, Any], who: str, owners: Mapping[str, str]) -> list[str]:
    scheme = found["scheme"]
    opening = f"{who}按《{scheme['name']}》（{scheme['id']}@{scheme['version']}）评价"
    group = f"，属于“{found['group']['label']}”" if found["group"] else ""
    if found["standing"] == "refused" and _member(found) and not _absent(found):
        return [f"{opening}{group}。", f"{found['standing_reason']}。"]
    if found["standing"] == "refused":
        return [f"{opening}{group}，因缺数不能计分，也没有等级。", f"{_lacking(found, owners)}。数据补齐后重新计算即可。"]
    if found["standing"] == "graded" and found["total"] is not None:
        return [f"{opening}{group}。", *_graded(found)]
    result = f"等级为 {found['grade']}。" if found["grade"] else ""
    managed = f"暂按 {found['managed_as']} 等管理。" if found["managed_as"] else ""
    scored = f"得分 {found['total']}。" if found["total"] is not None else ""
    return [f"{opening}{group}。", f"{found['standing_reason']}。{scored}{result}{managed}"]


def _graded(found: Mapping[str, Any]) -> list[str]:
    rank = f"，在全组 {found['n']} 家中排第 {found['rank']} 位" if found["rank"] is not None else ""
    told = [f"总分 {found['total']}{rank}。"]
    if found["rank_grade"] is None:
        return [*told, "没有划定等级。"]
    member = _member(found)
    grade = f"单独评价等级 {member['own_grade']}" if member else f"最终等级 {found['grade']}"
    taken = [f"{member['sentence']}，最终等级 {found['grade']}。"] if member else []
    acted = [f"{'因' if kind == 'vetoes' else '按'}“{one['label']}”{one['effect']}"
             for kind in ("vetoes", "protections") for one in found[kind] if one["acted"]]
    if not acted:
        unmoved = "没有否决或保护事项改变它"
        return [*told, f"{_basis_word(found)}划为 {found['rank_grade']} 等，{unmoved}，{grade}。", *taken]
    return [*told, f"{_basis_word(found)}本为 {found['rank_grade']} 等；{'；'.join(acted)}，{grade}。", *taken]


def _member(found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The two results of a member of a joint unit."""
    both = found.get("joint")
    return both if both and both["role"] == "member" else None


def _both(found: Mapping[str, Any]) -> Section | None:
    """Alone and jointly, side by side; of a unit's own row what it is."""
    both = found.get("joint")
    if not both:
        return None
    if both["role"] == "unit":
        return Section("joint", "合并评价", (f"{both['sentence']}。",))
    lines = (("单独评价", found["total"], found["rank"], found["n"], both["own_grade"]),
             ("合并评价", both["joint_total"], both["joint_rank"], both["joint_n"], both["joint_grade"]))
    rows = tuple((Link(word), Link(total or "—"), Link(f"{rank}／{n}" if rank is not None else "不计名次"), Link(grade or "—"))
                 for word, total, rank, n, grade in lines)
    return Section("joint", "单独和合并两个结果", (f"{both['sentence']}。",), ("", "总分", "名次", "等级"), rows)


def _basis_word(found: Mapping[str, Any]) -> str:
    if found["method"] == "two_stage":
        return "按两段排序"
    return "按位次" if any(cut["last_rank"] is not None and cut["upto"] for cut in found["cuts"]) else "按得分"


def _lacking(found: Mapping[str, Any], owners: Mapping[str, str]) -> str:
    told = [f"{given['label']}（{_deliverer(given['name'], owners)}）" for given in _absent(found)]
    return f"缺少{'、'.join(told)}" if told else found["standing_reason"]


def _deliverer(name: str, owners: Mapping[str, str]) -> str:
    return f"应由{owners[name]}提供" if name in owners else "提供部门未登记，请向评价办公室查询"


def _absent(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Missing inputs of the items whose lack refuses the enterprise, each once; else the attribute that was asked for."""
    refused = [term for term in found["indicators"] if term["missing"] == "refuse"]
    inputs = {given["name"]: given for term in refused for given in term["inputs"] if given["value"] is None}
    return list(inputs.values()) or ([found["lacks"]] if found.get("lacks") else [])


# ---- sections


def _points(found: Mapping[str, Any]) -> Section | None:
    if not found["indicators"]:
        return None
    rows = tuple(_term(term) for term in found["indicators"])
    sentences = (_sum(found),) if found["total"] is not None else ()
    head = ("指标", "算式", "数值", "基准值", "怎样得分", "得分", "说明")
    return Section("points", "得分从哪里来", sentences, head, rows)


def _term(term: Mapping[str, Any]) -> tuple[Link, ...]:
    note = _LIMITED.get(term["limited"] or "") or _MISSING.get(term["missing"] or "") or ""
    base = term["benchmark"]
    bases = "～".join(part for part in (base["low"], base["value"]) if part) if base else ""
    worth = f"{term['weight']} 分" if term["weight"] is not None else "—"
    url = next((str(given["source"]["url"]) for given in term["inputs"] if given["source"] and given["source"].get("url")), "")
    value = f"{term['value']} {term['unit']}".strip() if term["value"] is not None else "缺"
    texts = (f"{term['label']}（{worth}）", term["chinese"])
    rest = (bases or "—", term["formula"].rpartition(" = ")[0] or "—", term["points"] or "—", note)
    return (*(Link(text) for text in texts), Link(value, url), *(Link(text) for text in rest))


def _sum(found: Mapping[str, Any]) -> str:
    parts = [term["points"] for term in found["indicators"] if term["points"] is not None]
    for key, word in (("bonus", "加分"), ("deduction", "扣分")):
        if found[key] is not None and float(found[key]) != 0:
            parts.append(f"{word} {found[key]}")
    limit = f"（总分最多 {found['total_cap']}）" if found["total_cap"] else ""
    return f"{' ＋ '.join(parts)} ＝ {found['total']} 分{limit}，各项不取舍，只对总分取 {found['decimals']} 位小数。"


def _extras(found: Mapping[str, Any]) -> Section | None:
    told = [f"加分“{one['label']}”{one['points']} 分，{'已计' if one['counted'] else '未计'}{_because(one['note'])}。"
            for one in found["bonuses"]]
    told += [f"扣分“{one['label']}”{one['points']} 分。" for one in found["deductions"]]
    told += [f"保护“{one['label']}”：{one['effect']}，{'已适用' if one['acted'] else '未改变等级'}。"
             for one in found["protections"]]
    told += [f"否决“{one['label']}”：{one['effect']}，依据{_decision(one.get('decision'))}{_because(_unused(one))}。"
             for one in found["vetoes"]]
    return Section("extras", "加分、扣分、保护和否决", tuple(told)) if told else None


def _unused(veto: Mapping[str, Any]) -> str:
    return "" if veto["acted"] else "未适用"


def _because(note: str) -> str:
    return f"（{note}）" if note else ""


def _decision(decision: Mapping[str, Any] | None) -> str:
    if not decision:
        return "的决定文书未登记，请向评价办公室查询"
    number = str(decision.get("number") or decision.get("document") or "文号未登记")
    dated = f"（{decision['date']}）" if decision.get("date") else ""
    return f"{decision.get('authority') or ''}{number}{dated}"


def _place(found: Mapping[str, Any], who: str) -> Section | None:
    if found["rank"] is None or not found["cuts"]:
        return None
    if found["stages"]:
        return Section("place", "位次和等级的分界", _two_stages(found, who))
    told, first = list[str](), 1
    for cut in found["cuts"]:
        last = cut["last_rank"]
        if last is None:
            told.append(f"{cut['grade']}：{cut['upto']} 分及以上" if cut["upto"] else f"{cut['grade']}：其余")
        else:
            count = max(0, last - first + 1)
            span = f"第 {first}—{last} 位" if count else "没有名额"
            told.append(f"{cut['grade']}：{span}（{share_text(count, found['n'])}）")
            first = max(first, last + 1)
    sentences = [f"全组 {found['n']} 家，{'；'.join(told)}。"]
    if found["rank_grade"]:
        sentences.append(f"{who}排第 {found['rank']} 位、得 {found['total']} 分，落在 {found['rank_grade']} 等。")
    return Section("place", "位次和等级的分界", tuple(sentences))


def _two_stages(found: Mapping[str, Any], who: str) -> tuple[str, ...]:
    stages, n = found["stages"], found["n"]
    top, bottom = stages["top"], stages["bottom"]
    return (
        f"全组 {n} 家按总分排序，分成前 {stages['half']} % 和其余两段，各段再排一次。",
        f"前一段按“{top['by']}”从高到低，前 {top['share']} %（以全组 {n} 家计）为 {top['grade']}。",
        f"后一段按“{bottom['by']}”从高到低，最后 {bottom['share']} %（以全组 {n} 家计）为 {bottom['grade']}。",
        f"其余为 {stages['rest']}。",
        f"{who}总分 {found['total']}，排第 {found['rank']} 位，两段排序后为 {found['rank_grade']}。",
    )


def _lifts(found: Mapping[str, Any], advice: Mapping[str, Any] | None) -> Section | None:
    if advice is None:
        return None
    title = "怎样可以升档"
    if not advice["lifts"]:
        return Section("lifts", title, (f"{advice['reason']}。",))
    told = tuple(f"{number}. {one['sentence']}。" for number, one in enumerate(advice["lifts"], 1))
    return Section("lifts", title, (f"下面每一条单独做到，就够得上 {advice['target']}：", *told, advice["note"]))


def _missing(found: Mapping[str, Any], owners: Mapping[str, str]) -> Section | None:
    """Missing figures that a rule stood in for: the enterprise may deliver them."""
    terms = [term for term in found["indicators"] if term["missing"] and term["missing"] != "refuse"]
    if not terms:
        return None
    told = []
    for term in terms:
        absent = [given for given in term["inputs"] if given["value"] is None]
        names = [f"{given['label']}（{_deliverer(given['name'], owners)}）" for given in absent]
        told.append(f"“{term['label']}”没有{'、'.join(names) or '可用的数（分母为 0）'}，{_MISSING[term['missing']]}。")
    return Section("missing", "缺少的数据", tuple(told))


def _sources(found: Mapping[str, Any]) -> Section | None:
    inputs = {given["name"]: given for term in found["indicators"] for given in term["inputs"]}
    if not inputs:
        return None
    rows = tuple(_source(given) for given in inputs.values())
    return Section("sources", "附：数据从哪里来", (), ("数据", "数值", "提供部门", "批次", "行", "日期"), rows, annex=True)


def _source(given: Mapping[str, Any]) -> tuple[Link, ...]:
    source: Mapping[str, Any] = given["source"] or {}
    value = "缺" if given["value"] is None else f"{given['value']} {given['unit']}".strip()
    cells: Sequence[str] = [str(source.get(key) or "—") for key in ("department", "batch", "row", "date")]
    return (Link(given["label"]), Link(value, str(source.get("url") or "")), *(Link(text) for text in cells))
