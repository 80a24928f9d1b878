"""A small county for tests of trace, advice and comparison: scheme text, rows of data, and the engine's results."""

from __future__ import annotations

import random

import pyarrow as pa

from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.policy import load_yaml

SCHEME = """\
# 说明：测试用的办法
policy_kind: evaluation
policy_id: test-county
version: "2023"
authority: 某县人民政府
document: 某政发〔2023〕1号
source: 测试
verified: to-verify
completeness: full
name: 某县亩均效益综合评价
jurisdiction: "330604"
attributes:
  scale: {if_absent: null}
  carrier: {if_absent: false}
  high_tech: {label: 高新技术企业, type: flag, if_absent: false}
  little_giant: {label: 专精特新小巨人, type: flag, if_absent: false}
  listed_firm: {label: 上市企业, type: flag, if_absent: false}
  accident: {label: 较大以上安全事故, type: flag, if_absent: false}
  newly_above: {if_absent: false}
  last_grade: {if_absent: D}
  tenants_below: {if_absent: 0}
scope:
  include: land_mu >= 3
  exclude:
    platform: {label: 国有平台载体, when: carrier}
groups:
  above:
    label: 规上工业企业
    when: scale == "above"
    indicators:
      tax_per_mu:  # 首要指标
        label: 亩均税收
        value: tax_paid / land_mu
        unit: wan_yuan/mu
        weight: 45  # 权重
        score: {family: ratio, benchmark: {kind: fixed, value: 24.097}, cap: 1.5, floor: 0}
        missing: zero
      revenue_per_mu:
        label: 亩均营收
        value: revenue / land_mu
        unit: wan_yuan/mu
        weight: 25
        score: {family: ratio, benchmark: {kind: group, factor: 1.2, mean: of_sums}, cap: 1.5, floor: 0}
        missing: refuse
      tax_per_tce:
        label: 单位能耗税收
        value: tax_paid / energy_tce
        unit: wan_yuan/tce
        weight: 15
        score:
          family: min_max
          from_percent: 20
          to_percent: 100
          low: {kind: min}
          high: {kind: max}
          flat: 100
        missing: group_mean
      rd_intensity:
        label: 研发强度
        value: rd_expense / revenue
        unit: percent
        weight: 15
        score: {family: ratio, benchmark: {kind: last_year, value: 3.02, factor: 1}, cap: 1.2, floor: 0}
        missing: zero
    grades: &cut
      method: rank_share
      order: [A, B, C, D]
      cuts: {A: 20, B: 60, C: 95}
      counted_from: top
      rounding: floor
      ties: all_up
      counts_in_n: {ungraded: false, vetoed: true}
      small_group: {min: 5, below: ungraded}
  below:
    label: 规下工业企业
    when: scale == "below"
    indicators:
      tax_per_mu:
        label: 亩均税收
        value: tax_paid / land_mu
        unit: wan_yuan/mu
        weight: 100
        score: {family: ratio, benchmark: {kind: fixed, value: 11.5932}, cap: none, floor: none}
        missing: refuse
    grades: *cut
total: {full_marks: 100, decimals: 2, cap: none}
bonuses:
  total_cap: 5
  ladders:
    tech:
      label: 科技资质
      take: highest
      cap: none
      items:
        high: {label: 高新技术企业, when: high_tech, points: 2}
        giant: {label: 小巨人, when: little_giant, points: 4}
    market:
      label: 资本市场
      take: sum
      cap: none
      items:
        listed: {label: 上市企业, when: listed_firm, points: 3}
deductions:
  rent: {label: 厂房出租, when: tenants_below > 0, points: "-5 * max(0, tenants_below - 1)", cap: none, groups: [above]}
vetoes:
  accident: {label: 较大以上安全事故, when: accident, effect: {grade: D}}
protections:
  first_above: {label: 首次上规保护, when: newly_above, effect: {at_least: last_grade}, unless_vetoed: true}
ungraded: none
tenants: {treatment: separate}
joint: {allowed: false}
consequences:
  power:
    label: 差别化电价
    kind: electricity
    amounts: {C: "0.1 * electricity_kwh / 10000", D: "0.3 * electricity_kwh / 10000"}
"""
MEASURES = ("tax_paid", "land_mu", "revenue", "energy_tce", "rd_expense", "electricity_kwh")
FLAGS = ("carrier", "high_tech", "little_giant", "listed_firm", "accident", "newly_above")


def compiled(text=SCHEME):
    return compile_scheme(load_yaml(text, kind="evaluation", id="test-county"))


def data(n=60, seed=7):
    """n firms as an arrow table of the engine's input columns."""
    draw, rows = random.Random(seed), []
    for index in range(n):
        land = draw.randint(200, 9000) * 10_000
        tax = int(land * draw.lognormvariate(2.4, 0.8))
        revenue = int(tax * draw.uniform(8, 40))
        row = {"key": f"E{index:05d}", "scale": "above" if index % 4 else "below", "last_grade": draw.choice("ABCD"),
               "tenants_below": draw.choice([None, 0, 1, 3]), "tax_paid": tax, "land_mu": land, "revenue": revenue,
               "energy_tce": None if index % 17 == 3 else int(tax * draw.uniform(0.5, 6)),
               "rd_expense": None if index % 13 == 5 else int(revenue * draw.uniform(0, 0.06)),
               "electricity_kwh": int(tax * draw.uniform(500, 5000)) // 10**6 * 10**6}
        row |= {flag: draw.random() < 0.12 for flag in FLAGS}
        row["tenants_below"] = None if row["tenants_below"] is None else row["tenants_below"] * 10**6
        if index % 29 == 11:
            row["revenue"] = None
        rows.append(row)
    return table(rows)


def table(rows):
    kinds = {"key": pa.string(), "scale": pa.string(), "last_grade": pa.string(), **dict.fromkeys(FLAGS, pa.bool_())}
    names = [*dict.fromkeys(name for row in rows for name in row)]
    return pa.table({name: pa.array([row.get(name) for row in rows], kinds.get(name, pa.int64())) for name in names})
