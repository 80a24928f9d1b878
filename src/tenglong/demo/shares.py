"""What a survey would state of every plot besides its boundary: how much is built, how long work has stood still."""

from __future__ import annotations

from typing import Any

from tenglong.demo.county import YEARS, County
from tenglong.demo.lives import lives
from tenglong.demo.streams import stream


def built_shares(county: County) -> list[int]:
    """Percent of every plot, current ones first, then the retired; idle and vacated land is hardly built."""
    rng = stream(county.seed, "built_share")
    found = []
    for plot in [*county.plots, *county.retired]:
        bare, draw = plot.status in ("idle_suspected", "vacated"), rng.random()
        found.append(round(30 * draw) if bare else round(10 + 200 * draw) if draw < 0.06 else round(45 + 55 * draw))
    return found


def stopped_months(county: County) -> dict[tuple[str, str], int]:
    """Plot → whole months without work at the end of the last year, where the only user of the land stands still."""
    told = lives(county.seed, county.enterprises, county.facts)
    users: dict[tuple[str, str], set[str]] = {}
    for row in county.occupancies:
        users.setdefault(row.plot, set()).add(row.uscc)
    found = {}
    for plot, firms in users.items():
        since = told[next(iter(firms))].idle_from if len(firms) == 1 else 0
        if since:
            found[plot] = 12 * (YEARS[-1] + 1 - since)
    return found


def surveyed(county: County) -> list[dict[str, Any]]:
    """Additional attributes of every plot, current ones first, then the retired."""
    still = stopped_months(county)
    return [
        {"built_share": share, **({"stopped_months": still[plot.key]} if plot.key in still and plot.valid_to is None else {})}
        for plot, share in zip([*county.plots, *county.retired], built_shares(county), strict=True)
    ]
