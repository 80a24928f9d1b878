"""标准地 indicators of an industry as the lines of a paper: what the listing demanded is what the agreement promises."""

from __future__ import annotations

from typing import Any, Final

from tenglong.apps.policy import service as policy
from tenglong.apps.supply.models import Covenant
from tenglong.domain.landing.standard.policy import StandardLand
from tenglong.domain.policy.shelf import refs

KIND: Final = "standard_land"
#: indicator of the table → indicator of a covenant
SAME: Final = {"intensity": "investment_intensity", "tax": "tax_per_mu", "output": "output_per_mu", "research": "rd_share",
               "far": "plot_ratio", "energy": "value_per_energy", "emission": "value_per_emission"}


def offered() -> list[tuple[str, str]]:
    """(`ID@VERSION:row`, table and industry) of every packaged table."""
    found = []
    for ref in refs(KIND):
        table = _table(ref.stem)
        found += [(f"{ref.stem}:{row.id}", f"{table.name} · {row.label}") for row in table.industries]
    return found


def prefilled(chosen: str) -> dict[str, Any]:
    """First values of the form of a paper for `ID@VERSION:row`; {} for one that is not offered."""
    name, _colon, row_id = chosen.partition(":")
    if chosen not in dict(offered()):
        return {}
    row = next(one for one in _table(name).industries if one.id == row_id)
    found: dict[str, Any] = {}
    for theirs, ours in SAME.items():
        value = row.values.get(theirs)
        if value is not None:
            after = "complete" if ours in ("investment_intensity", "plot_ratio") else "full_output"
            found |= {f"value-{ours}": value, f"after-{ours}": after, f"plus-{ours}": 0 if after == "complete" else 1}
    return found


def attached(held: Covenant) -> str:
    """The row that the listing of the covenant was offered with, as `prefilled` takes it; "" without a listing."""
    row = held.listing
    return f"{row.standard.split(' ')[0]}:{row.standard_row}" if row is not None and row.standard and row.standard_row else ""


def _table(name: str) -> StandardLand:
    return StandardLand.model_validate(policy.current(KIND, name).data)
