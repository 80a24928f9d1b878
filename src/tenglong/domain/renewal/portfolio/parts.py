"""The typed parts a plan is asked with. Money is integer 分, land integer cm², floor area m²; every part can say
itself in Chinese."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.words import fen_text, mu_text, scope_text, year_text

DEFAULT_MAX_MEMBERS: Final = 4
DEFAULT_CLUSTER_LIMIT: Final = 400_000


class Aim(StrEnum):
    """What the plan is best at. `LEAST_SHORTFALL` has a plan whenever budgets, capacities and locks alone have one."""

    LEAST_SHORTFALL = "least_shortfall"
    MOST_UPLIFT = "most_uplift"
    CHEAPEST = "cheapest"


class Measure(StrEnum):
    """What a target or a capacity counts: land and released land in cm², uplift in 分 a year, relocation in m², the
    rest in heads."""

    LAND = "land"
    RELEASED = "released"
    UPLIFT = "uplift"
    PLOTS = "plots"
    JOBS_GAINED = "jobs_gained"
    JOBS_LOST = "jobs_lost"
    RELOCATION = "relocation"


class Where(StrEnum):
    """The field of a candidate that a scope looks at."""

    ALL = "all"
    TOWN = "town"
    ZONE = "zone"
    CHAIN = "chain"


class Counted(StrEnum):
    """A year counts what starts in it, or what is finished in it (start year plus whole years of `months`)."""

    START = "start"
    DONE = "done"


@dataclass(frozen=True)
class Lock:
    """`inside` True: the plot must be in the plan (by `route`, from `year`, where told); False: it must not."""

    inside: bool
    route: str | None = None
    year: int | None = None
    reason: str = ""

    def words(self, key: str) -> str:
        if not self.inside:
            return f"锁定不选：{key}" + (f"（{self.reason}）" if self.reason else "")
        how = "，".join(
            part for part in (f"途径“{self.route}”" if self.route else "", f"{self.year} 年" if self.year else "") if part
        )
        return f"锁定必选：{key}" + (f"，{how}" if how else "") + (f"（{self.reason}）" if self.reason else "")


@dataclass(frozen=True)
class Candidate:
    """A plot that may be renewed. `holders` counts the right holders with whom an assembled site must be agreed."""

    key: str
    land_cm2: int
    town: str = ""
    zone: str = ""
    chain: str = ""
    x: float | None = None
    y: float | None = None
    holders: int = 1
    lock: Lock | None = None


@dataclass(frozen=True)
class Option:
    """One way to renew one candidate. `cost` falls in the start year; `uplift` is 分 a year once finished.

    `years`: start years allowed, empty for every year of the problem. `chance_bp`: chance of agreement of the `group`
    of holders
    in ten-thousandths, None when unknown (counts as certain).
    """

    candidate: str
    route: str
    cost: int
    uplift: int = 0
    years: tuple[int, ...] = ()
    released_cm2: int = 0
    relocation_m2: int = 0
    jobs_gained: int = 0
    jobs_lost: int = 0
    months: int = 0
    group: str = ""
    chance_bp: int | None = None


@dataclass(frozen=True)
class Objective:
    """`until`: uplift flows from the year after completion through this year; None counts one year of it for every option.
    `expected`: uplift is weighted by the group's chance of agreement."""

    aim: Aim = Aim.LEAST_SHORTFALL
    until: int | None = None
    expected: bool = False

    def words(self) -> str:
        text = {
            Aim.LEAST_SHORTFALL: "目标缺口最小，其次净增收最多",
            Aim.MOST_UPLIFT: "预算内净增收最多",
            Aim.CHEAPEST: "达到目标花费最少",
        }[self.aim]
        flow = f"，增收计到 {self.until} 年" if self.until is not None else ""
        return f"目的：{text}{flow}" + ("，增收按签约可能性折算" if self.expected else "")


@dataclass(frozen=True)
class Budget:
    """Money that may be spent on what starts in `year` (None: in all years together)."""

    amount: int
    year: int | None = None

    def words(self) -> str:
        return f"预算：{year_text(self.year)}不超过 {fen_text(self.amount)}"


@dataclass(frozen=True)
class Target:
    """At least `amount` of `measure` within the scope. `weight` matters to the least shortfall only: the unmet share
    is weighted by it."""

    amount: int
    measure: Measure = Measure.LAND
    where: Where = Where.ALL
    name: str = ""
    year: int | None = None
    counted: Counted = Counted.START
    weight: int = 1

    def words(self) -> str:
        when = year_text(self.year) + ("完成" if self.counted is Counted.DONE else "启动")
        return f"目标：{scope_text(self.where, self.name)}{when}{amount_text(self.measure, self.amount)}以上"


@dataclass(frozen=True)
class Share:
    """At least `at_least_bp` ten-thousandths of the land of the plan belongs to the chain (or town, zone) `name`."""

    name: str
    at_least_bp: int
    where: Where = Where.CHAIN

    def words(self) -> str:
        return f"占比：{scope_text(self.where, self.name)}不低于入选用地的 {self.at_least_bp / 100:g}%"


@dataclass(frozen=True)
class Capacity:
    """At most `amount` of `measure` (relocation space, jobs lost…) within the scope, in the start year `year` or in all."""

    amount: int
    measure: Measure = Measure.RELOCATION
    where: Where = Where.ALL
    name: str = ""
    year: int | None = None

    def words(self) -> str:
        return f"承载：{scope_text(self.where, self.name)}{year_text(self.year)}{amount_text(self.measure, self.amount)}以内"


@dataclass(frozen=True)
class MinContiguous:
    """Every project (a connected cluster that starts in one year) has at least this much land."""

    land_cm2: int

    def words(self) -> str:
        return f"连片：每个项目不小于 {mu_text(self.land_cm2)}"


@dataclass(frozen=True)
class Assembly:
    """What a cluster of two plots or more is worth as one site: `premium` 分 for each mu of its land above `above_cm2`,
    less `per_holder` 分 of coordination for each holder."""

    premium: int = 0
    above_cm2: int = 0
    per_holder: int = 0

    def words(self) -> str:
        return (
            f"连片价值：超过 {mu_text(self.above_cm2)} 的部分每亩加 {fen_text(self.premium)}，"
            f"每户协调成本 {fen_text(self.per_holder)}"
        )


@dataclass(frozen=True)
class Compactness:
    """`weight` 分 for each metre of boundary shared inside a cluster."""

    weight: int

    def words(self) -> str:
        return f"紧凑：项目内部共边每米加 {fen_text(self.weight)}"


Rule = Budget | Target | Share | Capacity | MinContiguous


@dataclass(frozen=True, eq=False)
class Problem:
    """All parts. `graph` has one node per candidate, in their order; None: no plot has a neighbour.

    A cluster is a connected set of at most `max_members` candidates that starts in one year; each candidate is in at
    most one, by one
    route. Beyond `cluster_limit` clusters the enumeration stops (TooManyClusters).
    """

    years: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    options: tuple[Option, ...]
    objective: Objective = Objective()
    budgets: tuple[Budget, ...] = ()
    targets: tuple[Target, ...] = ()
    shares: tuple[Share, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    min_contiguous: MinContiguous | None = None
    assembly: Assembly | None = None
    compactness: Compactness | None = None
    graph: Graph | None = None
    max_members: int = DEFAULT_MAX_MEMBERS
    cluster_limit: int = DEFAULT_CLUSTER_LIMIT
    name: str = ""
    _index: dict[str, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._index.update({one.key: at for at, one in enumerate(self.candidates)})

    def index(self, key: str) -> int:
        """Place of a candidate. Raises KeyError."""
        return self._index[key]

    def rules(self) -> tuple[Rule, ...]:
        """Parts that can be broken, locks aside, in the order of the tree."""
        last = (self.min_contiguous,) if self.min_contiguous else ()
        return (*self.budgets, *self.targets, *self.shares, *self.capacities, *last)


@dataclass(frozen=True)
class LockedPlot:
    """A lock with the plot it stands on, as a part that can conflict."""

    key: str
    lock: Lock

    def words(self) -> str:
        return self.lock.words(self.key)


Part = Rule | LockedPlot


def amount_text(measure: Measure, amount: int) -> str:
    """30 亩处置用地, 12.5 万元年增收…"""
    if measure in (Measure.LAND, Measure.RELEASED):
        return f"{mu_text(amount)}{'处置用地' if measure is Measure.LAND else '腾出用地'}"
    if measure is Measure.UPLIFT:
        return f"{fen_text(amount)}年增收"
    unit, noun = {
        Measure.PLOTS: ("宗", "地块"),
        Measure.JOBS_GAINED: ("个", "新增岗位"),
        Measure.JOBS_LOST: ("个", "减少岗位"),
        Measure.RELOCATION: ("㎡", "安置面积"),
    }[measure]
    return f"{amount:,} {unit}{noun}"
