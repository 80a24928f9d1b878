"""What is wrong with a problem before it is solved, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Budget,
    Candidate,
    Capacity,
    Measure,
    Option,
    Problem,
    Share,
    Target,
    Where,
)
from tenglong.domain.renewal.portfolio.words import mu_text, scope_text

SHOWN = 5


class ProblemError(ValueError):
    """A problem that cannot be solved as stated; `sentences` tell all that is wrong."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("；".join(sentences))
        self.sentences = sentences


def check(problem: Problem, routes: frozenset[str] | None = None) -> None:
    """Raises ProblemError with every fault found. `routes`: the routes that exist; None takes those the options name."""
    if faults := list(faults_of(problem, routes)):
        raise ProblemError(faults)


def faults_of(problem: Problem, routes: frozenset[str] | None = None) -> Iterator[str]:
    yield from _years(problem)
    yield from _candidates(problem)
    yield from _options(problem, routes)
    yield from _locks(problem, routes or frozenset(option.route for option in problem.options))
    for budget in problem.budgets:
        yield from _budget(problem, budget)
    yield from _no_money(problem)
    for target in problem.targets:
        yield from _target(problem, target)
    others: tuple[Share | Capacity, ...] = (*problem.shares, *problem.capacities)
    for other in others:
        yield from _other(problem, other)
    yield from _whole(problem)


def early_faults(problem: Problem, land_cm2: int) -> list[str]:
    """What is wrong with a problem whose candidates are not worked out yet, of which only their land is known."""
    found = [*_years(problem)]
    for budget in problem.budgets:
        found += [f"{budget.words()}：预算不能为负"] if budget.amount < 0 else []
        found += _in_years(problem, budget.year, budget.words())
    for target in problem.targets:
        found += [f"{target.words()}：目标须大于 0"] if target.amount <= 0 else []
        found += _in_years(problem, target.year if target.counted == "start" else None, target.words())
        if target.measure is Measure.LAND and target.amount > land_cm2 and problem.objective.aim is not Aim.LEAST_SHORTFALL:
            found.append(f"{target.words()}：超过全部候选用地 {mu_text(land_cm2)}，请调低目标或增加候选地块")
    if problem.min_contiguous is not None and problem.min_contiguous.land_cm2 > land_cm2:
        found.append(f"{problem.min_contiguous.words()}：超过全部候选用地 {mu_text(land_cm2)}")
    return [*found, *_aims(problem)]


def _some(keys: list[str]) -> str:
    return "、".join(keys[:SHOWN]) + (f" 等 {len(keys)} 个" if len(keys) > SHOWN else "")


def _years(problem: Problem) -> Iterator[str]:
    if not problem.years:
        yield "没有写明计划年份，请至少给出一个年份"
    if len(set(problem.years)) != len(problem.years):
        yield "计划年份有重复，请每年只写一次"


def _candidates(problem: Problem) -> Iterator[str]:
    if not problem.candidates:
        yield "没有候选地块，请先选出候选地块"
    if twice := [key for key, count in Counter(one.key for one in problem.candidates).items() if count > 1]:
        yield f"候选地块编号重复：{_some(twice)}"
    if bad := [one.key for one in problem.candidates if one.land_cm2 <= 0]:
        yield f"候选地块的用地面积须大于 0：{_some(bad)}"
    if bad := [one.key for one in problem.candidates if one.holders < 1]:
        yield f"候选地块的权利人户数须不小于 1：{_some(bad)}"


def _options(problem: Problem, routes: frozenset[str] | None) -> Iterator[str]:
    known = {one.key for one in problem.candidates}
    if lost := list(dict.fromkeys(option.candidate for option in problem.options if option.candidate not in known)):
        yield f"有途径写在候选清单之外的地块上：{_some(lost)}；请补上候选地块或删去这些途径"
    if routes is not None and (odd := sorted({option.route for option in problem.options} - routes)):
        yield f"不认识的途径：{_some(odd)}；可用：{'、'.join(sorted(routes))}"
    pairs = Counter((option.candidate, option.route) for option in problem.options)
    if twice := [f"{key}·{route}" for (key, route), count in pairs.items() if count > 1]:
        yield f"同一地块的同一途径写了不止一次：{_some(twice)}"
    yield from _option_figures(problem)
    given = {option.candidate for option in problem.options}
    if bare := [one.key for one in problem.candidates if one.key not in given and not (one.lock and not one.lock.inside)]:
        yield f"候选地块没有任何途径：{_some(bare)}；请给出途径，或锁定为不选"


def _option_figures(problem: Problem) -> Iterator[str]:
    def places(bad: list[Option]) -> str:
        return _some([f"{option.candidate}·{option.route}" for option in bad])

    years = set(problem.years)
    if bad := [option for option in problem.options if option.years and not years.intersection(option.years)]:
        yield f"途径的可启动年份都不在计划年份内：{places(bad)}"
    amounts = ("cost", "released_cm2", "relocation_m2", "jobs_gained", "jobs_lost", "months")
    if bad := [option for option in problem.options if any(getattr(option, name) < 0 for name in amounts)]:
        yield f"成本、腾出面积、安置面积、岗位数和月数不能为负：{places(bad)}"
    if bad := [option for option in problem.options if option.chance_bp is not None and not 0 <= option.chance_bp <= 10_000]:
        yield f"签约可能性须在 0 与 100% 之间：{places(bad)}"


def _locks(problem: Problem, routes: frozenset[str]) -> Iterator[str]:
    offers: dict[str, list[Option]] = {}
    for option in problem.options:
        offers.setdefault(option.candidate, []).append(option)
    for one in problem.candidates:
        if one.lock and one.lock.inside:
            yield from _lock(problem, one, offers.get(one.key, []), routes)


def _lock(problem: Problem, one: Candidate, offers: list[Option], routes: frozenset[str]) -> Iterator[str]:
    lock = one.lock
    if lock is None:
        return
    if lock.year is not None and lock.year not in problem.years:
        yield f"{lock.words(one.key)}：{lock.year} 年不在计划年份内"
        return
    if lock.route is not None and lock.route not in routes:
        yield f"{lock.words(one.key)}：不认识的途径“{lock.route}”，可用：{'、'.join(sorted(routes))}"
        return
    fits = [offer for offer in offers if lock.route in (None, offer.route)]
    if not fits:
        yield f"{lock.words(one.key)}：该地块没有这个途径" if offers else f"{lock.words(one.key)}：该地块没有任何途径"
    elif lock.year is not None and not any(not offer.years or lock.year in offer.years for offer in fits):
        yield f"{lock.words(one.key)}：该途径不能在 {lock.year} 年启动"


def _budget(problem: Problem, budget: Budget) -> Iterator[str]:
    if budget.amount < 0:
        yield f"{budget.words()}：预算不能为负"
    yield from _in_years(problem, budget.year, budget.words())


def _no_money(problem: Problem) -> Iterator[str]:
    """Budgets that leave nothing to spend in any year, where every route costs something."""
    none = {one.year for one in problem.budgets if one.amount == 0}
    if none and problem.options and (None in none or none >= set(problem.years)) and all(one.cost for one in problem.options):
        told = "；".join(one.words() for one in problem.budgets if one.amount == 0)
        yield f"{told}：预算为 0，而每个途径都要花钱，什么也做不了；请填写预算"


def _target(problem: Problem, target: Target) -> Iterator[str]:
    if target.amount <= 0:
        yield f"{target.words()}：目标须大于 0"
        return
    if target.weight < 1:
        yield f"{target.words()}：权重须为正整数"
    yield from _in_years(problem, target.year if target.counted == "start" else None, target.words())
    yield from _scope(problem, target.where, target.name, target.words())
    if problem.objective.aim is not Aim.LEAST_SHORTFALL:
        yield from _beyond(problem, target)


def notices(problem: Problem) -> list[str]:
    """What the planner should know of a problem that can be solved: targets that all the land together cannot reach."""
    return [text for target in problem.targets for text in _beyond(problem, target)]


def _beyond(problem: Problem, target: Target) -> Iterator[str]:
    if target.measure is not Measure.LAND:
        return
    most = sum(
        one.land_cm2 for one in problem.candidates if target.where is Where.ALL or getattr(one, target.where) == target.name
    )
    if target.amount > most:
        all_land = f"{scope_text(target.where, target.name)}全部候选用地 {mu_text(most)}"
        yield f"{target.words()}：超过{all_land}，请调低目标或增加候选地块"


def _other(problem: Problem, part: Share | Capacity) -> Iterator[str]:
    if isinstance(part, Share) and not 0 < part.at_least_bp <= 10_000:
        yield f"{part.words()}：占比须大于 0、不超过 100%"
    if isinstance(part, Capacity):
        if part.amount < 0:
            yield f"{part.words()}：承载不能为负"
        yield from _in_years(problem, part.year, part.words())
    yield from _scope(problem, part.where, part.name, part.words())


def _scope(problem: Problem, where: Where, name: str, words: str) -> Iterator[str]:
    if where is not Where.ALL and all(getattr(one, where) != name for one in problem.candidates):
        yield f"{words}：候选地块里没有属于“{name}”的"


def _in_years(problem: Problem, year: int | None, words: str) -> Iterator[str]:
    if year is not None and year not in problem.years:
        yield f"{words}：{year} 年不在计划年份内"


def _whole(problem: Problem) -> Iterator[str]:
    if problem.max_members < 1:
        yield "每个项目的地块数须不小于 1"
    if problem.graph is not None and problem.graph.n != len(problem.candidates):
        yield f"相邻关系写的是 {problem.graph.n} 宗地块，候选地块有 {len(problem.candidates)} 宗"
    yield from _aims(problem)
    floor = problem.min_contiguous
    if floor is not None and floor.land_cm2 > sum(one.land_cm2 for one in problem.candidates):
        yield f"{floor.words()}：超过全部候选用地"


def _aims(problem: Problem) -> Iterator[str]:
    if problem.objective.aim is not Aim.MOST_UPLIFT and not problem.targets:
        yield "没有目标：求缺口最小或花费最少时，请至少写一个目标"
    if problem.objective.until is not None and problem.years and problem.objective.until < max(problem.years):
        yield f"增收计到 {problem.objective.until} 年，早于最后一个计划年份，请改为不早于 {max(problem.years)} 年"
