"""Criteria say what they mean: three values, combinations, means, completeness, and texts that are refused."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.policy import PolicyError, load_yaml
from tenglong.domain.renewal.criteria.catalogue import compare, load, presets
from tenglong.domain.renewal.criteria.checks import Criteria, compile_criteria
from tenglong.domain.renewal.criteria.find import find, holds
from tenglong.domain.renewal.criteria.policy import Combination
from tenglong.domain.renewal.criteria.rows import Finding, Plot, Record, Sheet
from tenglong.domain.renewal.criteria.table import read_sheet
from tenglong.domain.renewal.criteria.waivers import Waiver, waived
from tenglong.domain.renewal.criteria.wording import number_text
from tenglong.domain.survey.table import Table

SMALL = """
name: 试
jurisdiction: ""
scope: {include: all}
parameters: {line: {label: 线, value: 5, unit: wan_yuan/mu}}
figures: {tax_per_mu: {label: 亩均税收, value: tax_paid / land_mu, unit: wan_yuan/mu}}
criteria:
  low_tax: {label: 税低, when: tax_per_mu < line}
classes: {low: {label: 低效, priority: 1, when: {any: [low_tax]}}}
"""


def small(text: str = SMALL) -> Criteria:
    return compile_criteria(load_yaml(text, kind="low_efficiency", id="small"))


def refused(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        load_yaml(text, kind="low_efficiency", id="small", file="small.yaml")
    return str(caught.value)


def one(criteria: Criteria, plot: dict[str, object], owner: dict[str, object]) -> Finding:
    def exact(values: dict[str, object]) -> dict[str, object]:
        return {key: Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
                for key, value in values.items()}

    sheet = Sheet((Plot("P", exact(plot), owner="O"),), {"O": Record("O", exact(owner))})  # type: ignore[arg-type]
    return find(criteria, sheet).findings[0]


def test_every_packaged_text_compiles_and_says_its_source() -> None:
    found = {ref.stem: load(ref.stem) for ref in presets()}
    assert {"zj-huzhou@2021", "zj-jiaxing@2021", "zj-dongyang@1", "fj-fuzhou-center@2022", "zj-shangyu@1"} <= set(found)
    assert all(criteria.document.header.source for criteria in found.values())
    assert found["zj-shangyu@1"].document.header.verified == "to-verify"
    assert all(one.verified == "to-verify" for one in found["zj-shangyu@1"].policy.parameters.values())
    assert found["zj-huzhou@2021"].document.header.verified == "verified"


@pytest.mark.parametrize(("change", "told"), [
    (("tax_per_mu < line", "tax_per_mu < 5 * land_mu"), "量纲不同"),
    (("tax_per_mu < line", "tax_paid < line"), "量纲不同"),
    (("tax_per_mu < line", "tax_per_mu"), "这里要写条件"),
    (("tax_per_mu < line", 'scale == "big"'), "没有取值“big”"),
    (("tax_per_mu < line", "nothing < line"), "不认识“nothing”"),
    (("any: [low_tax]", "any: [other]"), "没有条件“other”"),
    (("any: [low_tax]", "at_least: 2, of: [low_tax]"), "of 里只有 1 项"),
    (("value: 5, ", ""), "没有写明 value"),
    (("scope: {include: all}", ""), "没有写明 scope"),
    (("scope: {include: all}", "scope: {include: all}\ncompleteness: partial\nunknown: [criteria.low_tax]"), "已经给出"),
    (("figures: {tax_per_mu", "figures: {line"), "已是“线”"),
    (("name: 试", "name: 试\ninputs: {scale: {label: 别的}}"), "只能写 if_absent"),
    (("name: 试", "name: 试\ninputs: {plot_mu: {if_absent: 是}}"), "类型不符"),
])
def test_a_text_that_means_nothing_is_refused_with_its_line(change: tuple[str, str], told: str) -> None:
    message = refused(SMALL.replace(*change))
    assert told in message
    assert "small.yaml 第" in message


def test_a_county_changes_one_number_and_keeps_the_rest() -> None:
    text = "extends: zj-shangyu\nparameters: {above_line: {value: 8}}"
    own = compile_criteria(load_yaml(text, kind="low_efficiency", id="own"))
    assert own.constants["above_line"] == 8
    assert own.constants["below_line"] == 1
    assert one(own, {}, {"scale": "above", "tax_paid": 70, "land_mu": 10}).hits == ("above_low_tax",)


def test_an_unknown_threshold_leaves_the_plot_open_and_says_so() -> None:
    text = SMALL.replace("value: 5, ", "") + "\ncompleteness: partial\nunknown: [parameters.line.value]\n"
    found = one(small(text), {}, {"tax_paid": 1, "land_mu": 10})
    assert (found.verdict, found.reason) == ("unclear", "办法没有载明“线”；因此不能判断：税低")


def combinations() -> st.SearchStrategy[Combination]:
    leaf = st.sampled_from(["a", "b", "c", "d"])
    def wider(parts: st.SearchStrategy[object]) -> st.SearchStrategy[Combination]:
        some = st.lists(parts, min_size=1, max_size=3)
        return st.one_of(
            some.map(lambda of: Combination(any=of)), some.map(lambda of: Combination(all=of)),
            st.tuples(some, st.integers(1, 3)).map(lambda pair: Combination(at_least=min(pair[1], len(pair[0])), of=pair[0])))
    return wider(st.one_of(leaf, wider(leaf)))


@given(combinations(), st.tuples(*[st.sampled_from(["hit", "miss", "unclear", "not_applicable"])] * 4))
def test_a_combination_is_open_only_while_what_is_missing_could_decide_it(
    combination: Combination, states: tuple[str, ...]
) -> None:
    """Against every completion of the unclear ones, when no criterion stands in it twice."""
    names = list(combination.ids())
    outcomes = dict(zip("abcd", states, strict=True))
    found = holds(combination, outcomes)  # type: ignore[arg-type]
    open_ = [name for name in dict.fromkeys(names) if outcomes[name] == "unclear"]
    ends = set()
    for filled in product(["hit", "miss"], repeat=len(open_)):
        ends.add(holds(combination, {**outcomes, **dict(zip(open_, filled, strict=True))}))  # type: ignore[arg-type]
    assert found in (ends if len(ends) == 1 else {None}) or (found is None and len(set(names)) < len(names))


GOOD = {"plot_tax": 100, "plot_mu": 10, "floor_ratio": 1, "built_share": 80, "d_years": 0, "stopped_months": 0,
        "leased_out_share": 0, "in_control_line": True, "idle": "none"}


def test_a_sign_alone_is_no_finding_two_are_and_what_stands_alone_does() -> None:
    shangyu, firm = load("zj-shangyu"), {"scale": "above", "tax_paid": 100, "land_mu": 10, "industry": "3311"}
    assert one(shangyu, GOOD, firm).verdict == "not_low"  # the mean of one firm is open, and could not make two signs
    weak = {**GOOD, "plot_tax": 10}
    assert one(shangyu, weak, firm).verdict == "not_low"
    signs = one(shangyu, {**weak, "leased_out_share": 60}, firm)
    assert (signs.class_id, signs.hits) == ("low", ("low_plot_tax", "leased_out"))
    assert one(shangyu, GOOD, {**firm, "tax_paid": 49}).class_id == "low"
    assert one(shangyu, {**GOOD, "d_years": 2}, firm).class_id == "low"


def test_the_priority_class_counts_at_least_two_and_the_line_comes_second() -> None:
    shangyu, firm = load("zj-shangyu"), {"scale": "above", "tax_paid": 100, "land_mu": 10, "industry": "3311"}
    assert one(shangyu, {**GOOD, "floor_ratio": 0.59}, firm).verdict == "unclear"  # with the mean it could be two signs
    both = one(shangyu, {**GOOD, "floor_ratio": 0.59, "d_years": 2}, firm)
    assert (both.class_id, both.priority) == ("first", 1)
    assert one(shangyu, {**GOOD, "d_years": 2, "in_control_line": False}, firm).class_id == "out_of_line"
    assert one(shangyu, {**GOOD, "stopped_months": 12.1}, firm).class_id == "first"
    assert one(shangyu, {**GOOD, "disputed": True}, firm).verdict == "outside"


def test_missing_line_of_control_says_that_a_higher_class_stays_open() -> None:
    plot = {name: value for name, value in GOOD.items() if name != "in_control_line"}
    found = one(load("zj-shangyu"), plot, {"scale": "above", "tax_paid": 40, "land_mu": 10})
    assert (found.class_id, found.open_class) == ("low", "控制线外腾退")
    assert "in_control_line" in {gap.id for gap in found.missing}


def test_two_years_are_compared_plot_by_plot() -> None:
    criteria = small()

    def year(**taxes: int) -> Sheet:
        return Sheet(tuple(Plot(key, owner=key) for key in taxes),
                     {key: Record(key, {"tax_paid": Fraction(tax), "land_mu": Fraction(10)}) for key, tax in taxes.items()})

    changes = compare(find(criteria, year(a=10, b=90, c=10, d=90)), find(criteria, year(a=10, b=10, c=90, e=10)))
    assert [(change.key, change.kind) for change in changes] == [
        ("a", "same"), ("b", "new"), ("c", "cleared"), ("d", "gone"), ("e", "new")]


def test_a_published_mean_is_taken_by_the_longest_prefix() -> None:
    mean = "means: {base: {label: 均值, unit: wan_yuan/mu, per: industry, published: {'33': 10, '3311': 4}}}"
    text = SMALL.replace("figures:", f"{mean}\nfigures:")
    criteria = small(text.replace("tax_per_mu < line", "tax_per_mu < line and tax_per_mu < base"))
    assert one(criteria, {}, {"tax_paid": 45, "land_mu": 10, "industry": "3311"}).verdict == "not_low"
    assert one(criteria, {}, {"tax_paid": 45, "land_mu": 10, "industry": "3320"}).verdict == "low"
    assert "行业 40 没有已公布的“均值”" in one(criteria, {}, {"tax_paid": 45, "land_mu": 10, "industry": "40"}).reason


def test_headings_that_cannot_be_used_are_told_and_nothing_is_guessed() -> None:
    rows: list[tuple[str, ...]] = [("P", "O", "450000", "10"), ("P", "O", "1", "1"), ("", "O", "", "1")]
    table = Table("t", "t.csv", "csv", ("地块", "权利人", "税收（元）", "用地面积（吨）"), rows, [2, 3, 4])
    read = read_sheet(small(), table)
    assert [issue.rule for issue in read.issues] == ["unit-mismatch", "missing-column", "duplicate-key", "key-missing"]
    assert read.sheet.owners["O"].values == {"tax_paid": Fraction(45)}
    assert find(small(), read.sheet).findings[0].missing[0].id == "land_mu"


@pytest.mark.parametrize(("value", "text"), [
    (Fraction(599, 100), "5.99"), (Fraction(100, 3), "约 33.3333"), (Fraction(29999999, 3 * 10**6), "约 9.9999997"),
    (Fraction(-1, 2), "-0.5"), (Fraction(1, 10**6), "0.000001"),
])
def test_a_figure_never_looks_like_the_line_it_misses(value: Fraction, text: str) -> None:
    assert number_text(value) == text


def test_every_finding_has_one_verdict_and_its_json_is_plain() -> None:
    found = one(small(), {}, {"tax_paid": 49, "land_mu": 10})
    told = found.as_json()
    assert (told["verdict"], told["word"], told["hits"]) == ("low", "低效", ["low_tax"])
    evidence = {"id": "tax_paid", "label": "税收", "value": "49", "text": "49 万元", "source": ""}
    assert told["criteria"][0]["evidence"][1] == evidence


def test_a_waiver_takes_one_criterion_out_by_its_document_and_says_so() -> None:
    shangyu = load("zj-shangyu")
    plot = {**GOOD, "floor_ratio": 0.5, "d_years": 2, "plot_tax": 10}
    exact = {key: Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
             for key, value in plot.items()}
    owner = {"scale": "above", "tax_paid": Fraction(100), "land_mu": Fraction(10), "industry": "3311"}
    run = find(shangyu, Sheet((Plot("P", exact, owner="O"), Plot("Q", exact, owner="O")), {"O": Record("O", owner)}))
    one_waiver = Waiver("P", "years_in_d", "区政府会议纪要〔2025〕3号", "在建项目", date(2025, 1, 1), date(2026, 1, 1))
    found = waived(shangyu, run, [one_waiver], date(2025, 6, 1))
    classes = [(one.class_id, one.hits) for one in found.findings]
    assert classes == [("low", ("low_plot_tax", "low_ratio")), ("first", ("low_plot_tax", "years_in_d", "low_ratio"))]
    assert "已豁免（区政府会议纪要〔2025〕3号：在建项目）；原判断：连续评为最差档" in found.findings[0].reason
    assert waived(shangyu, run, [one_waiver], date(2026, 1, 1)) == run
    with pytest.raises(ValueError, match="依据文件"):
        Waiver("P", "years_in_d", " ", "在建", date(2025, 1, 1))
    with pytest.raises(LookupError, match="没有条件“x”"):
        waived(shangyu, run, [Waiver("P", "x", "文", "由", date(2025, 1, 1))], date(2025, 6, 1))


LINES = ("0.5", "2.99", "3", "5.99", "6", "9.99", "10", "10.01", "60", "100")
NUMBERS = st.sampled_from([Fraction(number) for number in LINES])
CELLS = {
    "scale": st.sampled_from(["above", "below"]), "tax_paid": NUMBERS, "tax_paid_y1": NUMBERS, "tax_paid_y2": NUMBERS,
    "land_mu": NUMBERS, "utility": st.booleans(),
}


@pytest.mark.parametrize("place", ["zj-huzhou", "zj-jiaxing"])
@given(st.data())
def test_a_verdict_given_in_spite_of_gaps_holds_however_they_are_filled(place: str, data: st.DataObject) -> None:
    criteria = load(place)
    whole = {name: data.draw(cells, label=name) for name, cells in CELLS.items()}
    absent = set(data.draw(st.sets(st.sampled_from(sorted(set(CELLS) - {"utility"})))))
    part = {name: value for name, value in whole.items() if name not in absent}
    before, after = (
        find(criteria, Sheet((Plot("P", owner="O"),), {"O": Record("O", values)})).findings[0] for values in (part, whole))
    assert after.verdict != "unclear"
    if before.verdict == "unclear":
        assert {gap.id for gap in before.missing} <= absent
    else:
        assert (before.verdict, before.class_id) == (after.verdict, after.class_id)
        assert set(before.hits) <= set(after.hits)
