"""What an evaluation scheme (评价办法) is: the body of a policy of kind `evaluation`, written once for every jurisdiction.

A field that may be None is one that no scheme may leave open silently: it is given, or its dotted path stands in the
header's `unknown` (then `checks.lacks` says what cannot be computed). The words "none" are said, never implied.
Expressions are texts of the scheme's own grammar (`parse`); they name measures (`policies/measures.yaml`), attributes
(`attributes`), and in bonuses, two-stage orders and consequences also indicators (their points) and `total`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from tenglong.domain.evaluation.grading import Grades
from tenglong.domain.evaluation.sourced import Based, Part

ID: Final = r"^[a-z][a-z0-9_]*$"
Id = Annotated[str, Field(pattern=ID)]
#: no limit, said aloud
NoLimit = Literal["none"]
Limit = Decimal | NoLimit
#: an expression; a bare true, false or number of YAML is its own text
Expression = Annotated[str, BeforeValidator(lambda given: expression_text(given))]
Positive = Annotated[Decimal, Field(gt=0)]


def expression_text(given: object) -> object:
    if isinstance(given, bool):
        return "true" if given else "false"
    return f"{given}" if isinstance(given, int | float | Decimal) else given


class AttributeSpec(Based):
    """What the rule must know of an enterprise besides measures; label and type may be left to `attributes.STANDARD`.
    `if_absent`: what having no record means; null = the enterprise gets no score and the attribute is named."""

    label: str = ""
    type: Literal["number", "text", "flag"] | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    if_absent: StrictBool | Decimal | str | None = None
    note: str = ""


class Benchmark(Based):
    """The value that earns the full weight (基准值), in the indicator's unit.

    fixed: `value` · by_industry: `table` of industry prefixes, longest wins, no entry = refused · last_year: mean of the same
    group a year before × `factor` (`value`, when published, is used as it stands) · group: this year's mean × `factor` ·
    percentile: nearest rank of `percentile` · max · min. Means are `of_sums` (Σ÷Σ) or `of_ratios` (mean of the firms' values);
    `per: industry` takes them inside each industry prefix of `digits` digits.
    """

    kind: Literal["fixed", "by_industry", "last_year", "group", "percentile", "max", "min"]
    value: Decimal | None = None
    factor: Positive | None = None
    mean: Literal["of_sums", "of_ratios"] | None = None
    percentile: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    per: Literal["group", "industry"] = "group"
    digits: Annotated[int, Field(ge=1, le=4)] = 2
    table: dict[str, Decimal] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _what_the_kind_needs(self) -> Benchmark:
        needs = {"fixed": ("value",), "last_year": ("factor",), "group": ("factor", "mean"), "percentile": ("percentile",)}
        for name in needs.get(self.kind, ()):
            if getattr(self, name) is None:
                raise ValueError(f"基准值 {self.kind} 须写明 {name}")
        if self.kind == "last_year" and self.value is None and self.mean is None:
            raise ValueError("基准值 last_year 须写明 mean（怎样算上年均值）或 value（已公布的基准值）")
        if self.kind == "by_industry" and not self.table:
            raise ValueError("基准值 by_industry 须给出 table")
        if self.value is not None and self.kind not in ("fixed", "last_year"):
            raise ValueError(f"基准值 {self.kind} 由数据算出，不能再写 value")
        return self

    @property
    def computed(self) -> bool:
        """Needs this year's rows of the group."""
        return self.kind in ("group", "percentile", "max", "min")


class Ratio(Part):
    """F1/F2: w · x ÷ base, at most cap · w, at least floor · w."""

    family: Literal["ratio"]
    benchmark: Benchmark | None = None
    cap: Limit | None = None
    floor: Limit | None = None


class MinMax(Part):
    """F3: w · [from + (to − from)(x − low) ÷ (high − low)] ÷ 100; x outside low…high counts as the nearer end.

    When low = high nobody can be told apart: everyone earns `flat` (a share of the weight in percent)."""

    family: Literal["min_max"]
    from_percent: Decimal
    to_percent: Decimal
    low: Benchmark | None = None
    high: Benchmark | None = None
    flat: Decimal | None = None


class Value(Part):
    """F4: the indicator itself is the score (single-indicator ranking); the weight is not used."""

    family: Literal["value"]


class Reverse(Part):
    """F6, less is better: (2 − x ÷ base) · w ÷ 2, zero from x = 2 · base on."""

    family: Literal["reverse"]
    benchmark: Benchmark | None = None


class MaxBase(Part):
    """F7: w · x ÷ the greatest x of the group; below 0 counts as 0."""

    family: Literal["max_base"]


Score = Annotated[Ratio | MinMax | Value | Reverse | MaxBase, Field(discriminator="family")]


class Points(Part):
    """A missing figure costs or earns fixed points."""

    points: Decimal


#: refuse = the enterprise gets no score and is listed with the figure that is missing
MissingRule = Literal["zero", "group_mean", "full", "exclude", "refuse"] | Points


class Indicator(Based):
    """One ratio of the scheme. `value` is an expression over measures, `unit` what it is printed in."""

    label: str
    value: Expression
    unit: str
    weight: Annotated[Decimal, Field(ge=0)] | None = None
    direction: Literal["up", "down"] = "up"
    score: Score | None = None
    missing: MissingRule | None = None


class Group(Based):
    """Enterprises ranked together. The first group whose `when` holds takes the enterprise. Without indicators the key
    `groups.<id>.indicators` stands in `unknown`."""

    label: str
    when: Expression
    indicators: dict[Id, Indicator] = Field(default_factory=dict)
    grades: Grades | None = None


class Scope(Based):
    """Who is evaluated: `include` must hold (or "all"); then each `exclude` leaves out by name."""

    include: Expression
    exclude: dict[Id, Excluded] = Field(default_factory=dict)


class Excluded(Based):
    label: str
    when: Expression
    needs_application: bool = False


class Ungraded(Based):
    """不定等级: scored or not, no grade of its own; `managed_as` names the grade whose treatment it gets."""

    label: str
    when: Expression
    scored: bool
    managed_as: str | NoLimit


class BonusItem(Based):
    label: str
    when: Expression
    points: Decimal | str


class Ladder(Based):
    """Items of one ladder do not add up twice: `take` the highest, or their sum up to `cap`."""

    label: str
    take: Literal["highest", "sum"]
    cap: Limit
    groups: tuple[str, ...] = ()
    items: dict[Id, BonusItem] = Field(min_length=1)


class Bonuses(Based):
    total_cap: Limit
    ladders: dict[Id, Ladder] = Field(default_factory=dict)


class Deduction(Based):
    """Points taken away: an expression ≤ 0; `cap` is the most that may be taken (a positive number) or none."""

    label: str
    when: Expression = "true"
    points: Expression
    cap: Limit
    groups: tuple[str, ...] = ()


class Effect(Part):
    """Exactly one of: the grade it becomes, the grades it may not be (then the next worse), steps down, or the best of
    the present and `at_least` (a grade, or `last_grade`)."""

    grade: str | None = None
    bars: tuple[str, ...] = ()
    down: Annotated[int, Field(ge=1, le=5)] | None = None
    at_least: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Effect:
        if sum(bool(part) for part in (self.grade, self.bars, self.down, self.at_least)) != 1:
            raise ValueError("effect 只能且必须写 grade、bars、down、at_least 之一")
        return self


class Veto(Based):
    """一票否决: counts only on an effective decision; `when` names the flag that such a decision raises."""

    label: str
    when: Expression
    effect: Effect
    groups: tuple[str, ...] = ()


class Protection(Based):
    """Lifts after ranking; with `unless_vetoed` a veto stands above it."""

    label: str
    when: Expression
    effect: Effect
    unless_vetoed: bool
    groups: tuple[str, ...] = ()


class Tenants(Based):
    """separate: (c)/(d) tenants stand in their own group or scope · follow_landlord: (a) a row where `when` holds takes the
    grade of `landlord` · merge: (b) rows with the same `unit` are one, except where `unless` holds."""

    treatment: Literal["separate", "follow_landlord", "merge"]
    when: Expression = ""
    unless: Expression = ""

    @model_validator(mode="after")
    def _condition(self) -> Tenants:
        if self.treatment == "follow_landlord" and not self.when:
            raise ValueError("tenants follow_landlord 须写明 when：哪些企业随出租方定档")
        return self


class Joint(Based):
    """集团合并评价 and 混合型 (evaluated jointly and alone): dated, sealed, for the whole year and all members.

    mixed none: the rows of one `unit` are one, with one result for all members. both: every member keeps its own result and
    the unit gets one beside it; `takes` says which grade is the member's (better, worse of the two), `counts` who stands in n
    and moves the cuts, the members on their own or the unit in their place. `vetoes`: a veto on any member meets the unit,
    or only one on its head.
    """

    allowed: bool
    mixed: Literal["none", "both"] = "none"
    takes: Literal["own", "joint", "better", "worse"] | None = None
    counts: Literal["own", "joint"] | None = None
    vetoes: Literal["any", "head"] | None = None

    @model_validator(mode="after")
    def _only_where_meant(self) -> Joint:
        if not self.allowed and (self.mixed != "none" or self.vetoes):
            raise ValueError("joint 没有允许（allowed: false）合并评价，不能再写 mixed: both 或 vetoes")
        if self.mixed == "none" and (self.takes or self.counts):
            raise ValueError("joint 的 takes、counts 只用于 mixed: both（单独和合并两个结果）")
        return self


class LegalBasis(Part):
    """What makes a consequence lawful; it stays inactive until every field is given (office practice 15)."""

    level: str = ""
    document: str = ""
    article: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    fair_review: str = ""
    fair_reviewed_on: date | None = None

    @property
    def complete(self) -> bool:
        named = (self.level, self.document, self.article, self.fair_review)
        return all(named) and self.valid_from is not None and self.fair_reviewed_on is not None


class Consequence(Based):
    """Differentiated treatment: `amounts` per grade is an expression in 万元 a year over measures (positive: the firm pays)."""

    label: str
    kind: Literal["electricity", "water", "sewage", "land_tax", "reward", "quota", "priority", "credit"]
    amounts: dict[str, Expression] = Field(default_factory=dict)
    note: str = ""
    legal: LegalBasis = LegalBasis()


class Total(Based):
    """Rounding of the total, never of its terms, and its ceiling."""

    full_marks: Positive
    decimals: Annotated[int, Field(ge=0, le=6)]
    rounding: Literal["half_up"] = "half_up"
    cap: Limit


class Scheme(Part):
    """`evaluation/<id>@<version>.yaml`."""

    name: str = Field(min_length=1)
    jurisdiction: str = Field(pattern=r"^\d{6}$|^$")
    note: str = ""
    attributes: dict[Id, AttributeSpec] = Field(default_factory=dict)
    scope: Scope | None = None
    groups: dict[Id, Group] = Field(min_length=1)
    total: Total | None = None
    bonuses: Bonuses | None = None
    deductions: dict[Id, Deduction] | NoLimit | None = None
    vetoes: dict[Id, Veto] | NoLimit | None = None
    protections: dict[Id, Protection] | NoLimit | None = None
    ungraded: dict[Id, Ungraded] | NoLimit | None = None
    tenants: Tenants | None = None
    joint: Joint | None = None
    consequences: dict[Id, Consequence] = Field(default_factory=dict)

    def held(self, name: Literal["deductions", "vetoes", "protections", "ungraded"]) -> dict[str, Any]:
        """The entries of a part that may also be "none" or unknown."""
        found = getattr(self, name)
        return found if isinstance(found, dict) else {}


Scope.model_rebuild()
