"""Sites in phases: a whole-number search over few plots, with broken cuts added until site and phases are connected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from time import monotonic

from ortools.sat.python import cp_model

from tenglong.domain.renewal.site.cuts import Cut, broken
from tenglong.domain.renewal.site.ground import Ground, Wish
from tenglong.domain.renewal.site.growth import Found, grown

FINEST = 1_000_000
WORKERS = 2


@dataclass
class Proof:
    """`bound`: no site among the open plots weighs less, or it is the best one known (inf: there is none);
    `best`: a lighter site, if one was found."""

    bound: float
    best: Found | None
    cuts: set[Cut] = field(default_factory=set)


class Exact:
    """The whole-number model of one ground: x by place, z by phase and place, cuts of the site and of each phase."""

    def __init__(self, ground: Ground, wish: Wish, cuts: Iterable[Cut], out: Iterable[int]) -> None:
        self.ground, self.wish = ground, wish
        self.model = cp_model.CpModel()
        self.x = [self.model.new_bool_var(f"x{place}") for place in range(len(ground))]
        self.z = [[self.model.new_bool_var(f"z{phase}_{place}") for place in range(len(ground))]
                  for phase in range(len(wish.phases))]
        self.cuts: set[Cut] = set()
        self._phase_cuts: list[set[Cut]] = [set() for _ in wish.phases]
        self.unit = max(1, max(ground.weight, default=0) // FINEST)
        self._build(out)
        self.add(cuts)

    def add(self, cuts: Iterable[Cut]) -> None:
        """Cuts of the whole site."""
        for cut in cuts:
            if cut not in self.cuts:
                self.cuts.add(cut)
                self._post(self.x, cut)

    def add_to_phases(self, cuts: Iterable[Cut], phase: int) -> None:
        """A cut holds for every phase that needs at least as much land as the one that broke it."""
        for cut in cuts:
            for number, least in enumerate(self.wish.phases):
                due = least >= self.wish.phases[phase] or len(cut.plots) > 1
                if due and cut not in self._phase_cuts[number]:
                    self._phase_cuts[number].add(cut)
                    self._post(self.z[number], cut)

    def hint(self, site: Found) -> None:
        """A choice to start from."""
        for place, x in enumerate(self.x):
            self.model.add_hint(x, place in site.places)
        for phase, places in zip(self.z, site.phases, strict=True):
            for place, z in enumerate(phase):
                self.model.add_hint(z, place in places)

    def at_most(self, price: int) -> None:
        """Only lighter sites are of interest."""
        self.model.add(self._weight() <= max(0, price) // self.unit)

    def _weight(self) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum(self.x, [one // self.unit for one in self.ground.weight])

    def _post(self, variables: list[cp_model.IntVar], cut: Cut) -> None:
        outside = [variables[place].negated() for place in cut.plots]
        self.model.add_bool_or([*outside, *(variables[place] for place in cut.fence)])

    def _build(self, out: Iterable[int]) -> None:
        ground, model = self.ground, self.model
        model.add(cp_model.LinearExpr.weighted_sum(self.x, ground.land) >= self.wish.least)
        for place in out:
            model.add(self.x[place] == 0)
        for ban in ground.bans:
            shared = sorted(ban.plots)
            model.add(sum(ground.land[place] * self.x[place] for place in shared) <= ban.most_cm2)
        if self.wish.gated:
            model.add_bool_or([self.x[place] for place in sorted(ground.gate)])
        for least, phase in zip(self.wish.phases, self.z, strict=True):
            model.add(cp_model.LinearExpr.weighted_sum(phase, ground.land) >= least)
        if self.z:
            for place, x in enumerate(self.x):
                model.add(sum(phase[place] for phase in self.z) == x)
        model.minimize(self._weight())


class _Listener(cp_model.CpSolverSolutionCallback):
    """Keeps every choice the solver passes by: its broken pieces make cuts, its largest piece makes a seed."""

    def __init__(self, exact: Exact) -> None:
        super().__init__()
        self._exact = exact
        self.choices: list[tuple[frozenset[int], tuple[frozenset[int], ...]]] = []

    def on_solution_callback(self) -> None:
        chosen = frozenset(place for place, x in enumerate(self._exact.x) if self.value(x))
        phases = tuple(frozenset(place for place, z in enumerate(phase) if self.value(z)) for phase in self._exact.z)
        self.choices.append((chosen, phases))


def proved(exact: Exact, best: Found | None, floor: float, *, gap: float, until: float) -> Proof:
    """Solve, cut, solve again. Ends with a connected optimum, a bound within `gap` of the best known site, or at `until`."""
    bound, lighter = floor, best
    while monotonic() < until:
        if lighter is not None:
            if bound >= lighter.price * (1 - gap):
                break
            exact.at_most(lighter.price)
        solver, listener, status = _solve(exact, until)
        if status == cp_model.INFEASIBLE:
            bound = float(lighter.price) if lighter is not None else inf
            break
        if status != cp_model.UNKNOWN:
            bound = max(bound, solver.best_objective_bound * exact.unit)
        sites, whole = _learned(exact, listener, until)
        lighter = _lightest(lighter, sites)
        if status == cp_model.UNKNOWN or (status == cp_model.OPTIMAL and whole):
            break
    found = lighter if lighter is not None and lighter is not best else None
    limit = lighter.price if lighter is not None else inf
    return Proof(min(bound, limit), found, exact.cuts)


def _solve(exact: Exact, until: float) -> tuple[cp_model.CpSolver, _Listener, cp_model.CpSolverStatus]:
    solver, listener = cp_model.CpSolver(), _Listener(exact)
    solver.parameters.max_time_in_seconds = max(0.05, until - monotonic())
    solver.parameters.num_workers = WORKERS
    status = solver.solve(exact.model, listener)
    return solver, listener, status


def _learned(exact: Exact, listener: _Listener, until: float) -> tuple[list[Found], bool]:
    """Post the cuts of the choices passed by; hand back the sites among or near them, and whether the last was connected."""
    ground, wish, sites, whole = exact.ground, exact.wish, list[Found](), False
    for chosen, phases in listener.choices[-20:]:
        cuts = broken(ground, chosen, wish.least)
        exact.add(cuts)
        split = [broken(ground, phase, least) for phase, least in zip(phases, wish.phases, strict=True)]
        for number, part in enumerate(split):
            exact.add_to_phases(part, number)
        whole = not cuts and not any(split)
        if whole and ground.fulfils(chosen, wish):
            sites.append(Found(chosen, phases, ground.price(chosen)))
    if listener.choices and not sites:
        chosen = listener.choices[-1][0]
        leaning = [1.0 if place in chosen else 0.0 for place in range(len(ground))]
        near = grown(ground, wish, sorted(chosen), until=min(until, monotonic() + 0.3), leaning=leaning)
        sites += [near] if near else []
    return sites, whole


def _lightest(best: Found | None, more: list[Found]) -> Found | None:
    for one in more:
        if best is None or one.price < best.price:
            best = one
    return best


def phased(ground: Ground, wish: Wish, chosen: frozenset[int], seconds: float = 0.3) -> tuple[Found | None, bool]:
    """The choice (or a part of it) as a site split into its phases, and whether it was proven that it cannot be split."""
    exact = Exact(ground, wish, (), (place for place in range(len(ground)) if place not in chosen))
    proof = proved(exact, None, 0, gap=1, until=monotonic() + seconds)
    return proof.best, proof.bound == inf


def polished(ground: Ground, wish: Wish, site: Found, until: float) -> Found:
    """The lightest site in phases among the plots of `site` and those around it, as far as time allows."""
    while monotonic() < until:
        region = site.places | ground.fence(site.places)
        exact = Exact(ground, wish, (), (place for place in range(len(ground)) if place not in region))
        exact.hint(site)
        better = proved(exact, site, 0, gap=0, until=until).best
        if better is None:
            break
        site = better
    return site
