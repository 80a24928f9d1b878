"""Sheets 数据, 基准 and 得分 of one group, and the formulas between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from tenglong.domain.evaluation.expression import Binary, Name
from tenglong.domain.evaluation.grading import RankShare, ScoreCut
from tenglong.domain.evaluation.scheme import Benchmark, Indicator, MaxBase, MinMax, Points, Ratio, Reverse, Value
from tenglong.files.evaluation.formulas import formula
from tenglong.files.safe import safe_text

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

#: columns of 基准
WEIGHT, HIGH, LOW, CAP, FLOOR, START, END, FLAT, ABSENT = range(2, 11)
_BASES: Final = (
    "指标", "单位", "权重", "基准值（上限）", "下限", "封顶（倍）", "保底（倍）", "起点（%）", "终点（%）",
    "相同时（%）", "缺数得分",
)
_TINY: Final = "0.0000001"


@dataclass
class GroupSheets:
    """`traces` of one group, written to three sheets whose titles end in `suffix`."""

    book: Any
    compiled: Compiled
    group: str
    traces: Sequence[Mapping[str, Any]]
    suffix: str

    def write(self) -> None:
        titles = [f"{title}{self.suffix}"[:31] for title in ("数据", "基准", "得分")]
        self.data, self.base, self.score = (self.book.add_worksheet(title) for title in titles)
        self.bold = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._write_data()
        self._write_base()
        self._write_cuts()
        self._write_score()

    # ---- what is where

    @cached_property
    def rules(self) -> dict[str, Indicator]:
        return self.compiled.scheme.groups[self.group].indicators

    @cached_property
    def inputs(self) -> list[Mapping[str, Any]]:
        found = {given["name"]: given for term in self.traces[0]["indicators"] for given in term["inputs"]}
        return list(found.values())

    @cached_property
    def own_bases(self) -> list[str]:
        """Indicators whose benchmark is not the same for everyone."""
        found = {name: [term["exact"] for term in self._terms(name)] for name in self.rules}
        return [name for name, held in found.items() if len({(one["benchmark"], one["low"]) for one in held}) > 1]

    def _terms(self, name: str) -> list[Mapping[str, Any]]:
        """One indicator of every trace."""
        place = list(self.rules).index(name)
        return [one["indicators"][place] for one in self.traces]

    @cached_property
    def whole(self) -> bool:
        """Whether every ranked member of the group is here."""
        ranked = [one for one in self.traces if one["rank"] is not None]
        return bool(ranked) and len(ranked) == ranked[0]["n"]

    def _ref(self, page: Any, row: int, column: int, fixed: bool = True) -> str:
        return f"'{page.get_name()}'!{xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=True)}"

    def _range(self, page: Any, column: int) -> str:
        last = xl_rowcol_to_cell(len(self.traces), column, row_abs=True, col_abs=True)
        return f"{self._ref(page, 1, column)}:{last}"

    def _data(self, name: str, row: int) -> str:
        return self._ref(self.data, row, 1 + [given["name"] for given in self.inputs].index(name), fixed=False)

    def _item(self, name: str, column: int) -> str:
        return self._ref(self.base, 1 + list(self.rules).index(name), column)

    def _extra(self, place: int) -> int:
        """Column of 数据 after the inputs: 加分, 扣分, 计入位次, then the own benchmarks in pairs."""
        return 1 + len(self.inputs) + place

    def _column(self, name: str, points: bool) -> int:
        """Column of 得分."""
        return 1 + 2 * list(self.rules).index(name) + points

    @property
    def _after(self) -> int:
        return 1 + 2 * len(self.rules)

    # ---- 数据

    def _write_data(self) -> None:
        inputs = [f"{given['label']}（{given['unit']}）" if given["unit"] else given["label"] for given in self.inputs]
        headings = ["编号", *inputs, "加分", "扣分", "计入位次"]
        for name in self.own_bases:
            headings += [f"{self.rules[name].label}基准值", f"{self.rules[name].label}下限"]
        self._head(self.data, headings)
        for row, found in enumerate(self.traces, 1):
            self.data.write_string(row, 0, safe_text(found["key"]))
            held = {given["name"]: given["value"] for term in found["indicators"] for given in term["inputs"]}
            for column, given in enumerate(self.inputs, 1):
                self._put(self.data, row, column, held[given["name"]])
            extras = [found["bonus"] or "0", found["deduction"] or "0", "1" if found["rank"] is not None else "0"]
            for name in self.own_bases:
                exact = found["indicators"][list(self.rules).index(name)]["exact"]
                extras += [exact["benchmark"], exact["low"]]
            for place, text in enumerate(extras):
                self._put(self.data, row, self._extra(place), text)

    def _head(self, page: Any, headings: Sequence[str]) -> None:
        page.set_column(0, len(headings), 14)
        for column, text in enumerate(headings):
            page.write_string(0, column, safe_text(text), self.bold)
        page.freeze_panes(1, 1)

    def _put(self, page: Any, row: int, column: int, text: str | None) -> None:
        """A figure as a number, a missing one as nothing, anything else as text."""
        if text is None:
            return
        try:
            page.write_number(row, column, float(text))
        except ValueError:
            page.write_string(row, column, safe_text(text))

    # ---- 基准

    def _write_base(self) -> None:
        self._head(self.base, _BASES)
        for row, (name, rule) in enumerate(self.rules.items(), 1):
            term, score = self.traces[0]["indicators"][row - 1], rule.score
            self.base.write_string(row, 0, safe_text(rule.label))
            self.base.write_string(row, 1, safe_text(term["unit"]))
            self._put(self.base, row, WEIGHT, str(rule.weight or 0))
            for column, role in ((HIGH, "benchmark"), (LOW, "low")):
                self._write_benchmark(row, column, name, self._exact(name, role), self._live(name, role))
            names = {CAP: "cap", FLOOR: "floor", START: "from_percent", END: "to_percent", FLAT: "flat"}
            limits = {column: getattr(score, field, None) for column, field in names.items()}
            limits[ABSENT] = self._absent(name, rule)
            for column, value in limits.items():
                self._put(self.base, row, column, None if value is None else "无" if value == "none" else str(value))

    def _write_benchmark(self, row: int, column: int, name: str, exact: str | None, live: str | None) -> None:
        if name in self.own_bases:
            self.base.write_string(row, column, "见数据表" if exact else "")
        elif live:
            self.base.write_formula(row, column, f"={live}", None, float(exact or 0))
        else:
            self._put(self.base, row, column, exact)

    def _exact(self, name: str, role: str) -> str | None:
        return next((term["exact"][role] for term in self._terms(name) if term["exact"][role] is not None), None)

    def _live(self, name: str, role: str) -> str | None:
        """Formula of a benchmark that follows from the whole group's values; None when it stays as frozen."""
        score, values = self.rules[name].score, self._range(self.score, self._column(name, points=False))
        rule = score.low if isinstance(score, MinMax) and role == "low" else score.high if isinstance(score, MinMax) else None
        rule = score.benchmark if isinstance(score, Ratio | Reverse) and role == "benchmark" else rule
        kind = "max" if isinstance(score, MaxBase) and role == "benchmark" else rule.kind if rule else ""
        if kind in ("max", "min"):
            return self._if_same(name, role, f"{kind.upper()}({values})", max if kind == "max" else min)
        if rule is None or kind != "group" or rule.mean != "of_ratios":
            return self._of_sums(name, role, rule, values) if rule is not None and kind == "group" else None
        text = f'SUM({values})/COUNTIFS({values},">-1E+300")*{rule.factor}'
        return self._if_same(name, role, text, lambda held: sum(held) / len(held) * float(rule.factor or 1))

    def _if_same(self, name: str, role: str, text: str, work: Any) -> str | None:
        """`text`, when the values at hand give the frozen benchmark; so nobody of the group is missing here."""
        exact = self._exact(name, role)
        held = [float(term["exact"]["value"]) for term in self._terms(name) if term["exact"]["value"]]
        per_group = name not in self.own_bases
        same = bool(held) and exact is not None and abs(work(held) - float(exact)) <= 1e-12 * max(1.0, abs(float(exact)))
        return text if per_group and same else None

    def _of_sums(self, name: str, role: str, rule: Benchmark, values: str) -> str | None:
        expr = self.compiled.expressions[f"groups.{self.group}.indicators.{name}.value"]
        if not (isinstance(expr, Binary) and isinstance(expr.left, Name) and isinstance(expr.right, Name)):
            return None
        top, bottom = expr.left.id, expr.right.id
        columns = [self._range(self.data, 1 + [given["name"] for given in self.inputs].index(one)) for one in (top, bottom)]
        factor = Fraction(rule.factor or 1) * self.compiled.factors.get((self.group, name), Fraction(1))
        sums = [f'SUMPRODUCT(({values}<>"")*{one})' for one in columns]
        known = [term for term in self._terms(name) if term["exact"]["value"]]
        rows = [{given["name"]: given["value"] for given in term["inputs"]} for term in known]

        def work(_held: list[float]) -> float:
            whole = [sum(float(row[one]) for row in rows) for one in (top, bottom)]
            return whole[0] / whole[1] * float(factor)

        return self._if_same(name, role, f"{sums[0]}/{sums[1]}*{float(factor)!r}", work)

    def _absent(self, name: str, rule: Indicator) -> str | None:
        """Points of a missing figure: what the rule fixes, or the frozen mean."""
        if isinstance(rule.missing, Points):
            return str(rule.missing.points)
        if rule.missing != "group_mean":
            return {"zero": "0", "full": str(rule.weight or 0)}.get(str(rule.missing))
        return next((term["exact"]["points"] for term in self._terms(name) if term["missing"] == "group_mean"), None)

    # ---- cuts, below the indicators of 基准

    @cached_property
    def _first_cut(self) -> int:
        return len(self.rules) + 6

    @cached_property
    def _cuts(self) -> Sequence[Mapping[str, Any]]:
        """Borders as a ranked member has them."""
        return next((one["cuts"] for one in self.traces if one["cuts"] and one["rank"] is not None), [])

    def _write_cuts(self) -> None:
        total, top = self.compiled.scheme.total, len(self.rules) + 2
        n = next((one["n"] for one in self.traces if one["n"] is not None), 0)
        decimals, cap = (total.decimals, total.cap) if total else (0, "none")
        facts = (("总分上限", "无" if cap == "none" else str(cap)), ("小数位数", str(decimals)))
        for place, (label, value) in enumerate(facts):
            self.base.write_string(top + place, 0, label)
            self._put(self.base, top + place, 1, value)
        self.base.write_string(top + 2, 0, "计入位次的企业数 n" + ("" if self.whole else "（冻结）"))
        if self.whole:
            self.base.write_formula(top + 2, 1, f"=COUNTIFS({self._range(self.data, self._extra(2))},1)", None, n)
        else:
            self.base.write_number(top + 2, 1, n)
        for column, text in enumerate(("等级", "累计比例（%）或最低分", "末位位次")):
            self.base.write_string(self._first_cut - 1, column, text, self.bold)
        grades = self.compiled.scheme.groups[self.group].grades
        for row, cut in enumerate(self._cuts, self._first_cut):
            self.base.write_string(row, 0, safe_text(cut["grade"]))
            self._put(self.base, row, 1, cut["upto"])
            if isinstance(grades, RankShare) and cut["last_rank"] is not None:
                self.base.write_formula(row, 2, f"={self._last_rank(grades, row)}", None, cut["last_rank"])

    def _last_rank(self, grades: RankShare, row: int) -> str:
        n, share = self._ref(self.base, len(self.rules) + 4, 1), self._ref(self.base, row, 1)
        part = f"{share}*{n}/100" if grades.counted_from == "top" else f"(100-{share})*{n}/100"
        ways = {"floor": f"INT({part}+{_TINY})", "ceil": f"-INT({_TINY}-{part})", "half_up": f"INT({part}+0.5+{_TINY})"}
        text = ways[grades.rounding]
        return text if grades.counted_from == "top" else f"{n}-({text})"

    # ---- 得分

    def _write_score(self) -> None:
        headings = ["编号"]
        for rule in self.rules.values():
            headings += [f"{rule.label} 数值", f"{rule.label} 得分"]
        rank = "位次" if self.whole else "位次（冻结）"
        self._head(self.score, [*headings, "权重放大", "总分", rank, "按位次或得分的等级", "最终等级", "否决与保护"])
        for row, found in enumerate(self.traces, 1):
            self.score.write_formula(row, 0, f"={self._ref(self.data, row, 0, fixed=False)}", None, safe_text(found["key"]))
            for name, term in zip(self.rules, found["indicators"], strict=True):
                self._formula(row, self._column(name, False), self._value(name, row), term["exact"]["value"])
                self._formula(row, self._column(name, True), self._points(name, row), term["exact"]["points"])
            self._formula(row, self._after, self._scale(row), "1")
            self._formula(row, self._after + 1, self._total(row), found["total"])
            self._write_place(row, found)

    def _formula(self, row: int, column: int, text: str, value: str | None) -> None:
        self.score.write_formula(row, column, f"={text}", None, "" if value is None else float(value))

    def _value(self, name: str, row: int) -> str:
        expr = self.compiled.expressions[f"groups.{self.group}.indicators.{name}.value"]
        made = formula(expr, lambda one: self._data(one, row))
        factor = self.compiled.factors.get((self.group, name), Fraction(1))
        text = made.text
        if factor != 1:
            text += f"*{factor.numerator}" + (f"/{factor.denominator}" if factor.denominator != 1 else "")
        return type(made)(text, made.absent).guarded()

    def _points(self, name: str, row: int) -> str:
        value = self._ref(self.score, row, self._column(name, False), fixed=False)
        rule = self.rules[name]
        held = rule.missing in ("zero", "full", "group_mean") or isinstance(rule.missing, Points)
        absent = self._item(name, WEIGHT) if rule.missing == "full" else self._item(name, ABSENT) if held else '""'
        grows = self._leaves_out and not isinstance(rule.score, Value)
        scaled = f"*{self._ref(self.score, row, self._after, fixed=False)}" if grows else ""
        grown = absent if not held or isinstance(rule.missing, Points) else absent + scaled
        return f'IF({value}="",{grown},({self._by_family(name, rule, value, row)}){scaled})'

    def _by_family(self, name: str, rule: Indicator, x: str, row: int) -> str:
        weight, score = self._item(name, WEIGHT), rule.score
        high, low = self._base(name, row, HIGH), self._base(name, row, LOW)
        if isinstance(score, Ratio):
            text = f"{x}*{weight}/{high}"
            text = f"MIN({self._item(name, CAP)}*{weight},{text})" if isinstance(score.cap, Decimal) else text
            return f"MAX({self._item(name, FLOOR)}*{weight},{text})" if isinstance(score.floor, Decimal) else text
        if isinstance(score, MinMax):
            start, end, flat = (self._item(name, column) for column in (START, END, FLAT))
            part = f"({start}+({end}-{start})*(MAX({low},MIN({high},{x}))-{low})/({high}-{low}))*{weight}/100"
            return f"IF({high}={low},{flat}*{weight}/100,{part})"
        if isinstance(score, Reverse):
            return f"MAX(0,(2-{x}/{high})*{weight}/2)"
        return f"MAX(0,{x}*{weight}/{high})" if isinstance(score, MaxBase) else x

    def _base(self, name: str, row: int, column: int) -> str:
        if name not in self.own_bases:
            return self._item(name, column)
        place = 3 + 2 * self.own_bases.index(name) + (column == LOW)
        return self._ref(self.data, row, self._extra(place), fixed=False)

    @cached_property
    def _leaves_out(self) -> list[str]:
        return [name for name, rule in self.rules.items() if rule.missing == "exclude"]

    def _scale(self, row: int) -> str:
        """All weights ÷ the weights of what is not left out."""
        if not self._leaves_out:
            return "1"
        last = xl_rowcol_to_cell(len(self.rules), WEIGHT, row_abs=True, col_abs=True)
        whole = f"SUM({self._ref(self.base, 1, WEIGHT)}:{last})"
        values = {name: self._ref(self.score, row, self._column(name, False), fixed=False) for name in self._leaves_out}
        out = "".join(f'-IF({value}="",{self._item(name, WEIGHT)},0)' for name, value in values.items())
        return f"IF(({whole}{out})=0,0,{whole}/({whole}{out}))"

    def _total(self, row: int) -> str:
        """Rounded once, half up, with what doubles cannot tell apart counted as equal (as the engine does)."""
        points = [self._ref(self.score, row, self._column(name, True), fixed=False) for name in self.rules]
        extras = [self._ref(self.data, row, self._extra(place), fixed=False) for place in (0, 1)]
        whole = f"SUM({','.join([*points, *extras])})"
        total = self.compiled.scheme.total
        if total is not None and isinstance(total.cap, Decimal):
            whole = f"MIN({self._ref(self.base, len(self.rules) + 2, 1)},{whole})"
        digits = self._ref(self.base, len(self.rules) + 3, 1)
        text = f"ROUND(INT({whole}*10^{digits}+0.5+{_TINY})/10^{digits},{digits})"
        cells = zip(points, self.rules.values(), strict=True)
        refusing = [f'{cell}=""' for cell, rule in cells if rule.missing in ("refuse", None)]
        return f'IF(OR({",".join(refusing)}),"",{text})' if refusing else text

    def _write_place(self, row: int, found: Mapping[str, Any]) -> None:
        rank, grade = self._after + 2, found["rank_grade"] or ""
        if self.whole and found["rank"] is not None:
            self._formula(row, rank, self._rank(row), str(found["rank"]))
        elif found["rank"] is not None:
            self.score.write_number(row, rank, found["rank"])
        text = self._grade(row) if found["rank_grade"] else None
        if text:
            self.score.write_formula(row, rank + 1, f"={text}", None, safe_text(grade))
        else:
            self.score.write_string(row, rank + 1, safe_text(grade))
        acted = [one["label"] for kind in ("vetoes", "protections") for one in found[kind] if one["acted"]]
        if acted or not text:
            self.score.write_string(row, rank + 2, safe_text(found["grade"] or ""))
        else:
            cell = self._ref(self.score, row, rank + 1, fixed=False)
            self.score.write_formula(row, rank + 2, f"={cell}", None, safe_text(found["grade"]))
        self.score.write_string(row, rank + 3, safe_text("；".join(acted)))

    def _rank(self, row: int) -> str:
        totals, counted = self._range(self.score, self._after + 1), self._range(self.data, self._extra(2))
        mine, grades = self._ref(self.score, row, self._after + 1, fixed=False), self.compiled.scheme.groups[self.group].grades
        ties = getattr(grades, "ties", "all_up")
        if ties == "all_down":
            return f'COUNTIFS({totals},">="&{mine},{counted},1)'
        text = f'COUNTIFS({totals},">"&{mine},{counted},1)'
        if isinstance(grades, RankShare) and ties == "by":
            by = self._column(grades.tie_by, False)
            values, own = self._range(self.score, by), self._ref(self.score, row, by, fixed=False)
            better = ">" if self.rules[grades.tie_by].direction == "up" else "<"
            text += f'+COUNTIFS({totals},{mine},{values},"{better}"&{own},{counted},1)'
            if grades.then == "all_down":
                return f"{text}+COUNTIFS({totals},{mine},{values},{own},{counted},1)"
        return f"{text}+1"

    def _grade(self, row: int) -> str | None:
        """Grade by the cuts of 基准; None where no formula can tell (two stages, a group too small)."""
        grades = self.compiled.scheme.groups[self.group].grades
        by_rank = isinstance(grades, RankShare)
        if not isinstance(grades, RankShare | ScoreCut) or not self._cuts:
            return None
        if by_rank and any(cut["last_rank"] is None for cut in self._cuts):
            return None
        own = self._ref(self.score, row, self._after + (2 if by_rank else 1), fixed=False)
        text = f'"{grades.order[-1]}"'
        for place in reversed(range(len(grades.order) - 1)):
            border = self._ref(self.base, self._first_cut + place, 2 if by_rank else 1)
            text = f'IF({own}{"<=" if by_rank else ">="}{border},"{grades.order[place]}",{text})'
        return f'IF({own}="","",{text})'
