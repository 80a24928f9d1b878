"""The trace of one or more enterprises as a workbook whose formulas work every point again when an input is changed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from tenglong.files.evaluation.trace_sheets import GroupSheets
from tenglong.files.safe import safe_text

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

_NOTES: Final = (
    "数据：各企业参与评价的原始数据，可以改动，得分、位次和等级随之重算。空白表示缺数。",
    "基准：权重、基准值、封顶、保底、等级分界，可以改动。由全组数据算出的基准值，只有本簿收齐全组企业时才随数据重算，否则为冻结值；缺数按平均得分补的，平均得分为冻结值。",
    "得分：每项指标的数值和得分都是公式；各项不取舍，只对总分取舍。位次只有本簿收齐全组企业时才重算，否则为冻结值（标有“冻结”）。",
    "加分、扣分按办法逐条认定，在数据表中为认定后的合计；受否决或保护影响的等级为认定结果，不随公式变动。",
    "本簿为核对用的草算，正式结果以冻结数据的评价结果为准。",
)


def trace_workbook(traces: Sequence[Mapping[str, Any]], compiled: Compiled) -> bytes:
    """Sheets 数据, 基准 and 得分 (per group, when there are several) with live formulas, and 说明.

    traces: of `domain.evaluation.trace.trace`, all by `compiled`; ranks are live where all ranked members of a group are given.
    Raises ValueError when a trace belongs to another scheme, or when none has points.
    """
    if any(one["scheme"]["pin"] != compiled.pin for one in traces):
        raise ValueError("有的评分明细不是按这份办法算的，不能放进同一个工作簿")
    groups = {name: held for name in compiled.scheme.groups if (held := [one for one in traces if _in(one, name)])}
    if not groups:
        raise ValueError("没有计分的企业，做不成带公式的工作簿")
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_calc_mode("auto")
        for name, held in groups.items():
            suffix = f"（{compiled.scheme.groups[name].label}）" if len(groups) > 1 else ""
            GroupSheets(book, compiled, name, held, suffix).write()
        _notes(book, traces[0])
    return out.getvalue()


def _in(found: Mapping[str, Any], group: str) -> bool:
    return bool(found["group"] and found["group"]["id"] == group and found["standing"] in ("graded", "ungraded", "refused"))


def _notes(book: Any, found: Mapping[str, Any]) -> None:
    page = book.add_worksheet("说明")
    page.set_column(0, 0, 110)
    scheme = found["scheme"]
    told = (f"办法：{scheme['name']}（{scheme['id']}@{scheme['version']}）", f"办法指纹：{scheme['pin']}",
            f"数据快照：{found['snapshot'] or '未注明'}", *_NOTES)
    for row, text in enumerate(told):
        page.write_string(row, 0, safe_text(text))
