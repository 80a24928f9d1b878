"""How much of each plot is built, as a survey would state it: its own stream, so that nothing else moves."""

from __future__ import annotations

from tenglong.demo.county import County
from tenglong.demo.streams import stream


def built_shares(county: County) -> list[int]:
    """Percent of every plot, current ones first, then the retired; idle and vacated land is hardly built."""
    rng = stream(county.seed, "built_share")
    found = []
    for plot in [*county.plots, *county.retired]:
        bare, draw = plot.status in ("idle_suspected", "vacated"), rng.random()
        found.append(round(30 * draw) if bare else round(10 + 200 * draw) if draw < 0.06 else round(45 + 55 * draw))
    return found
