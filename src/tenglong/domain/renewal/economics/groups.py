"""Chance of agreement per group of holders, never per person: small groups are merged, and what is still small is hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.formula import in_order
from tenglong.domain.renewal.criteria.wording import number_text
from tenglong.domain.renewal.economics.checks import MONTHS, Economics

MERGED = "合并组"
_WHOLE = Fraction(100)


@dataclass(frozen=True)
class Holding:
    """A plot with its holder and the group that the holder counts in (town, kind of holder …)."""

    plot: str
    holder: str
    group: str
    inputs: Mapping[str, Value]


@dataclass(frozen=True)
class GroupChance:
    """`chance` in percent, None when it may not be shown or is not known; `note` says which, and that a plan then counts with
    `otherwise`, the policy's default. `groups`: names merged into it."""

    label: str
    groups: tuple[str, ...]
    holders: int
    plots: tuple[str, ...]
    chance: Fraction | None
    note: str = ""
    otherwise: Fraction = Fraction(0)

    @property
    def basis_points(self) -> int | None:
        """Ten-thousandths as they may be shown."""
        return None if self.chance is None else round(self.chance * 100)

    @property
    def counted(self) -> int:
        """Ten-thousandths that a plan counts with."""
        return round((self.otherwise if self.chance is None else self.chance) * 100)


def group_chances(
    model: Economics, holdings: Sequence[Holding], route: str, *, least_holders: int | None = None
) -> list[GroupChance]:
    """One entry per shown group by label. Every plot stands in exactly one; a group of fewer than `least_holders` different
    holders (default: the policy's) is merged with the next smallest, and hidden when even all together are fewer.

    Each holder weighs the same, however many plots are his. Raises LookupError for an unknown route.
    """
    least = model.policy.groups.least_holders if least_holders is None else least_holders
    if least < 2:
        raise ValueError("每组至少 2 户，少于 2 户就是某一户的意愿")
    by_group: dict[str, list[Holding]] = defaultdict(list)
    for one in holdings:
        by_group[one.group].append(one)
    shown = [_chance(model, names, [one for name in names for one in by_group[name]], route, least)
             for names in _merged({name: _holders(held) for name, held in by_group.items()}, least)]
    return sorted(shown, key=lambda one: one.label)


def _merged(holders: Mapping[str, frozenset[str]], least: int) -> list[tuple[str, ...]]:
    """Groups of names, each with enough different holders, where that is possible at all.

    A group left too small takes in the smallest of the large ones, so that no small group can be worked out as a difference.
    """
    large = sorted((name for name in holders if len(holders[name]) >= least), key=lambda name: (len(holders[name]), name))
    small = tuple(sorted(name for name in holders if len(holders[name]) < least))
    if not small:
        return [(name,) for name in large]
    while large and len(_union(holders, small)) < least:
        small = (*small, large.pop(0))
    return [*((name,) for name in large), small]


def _union(holders: Mapping[str, frozenset[str]], names: Iterable[str]) -> frozenset[str]:
    return frozenset(holder for name in names for holder in holders[name])


def _holders(held: Iterable[Holding]) -> frozenset[str]:
    return frozenset(one.holder for one in held)


def _chance(model: Economics, names: tuple[str, ...], held: list[Holding], route: str, least: int) -> GroupChance:
    holders, plots = _holders(held), tuple(sorted({one.plot for one in held}))
    label, default = names[0] if len(names) == 1 else MERGED, Fraction(model.policy.groups.unknown_chance)
    said = f"方案按办法写明的缺省值 {number_text(default)}% 计"
    if len(holders) < least:
        return GroupChance(label, names, len(holders), plots, None, f"不足 {least} 户，不显示；{said}", default)
    known: dict[str, list[Fraction]] = defaultdict(list)
    for one in held:
        value = _plot_chance(model, one, route)
        if value is not None:
            known[one.holder].append(value)
    if len(known) < least:
        return GroupChance(label, names, len(holders), plots, None, f"数据齐全的不足 {least} 户，不显示；{said}", default)
    means = [sum(values, Fraction(0)) / len(values) for values in known.values()]
    note = "" if len(known) == len(holders) else f"按数据齐全的 {len(known)} 户计"
    return GroupChance(label, names, len(holders), plots, sum(means, Fraction(0)) / len(means), note)


def _plot_chance(model: Economics, one: Holding, route: str) -> Fraction | None:
    values: dict[str, Value] = dict(model.constants)
    for name in model.used:
        given = one.inputs.get(name)
        values[name] = model.absent.get(name) if given is None else given
    for name in in_order(list(model.figures), model.figures):
        values[name] = model.figures[name].value(values)
    values[MONTHS] = None
    found = model.formula("chance", "", route).value(values)
    return max(Fraction(0), min(_WHOLE, found)) if isinstance(found, Fraction) else None
