"""Every rule in one table: docs/user/checks.md shows it, a test keeps the two equal.

Why these severities. `error` refuses a row, so it is kept for rows that cannot be stored as they are (no area can be
built, a code that points at two things, an end before its start) or that contradict another row of the same layer in
substance (one piece of land given twice). Digitising noise, land used otherwise than its title says, and business facts
that only look odd are `warning`: a county must be able to load what is true even when it is untidy. `info` explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenglong.domain.quality.issue import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True)
class Rule:
    """One row of the documented table. `harder` says when this severity does not hold; `needs` what must be there."""

    id: str
    label: str
    severity: Severity
    explanation: str
    fix: str
    harder: str = ""
    needs: str = ""


_TABLE: Final = (
    Rule("no-geometry", "没有图形", INFO, "该行没有图形；地块可以先登记后补图", "有图时按编码补充图形"),
    Rule("empty-geometry", "空图形", WARNING, "图形存在但不含任何坐标", "重新绘制图形，或删去空图形"),
    Rule("non-finite-coordinates", "坐标不是数", ERROR, "坐标含有无穷大或非数值，图形无法使用",
         "在原软件中修复或重绘该图形后重新导出"),
    Rule("geometry-type", "图形类型不对", ERROR, "地块、宗地应为面；点、线不能计算面积", "改用面图层，或把线闭合成面"),
    Rule("invalid-geometry", "图形无效", ERROR,
         "面自相交、环不闭合、孔在外等，面积和叠加没有意义；相邻检查使用修复后的副本，原图不改",
         "按所示位置修正图形，例如删去交叉的折点"),
    Rule("axis-swapped", "坐标颠倒", ERROR, "个别行的东西向与南北向坐标互换，互换后才与其他行相邻",
         "把该行的两列坐标对调后重新导入"),
    Rule("spike", "尖刺", WARNING, "边界上有夹角小于 5° 且宽不到 0.15 米的尖角，多为误点", "删去尖刺的折点"),
    Rule("sliver", "碎面", WARNING, "平均宽度（2×面积÷周长）小于 --sliver-width（默认 0.5 米）",
         "并入相邻地块，或确认它确实存在"),
    Rule("overlap", "重叠", WARNING,
         "两行图形重叠面积不小于 --min-overlap（默认 0.01 平方米）；同一对只报一次，重复和包含另报",
         "核对界址，以权证或实测为准裁去重叠部分", harder="地块、宗地的重叠达到较小一方的 5%"),
    Rule("duplicate-geometry", "图形重复", ERROR, "两行图形相同（不重合部分不超过 0.1%）",
         "删去重复的一行，或改正其中一行的图形", harder="厂房为警告：同一基底可以分层登记"),
    Rule("contained", "包含", ERROR, "一行图形完全落在另一行之内（露出部分不超过自身 0.1%）",
         "在外侧图形中挖去内侧图形，或合并两行", harder="厂房为警告：裙楼与塔楼可以套叠"),
    Rule("gap", "缝隙", WARNING, "相邻图形之间宽度不超过 --max-gap（默认 1 米）且不归任何一行的空地",
         "核对界址，把缝隙并入应属的一方"),
    Rule("building-straddles", "厂房跨界", WARNING, "一幢厂房在两个以上地块（宗地）内各超过 1 平方米",
         "核对厂房位置和权属界线；确为跨宗建造的写明原因", needs="厂房数据与地块（宗地）数据"),
    Rule("area-mismatch", "图上面积与证载面积不符", WARNING,
         "相差超过 --area-tolerance（默认 5%，不低于 0.02%），以证载面积为分母；测地面积和平面面积同时给出",
         "核对权证与图形；以权证为准的改图，确已变化的办理变更", needs="证载面积"),
    Rule("outside-division", "不在所属镇街内", WARNING, "图形超出所填镇街界线的面积大于 1%", "核对镇街名称和坐标系",
         harder="一半以上在界线之外", needs="行政区划界线"),
    Rule("duplicate-code", "编码重复", ERROR, "同一编码在文件中出现多次", "每个编码只保留一行，或改正编码"),
    Rule("duplicate-enterprise", "企业重复", WARNING, "企业名称相同（括号、空格、地名、“责任”不计）而信用代码不同或缺失",
         "核对后合并，或补全统一社会信用代码", harder="同一信用代码出现多次"),
    Rule("division-unknown", "镇街不认识", ERROR, "所填镇街不是本县镇街的名称或代码，也不是外地地名",
         "填写镇街全称", needs="本县行政区划"),
    Rule("code-invalid", "编码不合标准", ERROR, "信用代码、宗地代码的长度、字符、校验等不合标准；具体规则号见代码说明",
         "按营业执照或不动产权证书更正"),
    Rule("enterprise-without-plot", "企业没有用地", INFO, "企业在用地关系中没有任何地块或厂房",
         "补充该企业的用地关系，或确认其不在本县生产", needs="用地关系"),
    Rule("plot-without-enterprise", "地块没有企业", INFO, "地块在用地关系中没有任何企业", "补充用地关系；空置的登记为空置",
         needs="用地关系"),
    Rule("occupied-exceeds-plot", "占用面积大于地块", WARNING,
         "同一时间同一层次（自有、承租、转租）的占用面积合计大于地块面积 0.5% 以上", "核对占用面积的单位和起止日期",
         needs="地块面积"),
    Rule("registered-outside-producing-inside", "注册在外生产在内", INFO, "注册地不在本县而生产地在本县",
         "核对税收和统计归属；属实的保留", needs="本县行政区划"),
    Rule("far-limits-swapped", "容积率上下限颠倒", WARNING, "约定容积率下限大于上限；两值按原样保留，不自动对调",
         "核对出让合同，确认后更正"),
    Rule("price-zero", "价格为零", WARNING, "成交价格为 0", "核对合同；划拨或未填的留空"),
    Rule("start-before-contract", "开工早于合同", WARNING, "约定开工日期早于合同签订日期", "核对合同签订日期和开工日期"),
    Rule("end-before-start", "结束早于开始", ERROR, "结束（竣工、到期）日期早于开始日期", "核对两个日期，改正后重新导入",
         harder="土地成交的竣工早于开工为警告：合同公告原文照录"),
    Rule("several-terms-in-cell", "一格多个年限", WARNING, "一个单元格写了多个用途的年限，无法归为一个数",
         "按用途拆分，或填写主要用途的年限"),
)

RULES: Final = {entry.id: entry for entry in _TABLE}
ORDER: Final = {name: number for number, name in enumerate(RULES)}
