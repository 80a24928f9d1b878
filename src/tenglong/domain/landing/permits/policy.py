"""`permits/<id>@<version>.yaml`: the steps of permitting, who waits for whom, and what may begin early.

A step has one of: a `wait` (min_wait: nothing shortens it), or up to three durations: `legal` (the longest the law gives),
`pledge` (what the county promises) and `usual` (what the owner's own work takes). Office-rule 16: only a wait blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from tenglong.domain.casework.definition import Id, Ids, Term
from tenglong.domain.evaluation.sourced import Based, Part
from tenglong.domain.landing.clocks import Clock

KIND: Final = "permits"
CM2: Final = 10_000  # in a square metre
#: who works at a step; the first three count towards the promise (审批、政府购买的中介、市政公用报装)
StepKind = Literal["approval", "agency", "utility", "owner", "wait", "event"]
COUNTED: Final = frozenset({"approval", "agency", "utility"})
Certificate = Literal["land_use_planning_permit", "title_certificate", "works_planning_permit", "construction_permit"]
CERTIFICATES: Final[dict[str, str]] = {
    "land_use_planning_permit": "建设用地规划许可证", "title_certificate": "不动产权证书",
    "works_planning_permit": "建设工程规划许可证", "construction_permit": "建筑工程施工许可证",
}
How = Literal["pre_review", "deficient"]
Use = Literal["parallel", "pre_review", "deficient"]
USES: Final[dict[str, str]] = {"parallel": "并联", "pre_review": "预审", "deficient": "容缺"}
Share = Annotated[Decimal, Field(gt=0, le=1)]


class Early(Based):
    """What may be reviewed before the legal predecessors are done. `after`: what that review waits for; `formal`: what is left
    once they are done. `may_lack`: materials that may come later, before the formal act (容缺)."""

    how: How
    after: Ids
    formal: Term
    may_lack: Ids = ()
    note: str = ""


class Step(Based):
    """`after`: predecessors by law, in every route; `serial_after`: by habit alone, dropped where a route is parallel.

    `never_early`: the clause that forbids an early start. `certificate`: one of the four; it carries a holder. `may_omit`: when
    the step may be left out. `gives`: materials that the step makes, called up by later ones. `materials_clause`: what asks for
    the materials; `may_lack`: those that may come after the step is taken in hand, before it is done (容缺受理).
    """

    label: str = Field(min_length=1)
    stage: Id
    department: Id
    kind: StepKind
    after: Ids = ()
    serial_after: Ids = ()
    wait: Clock | None = None
    legal: Clock | None = None
    pledge: Clock | None = None
    usual: Term | None = None
    early: Early | None = None
    never_early: str = ""
    certificate: Certificate | None = None
    may_omit: str = ""
    materials: Ids = ()
    materials_clause: str = ""
    may_lack: Ids = ()
    gives: Ids = ()
    note: str = ""

    @model_validator(mode="after")
    def _clocks(self) -> Step:
        for name, clock, kind in (("wait", self.wait, "min_wait"), ("legal", self.legal, "max_deadline"),
                                  ("pledge", self.pledge, "pledge")):
            if clock is not None and clock.kind != kind:
                raise ValueError(f"{name} 里的时限应是 {kind}，写的是 {clock.kind}")
        if self.legal and self.pledge and _longer(self.pledge, self.legal):
            raise ValueError(f"承诺 {self.pledge.term}长于法定 {self.legal.term}")
        return self

    @model_validator(mode="after")
    def _waits_are_only_waits(self) -> Step:
        if (self.wait is None) == (self.kind == "wait"):
            raise ValueError("kind: wait 的步骤写 wait，其他步骤不写")
        if self.wait and (self.legal or self.pledge or self.usual):
            raise ValueError("法定最短时限的步骤不写 legal、pledge、usual：时限就是它本身")
        if self.wait and (self.early or self.may_omit):
            raise ValueError("法定最短时限不能提前，也不能省略：不写 early、may_omit")
        if self.early and self.never_early:
            raise ValueError("写了 never_early（不得提前）的步骤不能写 early")
        return self

    @property
    def counted(self) -> bool:
        return self.kind in COUNTED

    @property
    def term(self) -> Term | None:
        """What a plan counts: the wait, else the pledge, else the owner's usual time, else the law's longest."""
        return self.wait or self.pledge or self.usual or self.legal


def _longer(one: Term, other: Term) -> bool:
    """Only terms of one kind of day are compared."""
    if one.working_days is not None and other.working_days is not None:
        return one.working_days > other.working_days
    return one.days is not None and other.days is not None and one.days > other.days


class Stage(Based):
    label: str = Field(min_length=1)


class Material(Based):
    """`valid`: how long a paper of this kind stands once given; without it as long as the project."""

    label: str = Field(min_length=1)
    valid: Term | None = None


class Route(Based):
    label: str = Field(min_length=1)
    uses: tuple[Use, ...] = ()
    note: str = ""


class Promise(Based):
    """At most so many counted working days on `route`: over the steps of `stages`, or between two steps."""

    label: str = Field(min_length=1)
    working_days: int = Field(ge=0)
    route: Id
    stages: Ids = ()
    start: Id | None = Field(default=None, alias="from")
    end: Id | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _one(self) -> Promise:
        if bool(self.stages) == bool(self.start and self.end):
            raise ValueError("承诺写 stages（哪些阶段），或写 from 和 to（从哪一步之后到哪一步）")
        return self


class Countdown(Based):
    """A county's own slogan such as 百日落地: calendar days between the ends of two steps; never a legal term."""

    label: str = Field(min_length=1)
    start: Id = Field(alias="from")
    end: Id = Field(alias="to")
    days: int = Field(gt=0)


class Applies(Based):
    """Which buildings may take this way. `functions`: id → label; `single_function`: one of them only."""

    floor_m2_at_most: int | None = Field(default=None, gt=0)
    functions: dict[Id, str] = Field(default_factory=dict)
    single_function: bool = False


class Chance(Part):
    """`times` the planned duration with this share of cases."""

    times: Decimal = Field(ge=0, le=20)
    share: Share


class Forecast(Based):
    """What is believed of a duration before anything was observed: `prior_weight` counts as so many observed cases."""

    prior_weight: Decimal = Field(gt=0)
    spread: tuple[Chance, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Forecast:
        if sum(one.share for one in self.spread) != 1:
            raise ValueError("spread 的 share 之和应为 1")
        return self


class Permits(Part):
    """`permits/<id>@<version>.yaml` without its header. `deal`: the step that makes the buyer (成交); `goals`: whose dates are
    forecast; `route`: the one a project begins with."""

    name: str = Field(min_length=1)
    calendar: str = "cn"
    applies: Applies = Applies()
    departments: dict[Id, str] = Field(min_length=1)
    stages: dict[Id, Stage] = Field(min_length=1)
    routes: dict[Id, Route] = Field(min_length=1)
    route: Id
    materials: dict[Id, Material] = Field(default_factory=dict)
    steps: dict[Id, Step] = Field(min_length=1)
    deal: Id | None = None
    goals: Ids = Field(min_length=1)
    promises: dict[Id, Promise] = Field(default_factory=dict)
    countdown: Countdown | None = None
    forecast: Forecast

    @property
    def fastest(self) -> str:
        """The route that uses most."""
        return max(self.routes, key=lambda name: len(self.routes[name].uses))

    def uses(self, route: str) -> tuple[Use, ...]:
        """Raises LookupError with a sentence."""
        if route not in self.routes:
            raise LookupError(f"没有“{route}”这种办法，可用：{'、'.join(self.routes)}")
        return self.routes[route].uses

    def misfits(self, floor_cm2: int | None, functions: Sequence[str]) -> list[str]:
        """Why a building may not take this way (floor area in cm², ids of its functions); a figure not given is told too."""
        rule, found = self.applies, []
        if rule.floor_m2_at_most is not None and floor_cm2 is None:
            found.append("没有填总建筑面积")
        elif rule.floor_m2_at_most is not None and (floor_cm2 or 0) > rule.floor_m2_at_most * CM2:
            found.append(f"总建筑面积 {Decimal(floor_cm2 or 0) / CM2:,f} 平方米，超过 {rule.floor_m2_at_most:,} 平方米")
        if rule.functions and (strange := [one for one in functions if one not in rule.functions]):
            found.append(f"功能不在适用范围：{'、'.join(strange)}")
        if rule.single_function and len(set(functions)) != 1:
            found.append("须功能单一" if functions else "没有填建筑功能")
        return found

    def giver(self, material: str) -> str:
        """The step that makes the material, empty when the owner brings it."""
        return next((name for name, step in self.steps.items() if material in step.gives), "")

    def waits(self) -> list[str]:
        return [name for name, step in self.steps.items() if step.wait is not None]
