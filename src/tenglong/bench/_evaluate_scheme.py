"""A scheme as counties write them, for measuring.

Two groups, 6 + 2 indicators with caps, a bonus ladder, veto, protection, ranks.
"""

from __future__ import annotations

from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.compiled import Compiled
from tenglong.domain.policy.document import load_yaml

TEXT = """
policy_kind: evaluation
policy_id: bench
version: "2024"
valid_from: 2024-01-01
authority: 测速
document: 测速用，不是任何地方的办法
source: 测速
verified: to-verify
completeness: full
name: 测速办法
jurisdiction: ""
attributes:
  scale: {if_absent: below}
  public_service: {if_absent: false}
  under_construction: {if_absent: false}
  newly_founded: {if_absent: false}
  high_tech: {label: 高新技术企业, type: flag, if_absent: false}
  little_giant: {label: 专精特新小巨人, type: flag, if_absent: false}
  green_plant: {label: 绿色工厂, type: flag, if_absent: false}
  accident: {label: 较大以上安全事故, type: flag, if_absent: false}
  tenants_below: {if_absent: 0}
scope:
  include: scale == "above" or land_mu >= 3
  exclude:
    public_service: {label: 公益公用类, when: public_service, needs_application: false}
groups:
  above:
    label: 规上
    when: scale == "above"
    indicators:
      tax_per_mu:
        {label: 亩均税收, value: tax_paid / land_mu, unit: wan_yuan/mu, weight: 30, missing: refuse,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 24.097}}}
      value_added_per_mu:
        {label: 亩均增加值, value: value_added / land_mu, unit: wan_yuan/mu, weight: 20, missing: zero,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 136.16}}}
      value_added_per_tce:
        {label: 单位能耗增加值, value: value_added / energy_tce, unit: wan_yuan/tce, weight: 20, missing: zero,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 2.694}}}
      value_added_per_t:
        {label: 单位排放增加值, value: value_added / (cod_t + nh3n_t + so2_t + nox_t), unit: wan_yuan/t,
         weight: 10, missing: group_mean,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 4929.81}}}
      labour_productivity:
        {label: 全员劳动生产率, value: value_added / employees, unit: wan_yuan/person, weight: 10, missing: zero,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 18.14}}}
      rd_intensity:
        {label: 研发强度, value: rd_expense / revenue, unit: ratio, weight: 10, missing: zero,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 0.0302}}}
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
    label: 规下
    when: "true"
    indicators:
      tax_per_mu:
        {label: 亩均税收, value: tax_paid / land_mu, unit: wan_yuan/mu, weight: 50, missing: refuse,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 11.5932}}}
      tax_per_kwh:
        {label: 单位用电税收, value: tax_paid / electricity_kwh, unit: yuan/kwh, weight: 50, missing: zero,
         score: {family: ratio, cap: 1.5, floor: 0, benchmark: {kind: fixed, value: 0.2352}}}
    grades: *cut
total: {full_marks: 100, decimals: 4, cap: none}
bonuses:
  total_cap: 10
  ladders:
    innovation:
      label: 创新
      take: highest
      cap: 5
      items:
        high_tech: {label: 高新技术企业, when: high_tech, points: 3}
        little_giant: {label: 小巨人, when: little_giant, points: 5}
    green:
      label: 绿色
      take: sum
      cap: 2
      items:
        green_plant: {label: 绿色工厂, when: green_plant, points: 2}
deductions:
  renting: {label: 出租扣分, when: scale == "above" and tenants_below > 1, points: -5 * (tenants_below - 1), cap: none}
vetoes:
  accident: {label: 安全事故, when: accident, effect: {grade: D}}
protections:
  newly_founded: {label: 新设企业, when: newly_founded, effect: {at_least: C}, unless_vetoed: true}
ungraded:
  construction: {label: 在建, when: under_construction, scored: false, managed_as: B}
tenants: {treatment: separate}
joint: {allowed: false, mixed: none}
consequences: {}
"""


def scheme() -> Compiled:
    """Checked and compiled."""
    return compile_scheme(load_yaml(TEXT, kind="evaluation", id="bench"))
