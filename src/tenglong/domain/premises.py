"""What people write about rooms to let: floor loads in kN/m² or t/m², and industries by their codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Final

from tenglong.domain.units import UnitError

#: newtons of one tonne at standard gravity (ISO 80000-4)
TONNE_N: Final = Decimal("9806.65")
_LOAD: Final = re.compile(
    r"^([0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)\s*(kn|kpa|t|吨)?\s*(?:[/／]\s*(?:m2|m²|㎡|平方米))?$", re.IGNORECASE
)
_INDUSTRY: Final = re.compile(r"^[A-Z]?([0-9]{2,4})$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[,，、;；\s]+")


def load_n_m2(text: str) -> Decimal:
    """“5”, “5 kN/m²”, “0.5 t/m²”, “0.5吨” → N/m², exact; a bare number is kN/m². Raises UnitError."""
    found = _LOAD.match(text.strip().replace("，", ","))
    if found is None:
        raise UnitError(f"“{text}”不是楼面荷载，请写成 5（kN/m²）或 0.5t")
    try:
        number = Decimal(found[1].replace(",", ""))
    except InvalidOperation as error:
        raise UnitError(f"“{text}”不是楼面荷载，请写成 5（kN/m²）或 0.5t") from error
    return number * (TONNE_N if (found[2] or "").lower() in ("t", "吨") else 1000)


def industries(text: str) -> tuple[str, ...]:
    """“C17、384” → codes of GB/T 4754 without their letter, in order, each once. Raises ValueError naming what is none."""
    codes: list[str] = []
    for part in filter(None, _BETWEEN.split(text.strip())):
        found = _INDUSTRY.match(part)
        if found is None:
            raise ValueError(f"“{part}”不是行业代码，请写 2～4 位数字，例如 38 或 3841")
        if found[1] not in codes:
            codes.append(found[1])
    return tuple(codes)


def packed(codes: Iterable[str]) -> str:
    """",17,384,": one text in which a code is found with its commas; "" is any industry."""
    inside = ",".join(codes)
    return f",{inside}," if inside else ""


def asked_for(code: str) -> tuple[str, ...]:
    """What a packed text must hold one of, so that `code` is let in: the code itself or a broader one."""
    return tuple(f",{code[:size]}," for size in range(2, len(code) + 1))


def admits(permitted: str, code: str) -> bool:
    """Whether a packed text lets the industry in."""
    return not permitted or any(part in permitted for part in asked_for(code))
