"""Map coordinates that were shifted on purpose (GCJ-02, BD-09): told only against a reference, never from the numbers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import pi

import numpy as np
import shapely

from tenglong.domain.geo.shapes import Floats, Shapes

#: constants of the public GCJ-02 shift: Krassovsky 1940 axis and squared eccentricity
_A, _E2 = 6378245.0, 0.00669342162296594323
METRES_PER_DEGREE = 111_320.0
#: a survey that differs from the reference by less is not shifted
QUIET = 30.0
#: so many points over a border are no accident of drawing
CLEAR = 3


class Shift(StrEnum):
    NONE = "none"
    GCJ02 = "gcj-02"
    BD09 = "bd-09"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """`distance` is the median offset from the reference in metres."""

    shift: Shift
    distance: float
    message: str


def to_gcj02(lonlat: Floats) -> Floats:
    """(n, 2) true lon/lat → as shown on GCJ-02 maps; good to a metre in China."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    common = (20 * np.sin(6 * x * pi) + 20 * np.sin(2 * x * pi)) * 2 / 3
    north = (-100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
             + (20 * np.sin(y * pi) + 40 * np.sin(y / 3 * pi)) * 2 / 3
             + (160 * np.sin(y / 12 * pi) + 320 * np.sin(y * pi / 30)) * 2 / 3)
    east = (300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
            + (20 * np.sin(x * pi) + 40 * np.sin(x / 3 * pi)) * 2 / 3
            + (150 * np.sin(x / 12 * pi) + 300 * np.sin(x / 30 * pi)) * 2 / 3)
    latitude = np.radians(lonlat[:, 1])
    magic = 1 - _E2 * np.sin(latitude) ** 2
    dlat = north * 180 / (_A * (1 - _E2) / (magic * np.sqrt(magic)) * pi)
    dlon = east * 180 / (_A / np.sqrt(magic) * np.cos(latitude) * pi)
    return np.column_stack([lonlat[:, 0] + dlon, lonlat[:, 1] + dlat])


def to_bd09(lonlat: Floats) -> Floats:
    """(n, 2) true lon/lat → as shown on BD-09 maps."""
    shown = to_gcj02(lonlat)
    turn = pi * 3000 / 180
    radius = np.hypot(shown[:, 0], shown[:, 1]) + 2e-5 * np.sin(shown[:, 1] * turn)
    angle = np.arctan2(shown[:, 1], shown[:, 0]) + 3e-6 * np.cos(shown[:, 0] * turn)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def compare(lonlat: Floats, reference: Floats | None) -> Finding:
    """Rows of both arrays are the same objects (same code already held). Without a reference: 无法判断."""
    if reference is None or not len(reference):
        return Finding(Shift.UNKNOWN, float("nan"), "没有可对照的已有图形，无法判断坐标是否加偏")
    distance = _metres(lonlat, reference)
    if distance <= QUIET:
        return Finding(Shift.NONE, distance, f"与已有图形相差 {distance:.0f} 米，没有发现加偏")
    for shift, shown in ((Shift.GCJ02, to_gcj02(reference)), (Shift.BD09, to_bd09(reference))):
        left = _metres(lonlat, shown)
        if left <= QUIET and left < distance / 3:
            message = f"与已有图形相差约 {distance:.0f} 米，与 {shift.upper()} 的加偏一致，请向提供单位索取未加偏数据"
            return Finding(shift, distance, message)
    return Finding(Shift.OTHER, distance, f"与已有图形相差约 {distance:.0f} 米，请核对坐标系")


def from_gcj02(lonlat: Floats) -> Floats:
    """As shown on GCJ-02 maps → true lon/lat, to a centimetre of `to_gcj02`."""
    return _undo(lonlat, to_gcj02)


def from_bd09(lonlat: Floats) -> Floats:
    """As shown on BD-09 maps → true lon/lat."""
    return _undo(lonlat, to_bd09)


def _undo(shown: Floats, shift: Callable[[Floats], Floats]) -> Floats:
    guess = shown
    for _ in range(8):
        guess = guess - (shift(guess) - shown)
    return guess


def compare_outlines(lonlat: Floats, outlines: Shapes) -> Finding:
    """Each point against the outline of the town it names. A shift is told by points that fall outside as they stand and
    inside when the shift is taken back; when neither shows a difference: 无法判断."""
    given = _outside(lonlat, outlines)
    back = {Shift.GCJ02: from_gcj02(lonlat), Shift.BD09: from_bd09(lonlat)}
    undone = {shift: _outside(points, outlines) for shift, points in back.items()}
    best = min(undone, key=lambda shift: undone[shift])
    few = max(CLEAR, len(lonlat) // 50)
    if given >= few and undone[best] <= given // 5:
        both = undone[Shift.GCJ02] == undone[Shift.BD09]
        names = "GCJ-02 或 BD-09" if both else best.upper()
        message = f"有 {given} 处在所填镇街界线之外，按 {names} 还原后都在界线内，像是加偏坐标，请向提供单位索取未加偏数据"
        return Finding(Shift.OTHER if both else best, _metres(lonlat, back[best]), message)
    if given < few and min(undone.values()) >= few + given:
        return Finding(Shift.NONE, 0.0, "图形在所填镇街界线内，按加偏还原反而落到界线外，没有发现加偏")
    return Finding(Shift.UNKNOWN, float("nan"), "与镇街界线相比看不出差别，无法判断坐标是否加偏")


def _outside(lonlat: Floats, outlines: Shapes) -> int:
    return int(np.count_nonzero(~shapely.intersects_xy(outlines, lonlat[:, 0], lonlat[:, 1])))


def _metres(a: Floats, b: Floats) -> float:
    east = (a[:, 0] - b[:, 0]) * np.cos(np.radians(b[:, 1])) * METRES_PER_DEGREE
    return float(np.median(np.hypot(east, (a[:, 1] - b[:, 1]) * METRES_PER_DEGREE)))
