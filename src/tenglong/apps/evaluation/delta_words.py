"""Names of the fields that audit entries of an evaluation tell of."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenglong.web import formats

FIELDS: Final[dict[str, str | Promise]] = {
    "veto": _("否决事项"), "number": _("文号"), "dated": _("决定日期"), "state": _("状态"), "expires_on": _("失效日期"),
    "scheme": _("评价办法"), "pin": _("办法校验码"), "year": _("数据年度"), "grade": _("等级"), "served_on": _("送达日期"),
    "final_run": _("定稿的运算"), "minutes": _("会议纪要"), "columns": _("公示内容"), "starts_on": _("开始日期"),
    "ends_on": _("截止日期"), "item": _("面积构成"), "total_cm2": _("核定面积"), "outcome": _("结论"), "unit": _("合并单元"),
    "receipt_no": _("回执号"), "lack": _("缺数户数"), "objection": _("面积异议"), "gap_cm2": _("面积差额"),
    "finding": _("核查问题"), "document": _("材料"), "assignee": _("承办人"), "due_on": _("期限"), "how": _("送达方式"),
    "pages": _("扫描页"), "statement": _("陈述申辩"), "statement_reply": _("陈述申辩的答复"),
    "department": _("部门"), "measures": _("指标"), "kind": _("类别"), "decision_number": _("决定文号"), "cm2": _("面积"),
}


def register() -> None:
    """Adds to the words of the shell; a word the shell already has stays."""
    for name, label in FIELDS.items():
        formats.FIELD_LABELS.setdefault(name, label)
