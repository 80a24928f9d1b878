"""The coordinate systems a Chinese survey file may be in, by EPSG number (policy-facts §9.7)."""

from __future__ import annotations

from functools import lru_cache

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

#: China as a box of lon/lat, islands of the South China Sea included
CHINA = (73.0, 3.0, 136.0, 54.0)
LONLAT = "EPSG:4490"
WEB_MERCATOR = "EPSG:3857"
ELLIPSOID_A, ELLIPSOID_RF = 6378137.0, 298.257222101


class UnknownCrs(ValueError):
    """A coordinate system that cannot be read; the message is a Chinese sentence."""


@lru_cache(maxsize=64)
def parse(crs: str) -> CRS:
    """EPSG:xxxx, a bare number, WKT or a PROJ string → CRS. Raises UnknownCrs."""
    text = crs.strip()
    try:
        return CRS.from_user_input(int(text) if text.isdigit() else text)
    except (CRSError, OverflowError) as error:
        raise UnknownCrs(f"不认识坐标系“{text[:60]}”，请写成 EPSG:4490、EPSG:4549 这样的编号") from error


@lru_cache(maxsize=128)
def transformer(source: str, target: str) -> Transformer:
    """Always x = east, y = north, whatever the axis order of the authority."""
    return Transformer.from_crs(parse(source), parse(target), always_xy=True)


def gk3(central_meridian: int, *, zone_prefix: bool = False) -> str:
    """3° Gauss-Krüger on CGCS2000: 4534…4554 without, 4513…4533 with the zone number before the easting."""
    if central_meridian % 3 or not 75 <= central_meridian <= 135:
        return (f"+proj=tmerc +lat_0=0 +lon_0={central_meridian} +k=1 +x_0=500000 +y_0=0 "
                f"+a={ELLIPSOID_A} +rf={ELLIPSOID_RF} +units=m +no_defs")
    return f"EPSG:{(4513 if zone_prefix else 4534) + (central_meridian - 75) // 3}"


def gk6(zone: int, *, zone_prefix: bool = False) -> str:
    """6° Gauss-Krüger on CGCS2000, zone 13…23: 4502…4512 without, 4491…4501 with the zone number."""
    if not 13 <= zone <= 23:
        raise UnknownCrs(f"6 度带号 {zone} 不在我国范围（13～23）")
    return f"EPSG:{(4491 if zone_prefix else 4502) + zone - 13}"


def label(crs: str) -> str:
    """What an officer calls it."""
    known = {LONLAT: "CGCS2000 经纬度", "EPSG:4326": "WGS84 经纬度", WEB_MERCATOR: "Web 墨卡托"}
    if crs in known:
        return known[crs]
    if crs.startswith("EPSG:") and crs[5:].isdigit():
        number = int(crs[5:])
        if 4513 <= number <= 4533:
            return f"CGCS2000 3 度带 第 {number - 4513 + 25} 带（坐标带带号）"
        if 4534 <= number <= 4554:
            return f"CGCS2000 3 度带 中央经线 {75 + 3 * (number - 4534)}°（不带带号）"
        if 4491 <= number <= 4501:
            return f"CGCS2000 6 度带 第 {number - 4491 + 13} 带（坐标带带号）"
        if 4502 <= number <= 4512:
            return f"CGCS2000 6 度带 中央经线 {75 + 6 * (number - 4502)}°（不带带号）"
    if crs.startswith("+proj=tmerc"):
        meridian = next((word[7:] for word in crs.split() if word.startswith("+lon_0=")), "?")
        return f"3 度带 中央经线 {meridian}°"
    return parse(crs).name
