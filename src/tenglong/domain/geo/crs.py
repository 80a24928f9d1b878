"""Which coordinate system is it: every candidate with a reason and its place; a tie is the user's to choose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from tenglong.domain.geo import crs_names
from tenglong.domain.geo.crs_names import CHINA, LONLAT, WEB_MERCATOR, gk3, gk6
from tenglong.domain.geo.shapes import Floats, Shapes

SAMPLE = 2_000
#: share of the coordinates that must land inside for “inside”
MOSTLY = 0.9
#: two candidates whose middles are this near (degrees, about 10 m) are the same answer
SAME_PLACE = 1e-4
#: points of merit, so that each kind of evidence outweighs all that follow it
OWN, IN_COUNTY, ZONE_NUMBER, COUNTY_MERIDIAN, USUAL_ORDER, IN_CHINA = 64, 32, 8, 4, 2, 1


@dataclass(frozen=True)
class CountyProfile:
    """Extent as (min lon, min lat, max lon, max lat); central meridian of the county's own plane coordinates."""

    extent: tuple[float, float, float, float] | None = None
    central_meridian: int | None = None
    name: str = "本县"


@dataclass(frozen=True)
class Candidate:
    """`lonlat` is where the middle of the data would be; `swapped`: the first column is north."""

    crs: str
    label: str
    swapped: bool
    score: int
    reason: str
    lonlat: tuple[float, float]


@dataclass(frozen=True)
class Choice:
    """`chosen` is None when nothing fits or when several fit equally well (`needs_choice`)."""

    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    needs_choice: bool
    reason: str


def swapped(shapes: Shapes) -> Shapes:
    """The two columns exchanged: X = north files become x = east."""
    out: Shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return out


def choose(coordinates: Floats, own: str | None = None, county: CountyProfile | None = None) -> Choice:
    """(n, 2) coordinates as they stand in the file → ranked candidates. Never guesses between equals."""
    points = np.asarray(coordinates, dtype=float).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return Choice((), None, False, "没有坐标")
    sample = points[:: max(1, len(points) // SAMPLE)]
    tried = [candidate for crs, swap in _trials(sample, own) if (candidate := _judge(sample, crs, swap, own, county))]
    ranked = _distinct(sorted(tried, key=lambda one: (-one.score, one.swapped, one.crs)))
    if not ranked:
        return Choice((), None, False, "所有已知坐标系都不能把这些数落在我国范围内，请询问数据提供单位")
    best = [one for one in ranked if one.score == ranked[0].score]
    if len(best) > 1:
        names = "；".join(one.label for one in best[:4])
        return Choice(ranked, None, True, f"有 {len(best)} 个坐标系同样合适，请选择：{names}")
    return Choice(ranked, ranked[0], False, ranked[0].reason)


def _trials(points: Floats, own: str | None) -> Iterator[tuple[str, bool]]:
    """Own first, then all that the size of the numbers allows, in both column orders."""
    if own:
        yield own, False
        yield own, True
    for swap in (False, True):
        x, y = np.median(points[:, ::-1] if swap else points, axis=0)
        if abs(x) <= 180 and abs(y) <= 90:
            yield LONLAT, swap
            continue
        zone = int(x // 1_000_000)
        if 0 < x < 1_000_000:
            yield from ((gk3(meridian), swap) for meridian in range(75, 138, 3))
        if 25 <= zone <= 45:
            yield gk3(zone * 3, zone_prefix=True), swap
        if 13 <= zone <= 23:
            yield gk6(zone, zone_prefix=True), swap
        if 8_000_000 < x < 15_200_000:
            yield WEB_MERCATOR, swap


def _judge(points: Floats, crs: str, swap: bool, own: str | None, county: CountyProfile | None) -> Candidate | None:
    """None when the data would lie outside China (the file's own system is always kept, with the doubt told)."""
    xy = points[:, ::-1] if swap else points
    lon, lat = crs_names.transformer(crs, LONLAT).transform(xy[:, 0], xy[:, 1])
    place = (float(np.median(lon)), float(np.median(lat)))
    in_china = _inside(lon, lat, CHINA) >= MOSTLY
    mine = crs == own and not swap
    if not (in_china or mine) or not np.isfinite(place).all() or (not mine and not _near_its_meridian(crs, place[0])):
        return None
    in_county = county is not None and county.extent is not None and _inside(lon, lat, county.extent) >= MOSTLY
    doubt = county is not None and county.extent is not None and not in_county
    score, words = _merit(crs, swap, county, mine=mine, in_china=in_china, in_county=in_county, doubt=doubt)
    label = crs_names.label(crs) + ("，第一列为北（X 北 Y 东）" if swap else "")
    return Candidate(crs, label, swap, score, f"{label}：{'，'.join(words)}；中心 {place[0]:.5f}, {place[1]:.5f}", place)


def _merit(crs: str, swap: bool, county: CountyProfile | None, *, mine: bool, in_china: bool, in_county: bool, doubt: bool
           ) -> tuple[int, list[str]]:
    score, words = 0, []
    name = county.name if county else ""
    meridian = county.central_meridian if county else None
    facts = (
        (mine and not doubt, OWN, "文件自带"), (mine and doubt, 0, f"文件自带，但不落在{name}范围内，请核对"),
        (in_county, IN_COUNTY, f"落在{name}范围内"),
        ("坐标带带号" in crs_names.label(crs), ZONE_NUMBER, "横坐标带有带号"),
        (meridian is not None and _meridian(crs) == meridian, COUNTY_MERIDIAN, "与本县中央经线一致"),
        (not swap, USUAL_ORDER, "列序为先东后北"), (in_china and not in_county, IN_CHINA, "落在我国范围内"),
    )
    for holds, points, text in facts:
        if holds:
            score += points
            words.append(text)
    return score, words


def _inside(lon: Floats, lat: Floats, box: tuple[float, float, float, float]) -> float:
    return float(np.mean((lon >= box[0]) & (lat >= box[1]) & (lon <= box[2]) & (lat <= box[3])))


def _meridian(crs: str) -> int | None:
    value = crs_names.parse(crs).to_cf().get("longitude_of_central_meridian") if crs_names.parse(crs).is_projected else None
    return None if value is None else round(float(value))


def _near_its_meridian(crs: str, lon: float) -> bool:
    """A 3° zone is used within 1.5° of its meridian, with a neighbour's overlap; 6° within 3°."""
    if crs in (LONLAT, "EPSG:4326", WEB_MERCATOR):
        return True
    meridian = _meridian(crs)
    reach = 3.5 if "6 度带" in crs_names.label(crs) else 2.5
    return meridian is None or abs(lon - meridian) <= reach


def _distinct(ranked: list[Candidate]) -> tuple[Candidate, ...]:
    """One candidate per place: CGCS2000 and WGS84 degrees, or 3° and 6° zones of one meridian, are the same answer."""
    kept: list[Candidate] = []
    for one in ranked:
        if not any(np.abs(np.subtract(one.lonlat, other.lonlat)).max() < SAME_PLACE for other in kept):
            kept.append(one)
    return tuple(kept)


_DMS = re.compile(r"^\s*(\d{1,3})\s*[°度]\s*(\d{1,2})\s*[′'分]\s*(\d{1,2}(?:\.\d+)?)\s*(?:″|\"|''|秒)?\s*([EWNS东西南北])?\s*$")


def parse_dms(text: str) -> float | None:
    """120°52′21.5″ (also 度分秒, ' \" and E W N S) → degrees; None when not so written, or minutes or seconds ≥ 60."""
    match = _DMS.match(text)
    if not match or float(match.group(2)) >= 60 or float(match.group(3)) >= 60:
        return None
    degrees = int(match.group(1)) + int(match.group(2)) / 60 + float(match.group(3)) / 3600
    return -degrees if (match.group(4) or "") in "WS西南" and match.group(4) else degrees
