"""Findings about moves and branches: dates and areas that the record lacks, shares without basis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy

from tenglong.apps.evaluation.models import Finding
from tenglong.apps.evaluation.rows import Rows
from tenglong.apps.evaluation.rows.branches import TAX
from tenglong.apps.evaluation.service.findings_data import about
from tenglong.apps.registry.queries_sensitive import e6_text

#: rule → severity, sentence, next step; an error keeps the firm out of the freeze
SAID: Final = {
    "moved-no-date": ("warning", gettext_lazy(
        "用地关系的起始日期与地块首次登记同一天，可能是调查日期而不是迁入日期；没有按月分摊，用地按整年计。"),
        gettext_lazy("查租赁合同或交付单，在登记册写明迁入日期；确实整年在用的写明理由豁免。")),
    "moved-no-area": ("warning", gettext_lazy("年中迁出的一处用地没有面积，这几个月的用地没有计入。"),
                      gettext_lazy("在登记册补上这处用地的面积后重新核查。")),
    "months-negative": ("error", gettext_lazy("按月分摊后租出和扣除超过占有，用地合计为负，该企业不能冻结。"),
                        gettext_lazy("核对租赁起止日期和租出面积。")),
    "branch-record": ("error", gettext_lazy(
        "分公司税收分摊的记录不全：须同时有登记在册的总公司代码和 0 到 100 之间的比例；没有分摊，该企业不能冻结。"),
        gettext_lazy("补齐“总公司”和“分摊总公司税收的比例”两项记录，或删去多余的一项。")),
    "branch-no-basis": ("error", gettext_lazy("分公司税收分摊没有依据文件，没有分摊，该企业不能冻结。"),
                        gettext_lazy("上传分摊文件（税务分配表或盖章协议）后重新登记比例。")),
    "branch-head-missing": ("error", gettext_lazy("总公司没有本年度税收数据，分公司的份额无从计算，该企业不能冻结。"),
                            gettext_lazy("请税务部门补报总公司的税收。")),
    "branch-over": ("error", gettext_lazy("同一总公司各分公司的分摊比例合计超过 100%，没有分摊，该企业不能冻结。"),
                    gettext_lazy("按分摊文件更正各分公司的比例。")),
    "branch-own-tax": ("warning", gettext_lazy("分公司自己有税收数据，又分摊总公司税收，两者已相加，可能重复。"),
                       gettext_lazy("请税务部门核对这家分公司的入库数是否已含分摊部分；不重复的写明理由豁免。")),
}


def of_moves(rows: Rows) -> Iterator[Finding]:
    firms = {firm.id: firm for firm in rows.firms.values()}
    for one in rows.remarks:
        if one.enterprise_id in firms:
            severity, message, fix = SAID[one.rule]
            money = one.rule == "branch-own-tax"
            value, expected = (e6_text(int(text)) if money and text else text for text in (one.value, one.expected))
            measure = TAX if one.rule.startswith("branch") else "land_mu"
            yield about(firms[one.enterprise_id], one.rule, severity, one.key, measure=measure, value=value,
                        expected=expected, message=str(message), fix=str(fix))
