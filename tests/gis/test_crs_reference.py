"""The shifted systems against a reference of their own: the published formula written down once more, point by point in
plain Python, and an inverse that knows nothing of ours: it halves a box around the point until that is below a
millimetre."""

import math

import numpy as np
import pytest

from gis import crs
from gis.metres import metres_per_degree

A, EE, BD = 6378245.0, 0.00669342162296594323, math.pi * 3000 / 180


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    both = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + both
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + both
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radians = lat / 180 * math.pi
    magic = 1 - EE * math.sin(radians) ** 2
    north = north * 180 / ((A * (1 - EE)) / (magic * math.sqrt(magic)) * math.pi)
    return lon + east * 180 / (A / math.sqrt(magic) * math.cos(radians) * math.pi), lat + north


def to_bd09(lon: float, lat: float) -> tuple[float, float]:
    x, y = to_gcj02(lon, lat)
    radius, angle = math.sqrt(x * x + y * y) + 2e-5 * math.sin(y * BD), math.atan2(y, x) + 3e-6 * math.cos(x * BD)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def back(forward, lon: float, lat: float) -> tuple[float, float]:
    """The point that ``forward`` takes there: of a three by three grid the nearest, then a grid half as wide."""
    at, wide = (lon, lat), 0.016
    while wide > 1e-10:
        around = [(at[0] + i * wide, at[1] + j * wide) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        best = min(around, key=lambda p: math.dist(forward(*p), (lon, lat)))
        wide = wide if best != at else wide / 2
        at = best
    return at


def points(number: int) -> np.ndarray:
    chance = np.random.default_rng(20261129)
    return np.column_stack([chance.uniform(75, 134, number), chance.uniform(19, 52, number)])


def apart_m(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    each = np.array([metres_per_degree(lat) for lat in other[:, 1]])
    return np.hypot(*((one - other) * each).T)


@pytest.mark.parametrize(("ours", "reference"), [(crs.wgs84_to_gcj02, to_gcj02), (crs.wgs84_to_bd09, to_bd09)])
def test_the_shift_is_that_of_the_published_formula(ours, reference):
    there = points(2000)
    assert apart_m(ours(there), np.array([reference(*each) for each in there.tolist()])).max() < 1e-5


@pytest.mark.parametrize(("ours", "forward"), [(crs.gcj02_to_wgs84, to_gcj02), (crs.bd09_to_wgs84, to_bd09)])
def test_what_is_converted_on_entry_is_right_to_a_centimetre(ours, forward):
    given = np.array([forward(*each) for each in points(300).tolist()])
    reference = np.array([back(forward, *each) for each in given.tolist()])
    assert apart_m(reference, points(300)).max() < 1e-3  # the reference itself finds its way back
    assert apart_m(ours(given), reference).max() < 0.01


@pytest.mark.parametrize(("name", "forward"), [("gcj02", to_gcj02), ("bd09", to_bd09)])
def test_a_system_that_somebody_names_is_converted_so(name, forward):
    place = np.array([[115.787668, 37.696495]])
    turned = crs.to_lonlat(np.array([forward(*place[0])]), crs.from_name(name, ""), "")
    assert apart_m(turned, place).max() < 0.01
