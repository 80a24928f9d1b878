"""Trying other weights, benchmarks, caps, cut-offs and data: a set of changes as checked JSON, and the draft scheme it makes.

The draft keeps the comments and the layout of the scheme it starts from; every changed value is checked by the schema and by
`compile_scheme` before a single row is worked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.compiled import Compiled
from tenglong.domain.evaluation.draft import Edit, draft_text
from tenglong.domain.evaluation.figures import plain
from tenglong.domain.evaluation.scheme import Indicator, MinMax, Ratio, Reverse
from tenglong.domain.policy.document import Document, Parent, PolicyError, load_yaml

Weight = Annotated[Decimal, Field(ge=0)]
Positive = Annotated[Decimal, Field(gt=0)]
Limit = Decimal | Literal["none"]
#: a rescaled weight has so many decimals
WEIGHT_PLACES: Final = 4


class Override(BaseModel):
    """One figure of one enterprise, in the measure's own unit; null = missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str
    measure: str
    value: Decimal | None


class Changes(BaseModel):
    """group → indicator → new value; `cuts`: group → grade → border. `rescale`: make the weights sum again in proportion."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    weights: dict[str, dict[str, Weight]] = Field(default_factory=dict)
    benchmarks: dict[str, dict[str, Decimal]] = Field(default_factory=dict)
    factors: dict[str, dict[str, Positive]] = Field(default_factory=dict)
    caps: dict[str, dict[str, Limit]] = Field(default_factory=dict)
    floors: dict[str, dict[str, Limit]] = Field(default_factory=dict)
    cuts: dict[str, dict[str, Decimal]] = Field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    rescale: bool = False
    note: str = ""


@dataclass(frozen=True)
class Refusal:
    """A change that cannot be made: where in the change set, and why."""

    path: str
    reason: str


class WhatIfError(ValueError):
    """`problems` lists every refused change; `offer`: group → indicator → weight, the proportional weights that would sum."""

    def __init__(self, problems: list[Refusal], offer: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.problems, self.offer = tuple(problems), dict(offer or {})
        super().__init__("；".join(f"{one.path}：{one.reason}" if one.path else one.reason for one in problems))

    def as_json(self) -> dict[str, Any]:
        return {"problems": [vars(one) for one in self.problems], "offer": self.offer}


def read_changes(changes: Mapping[str, Any] | Changes) -> Changes:
    """Checked change set. Raises WhatIfError naming each place."""
    if isinstance(changes, Changes):
        return changes
    try:
        return Changes.model_validate(changes)
    except ValidationError as error:
        raise WhatIfError([Refusal(".".join(map(str, item["loc"])), _reason(item)) for item in error.errors()]) from error


def _reason(item: Any) -> str:
    known = {"extra_forbidden": "没有这一种改动", "greater_than": "应大于 0", "greater_than_equal": "不能小于 0",
             "missing": "没有填写"}
    return known.get(item["type"], "应是数" if "decimal" in item["type"] else "写法有误")


def apply_changes(
    document_text: str, changes: Mapping[str, Any] | Changes, *, id: str = "",  # noqa: A002
    draft: int = 1, parent: Parent | None = None,
) -> str:
    """The draft `<version>-draft-<draft>` that `changes` make of a scheme's text; overrides of data do not touch the text.

    id: the scheme's id when its text does not say (`policy_id`). Raises WhatIfError for changes that cannot be made (weights
    that do not sum come with an offer), PolicyError when the text itself is no valid scheme.
    """
    wanted, name = read_changes(changes), id or _id_of(document_text)
    document = load_yaml(document_text, kind="evaluation", id=name, parent=parent)
    edits = _all_edits(compile_scheme(document), wanted)
    text = draft_text(document, edits, version=draft_version(document.version, draft), note=wanted.note)
    _check(text, name, parent)
    return text


def _all_edits(compiled: Compiled, wanted: Changes) -> list[Edit]:
    problems, edits = list[Refusal](), list[Edit]()
    for found in _edits(compiled, wanted):
        (edits if isinstance(found, Edit) else problems).append(found)  # type: ignore[arg-type]
    if problems:
        raise WhatIfError(problems)
    return edits + _weights(compiled, wanted)


def changed(compiled: Compiled, changes: Mapping[str, Any] | Changes, *, draft: int = 1) -> Compiled:
    """The rule that the draft of `apply_changes` compiles to, without writing and reading its text: for trying.

    Its `text` is not YAML to be kept: it only makes the pin differ. Raises WhatIfError.
    """
    wanted = read_changes(changes)
    edits, document = _all_edits(compiled, wanted), compiled.document
    data = document.data
    for edit in edits:
        data = _with(data, edit.path, edit.value)
    given = {".".join(edit.path) for edit in edits}
    unknown = tuple(key for key in document.header.unknown if key not in given)
    header = document.header.model_copy(update={
        "version": draft_version(document.version, draft), "unknown": unknown,
        "completeness": document.header.completeness if unknown else "full"})
    told = "".join(f"\n# {'.'.join(edit.path)}: {edit.text}" for edit in edits)
    made = replace(document, data=data, header=header, text=f"{document.text}{told}")
    try:
        return compile_scheme(made)
    except PolicyError as error:
        raise WhatIfError([Refusal(problem.key, problem.reason) for problem in error.problems]) from error
    except ValidationError as error:
        raise WhatIfError([Refusal(".".join(map(str, item["loc"])), str(item["msg"]).removeprefix("Value error, "))
                           for item in error.errors()]) from error


def _with(data: Any, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy with another value at the path; what lies beside it is shared."""
    held = dict(data) if isinstance(data, Mapping) else {}
    held[path[0]] = value if len(path) == 1 else _with(held.get(path[0]), path[1:], value)
    return held


def _id_of(text: str) -> str:
    found = re.search(r"^policy_id:\s*['\"]?([\w-]+)", text, re.MULTILINE)
    if found is None:
        raise WhatIfError([Refusal("", "办法文本没有写 policy_id")])
    return found.group(1)


def draft_version(version: str, number: int) -> str:
    """2023 → 2023-draft-1; a draft of a draft counts on from the same version."""
    return f"{re.sub(r'-draft-[0-9]+$', '', version)}-draft-{number}"


def _check(text: str, name: str, parent: Parent | None) -> Document:
    try:
        document = load_yaml(text, kind="evaluation", id=name, parent=parent)
        compile_scheme(document)
    except PolicyError as error:
        raise WhatIfError([Refusal(problem.key, problem.reason) for problem in error.problems]) from error
    return document


# ---- from changes to places in the text


def _edits(compiled: Compiled, wanted: Changes) -> Iterator[Edit | Refusal]:
    for kind in ("weights", "benchmarks", "factors", "caps", "floors"):
        for group, entries in getattr(wanted, kind).items():
            for name, value in entries.items():
                rule = _rule(compiled, group, name)
                if rule is None:
                    yield Refusal(f"{kind}.{group}.{name}", "办法里没有这个评价组或指标")
                elif kind != "weights":
                    yield _of_rule(kind, group, name, rule, value)
    for group, entries in wanted.cuts.items():
        yield from (_cut(compiled, group, grade, value) for grade, value in entries.items())


def _rule(compiled: Compiled, group: str, name: str) -> Indicator | None:
    found = compiled.scheme.groups.get(group)
    return found.indicators.get(name) if found else None


def _of_rule(kind: str, group: str, name: str, rule: Indicator, value: Decimal | str) -> Edit | Refusal:
    place, score = f"{kind}.{group}.{name}", rule.score
    path = ("groups", group, "indicators", name, "score")
    if kind in ("caps", "floors"):
        if not isinstance(score, Ratio):
            return Refusal(place, f"“{rule.label}”的评分方法没有封顶、保底")
        return Edit((*path, kind[:-1]), value)
    if not isinstance(score, Ratio | Reverse) or score.benchmark is None:
        why = "按最小值、最大值评分，没有单一的基准值" if isinstance(score, MinMax) else "没有可改的基准值"
        return Refusal(place, f"“{rule.label}”{why}")
    benchmark = score.benchmark
    if kind == "benchmarks":
        if benchmark.kind not in ("fixed", "last_year"):
            return Refusal(place, f"“{rule.label}”的基准值由数据或行业表确定（{benchmark.kind}），不能直接改成一个数")
        return Edit((*path, "benchmark", "value"), value)
    if benchmark.factor is None or (benchmark.kind == "last_year" and benchmark.value is not None):
        return Refusal(place, f"“{rule.label}”的基准值不用系数计算")
    return Edit((*path, "benchmark", "factor"), value)


def _cut(compiled: Compiled, group: str, grade: str, value: Decimal) -> Edit | Refusal:
    place, found = f"cuts.{group}.{grade}", compiled.scheme.groups.get(group)
    cuts = getattr(found.grades, "cuts", None) if found else None
    if cuts is None:
        return Refusal(place, "这个评价组没有逐级的分界（两段排序的办法或尚不掌握）")
    if grade not in cuts:
        return Refusal(place, f"没有这一级，可改：{'、'.join(cuts)}")
    return Edit(("groups", group, "grades", "cuts", grade), value)


# ---- weights


def _weights(compiled: Compiled, wanted: Changes) -> list[Edit]:
    """Edits of weights; raises WhatIfError with an offer when a group's no longer sum and rescaling was not asked for."""
    problems, offer, edits = list[Refusal](), dict[str, dict[str, str]](), list[Edit]()
    for group, entries in wanted.weights.items():
        rules = compiled.scheme.groups[group].indicators
        before = {name: rule.weight for name, rule in rules.items() if rule.weight is not None}
        after, full = {**before, **entries}, _full(compiled, before)
        if sum(after.values(), Decimal(0)) != full:
            scaled = rescaled(after, full)
            offer[group] = {name: plain(weight) for name, weight in scaled.items()}
            sums = f"{' ＋ '.join(map(plain, after.values()))} ＝ {plain(sum(after.values(), Decimal(0)))}"
            mend = "可改其他权重，或同意按比例折算（rescale）"
            problems.append(Refusal(f"weights.{group}", f"权重之和 {sums}，应为 {plain(full)}；{mend}"))
            after = scaled
        edits += [Edit(("groups", group, "indicators", name, "weight"), weight)
                  for name, weight in after.items() if before.get(name) != weight]
    if problems and not wanted.rescale:
        raise WhatIfError(problems, offer)
    return edits


def _full(compiled: Compiled, before: Mapping[str, Decimal]) -> Decimal:
    total = compiled.scheme.total
    return total.full_marks if total is not None else sum(before.values(), Decimal(0))


def rescaled(weights: Mapping[str, Decimal], full: Decimal) -> dict[str, Decimal]:
    """Weights in the same proportion that sum to `full` exactly, at most 4 decimals each (largest remainders rounded up).

    Raises WhatIfError when all are zero."""
    whole = sum(weights.values(), Decimal(0))
    if whole == 0:
        raise WhatIfError([Refusal("weights", "权重全是 0，不能按比例折算")])
    unit = 10**WEIGHT_PLACES
    exact = {name: Fraction(weight) * Fraction(full) * unit / Fraction(whole) for name, weight in weights.items()}
    parts = {name: value.__floor__() for name, value in exact.items()}
    left = int(full * unit) - sum(parts.values())
    for name in sorted(exact, key=lambda one: (parts[one] - exact[one], one))[:left]:
        parts[name] += 1
    return {name: Decimal(part) / unit for name, part in parts.items()}


# ---- data


def override_rows(compiled: Compiled, rows: Any, overrides: tuple[Override, ...]) -> Any:
    """The pyarrow rows with single figures replaced. Raises WhatIfError for unknown keys or measures, or negative land."""
    import pyarrow as pa

    place = {key: index for index, key in enumerate(rows.column("key").to_pylist())}
    problems = [Refusal(f"overrides.{one.key}.{one.measure}", reason)
                for one in overrides if (reason := _wrong(compiled, place, one))]
    if problems:
        raise WhatIfError(problems)
    for name in dict.fromkeys(one.measure for one in overrides):
        here = name in rows.column_names
        column = rows.column(name).to_pylist() if here else [None] * rows.num_rows
        for one in overrides:
            if one.measure == name:
                column[place[one.key]] = None if one.value is None else int(one.value * 10**6)
        field = pa.array(column, pa.int64())
        rows = rows.set_column(rows.column_names.index(name), name, field) if here else rows.append_column(name, field)
    return rows


def _wrong(compiled: Compiled, place: Mapping[str, int], one: Override) -> str:
    if one.key not in place:
        return "冻结的数据里没有这家企业"
    if one.measure not in compiled.measures:
        return "这份办法不用这项数据"
    if one.value is not None and one.value != round(one.value, 6):
        return "最多六位小数"
    return "用地面积不能是负数" if one.measure == "land_mu" and one.value is not None and one.value < 0 else ""
