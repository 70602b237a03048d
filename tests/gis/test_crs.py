"""gis/crs.py: systems recognised from their numbers, others refused with advice, shifts undone."""

import numpy as np
import pytest
from boundary_files import CGCS_GK_117
from pyproj import CRS, Geod, Transformer

from gis import crs
from gis.delivery import Refused

# Over the whole mainland, a point every half degree.
CHINA = np.array([(lon, lat) for lon in np.arange(74.25, 134, 0.5) for lat in np.arange(19.25, 53, 0.5)])


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Metres between two lists of lon/lat."""
    return Geod(ellps="WGS84").inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2]


@pytest.mark.parametrize("epsg", sorted(crs.BY_EPSG))
def test_every_known_number_stands_for_what_proj_says(epsg):
    theirs = Transformer.from_crs(epsg, 4490 if epsg != 4326 else 4326, always_xy=True)
    system = crs.BY_EPSG[epsg]
    middle = system.meridian if system.kind == crs.TM else 117.0
    lonlat = np.array([[middle - 1.4, 24.0], [middle + 1.4, 41.0]])
    points = np.column_stack(theirs.transform(lonlat[:, 0], lonlat[:, 1], direction="INVERSE"))
    assert crs.to_lonlat(points, system, "x") == pytest.approx(lonlat, abs=2e-9)  # 0.2 mm


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("epsg", [4326, 4490, 4525, 4528, 4548, 4554])
def test_every_spelling_of_a_prj_leads_to_the_same_number(epsg, version):
    assert crs.from_wkt(CRS(epsg).to_wkt(version), "x").epsg == epsg


def test_a_countys_own_central_meridian_is_understood_without_a_number():
    system = crs.from_wkt(CGCS_GK_117.replace("117.0", "116.5"), "x")
    assert (system.epsg, system.meridian, system.east) == (None, 116.5, 5e5)


@pytest.mark.parametrize(
    ("wkt", "code"),
    [
        (CRS(2379).to_wkt("WKT1_ESRI"), "crs_xian80"),
        (CRS(4610).to_wkt("WKT1_GDAL"), "crs_xian80"),
        (CRS(2431).to_wkt("WKT1_ESRI"), "crs_beijing54"),
        (CRS(3395).to_wkt("WKT1_ESRI"), "crs_projection"),
        (CRS(2056).to_wkt("WKT1_ESRI"), "crs_unknown"),
        ('LOCAL_CS["county grid",UNIT["Meter",1.0]]', "crs_local"),
        (CGCS_GK_117.replace("1.0]]", "1000.0]]"), "crs_projection"),
        (CGCS_GK_117.replace("500000.0", "1e999"), "crs_projection"),
        ("PROJCS[" * 5000, "crs_unknown"),
        ("no coordinate system at all", "crs_unknown"),
        ("", "crs_unknown"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_its_own_advice(wkt, code):
    with pytest.raises(Refused) as refused:
        crs.from_wkt(wkt, "layer")
    assert refused.value.code == code


@pytest.mark.parametrize(("epsg", "code"), [(2379, "crs_xian80"), (4214, "crs_beijing54"), (3395, "crs_unknown")])
def test_numbers_of_other_systems_are_refused(epsg, code):
    with pytest.raises(Refused) as refused:
        crs.from_epsg(epsg, "layer")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("EPSG:4548", 4548),
        ("urn:ogc:def:crs:EPSG::4490", 4490),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
    ],
)
def test_names_of_systems(name, expected):
    assert crs.from_name(name, "x").epsg == expected


@pytest.mark.parametrize(
    "name",
    [
        "EPSG:104326",
        "EPSG:14490",
        "EPSG:24547",
        "EPSG:4547.5",
        "EPSG:45470",
        "EPSG:4.4490",
        "urn:ogc:def:crs:EPSG::14490",
    ],
)
def test_a_number_that_only_ends_like_a_known_one_is_not_taken_for_it(name):
    with pytest.raises(Refused) as refused:
        crs.from_name(name, "x")
    assert refused.value.code == "crs_unknown"


@pytest.mark.parametrize(
    ("points", "epsg", "code"),
    [
        ([[39543916.0, 4100000.0]], 4548, "crs_zone"),  # a zone number the system does not expect
        ([[543916.0, 4100000.0]], 4527, "crs_zone"),  # none where the system expects one
        ([[1100000.0, 4100000.0]], 4548, "crs_zone"),  # seven degrees from the middle of a zone that is three wide
        ([[117.1, 37.1]], 4548, "crs_degrees"),
        ([[543916.0, 4100000.0]], 4490, "crs_metres"),
        ([[37.1, 117.1]], 4490, "crs_swapped"),
    ],
)
def test_coordinates_that_do_not_fit_their_system_are_refused(points, epsg, code):
    with pytest.raises(Refused) as refused:
        crs.to_lonlat(np.array(points), crs.BY_EPSG[epsg], "layer")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("there", "back"), [(crs.wgs84_to_gcj02, crs.gcj02_to_wgs84), (crs.wgs84_to_bd09, crs.bd09_to_wgs84)]
)
def test_shifted_coordinates_come_back_to_within_a_centimetre(there, back):
    assert distance(back(there(CHINA)), CHINA).max() < 0.01


def test_the_shifts_have_the_published_size():
    # five county seats measured 315-657 m (GCJ-02) and 880-1403 m (BD-09); 698 m is the most found over China
    shifts = distance(crs.wgs84_to_gcj02(CHINA), CHINA)
    assert 100 < np.median(shifts) < 600 and shifts.max() < 720
    assert 800 < np.median(distance(crs.wgs84_to_bd09(CHINA), CHINA)) < 1500


def test_a_known_place_is_shifted_as_everywhere_else():
    # the example most libraries for this conversion test with (39.9, 116.4)
    assert crs.wgs84_to_gcj02(np.array([[116.404, 39.915]]))[0] == pytest.approx(
        [116.41024449916938, 39.91640428150164], abs=1e-9
    )
    assert crs.gcj02_to_bd09(np.array([[116.404, 39.915]]))[0] == pytest.approx(
        [116.41036949371029, 39.92133699351022], abs=1e-9
    )


def test_areas_in_the_plane_are_those_on_the_ellipsoid():
    ring = np.array([(117.0, 37.0), (117.2, 37.0), (117.2, 37.4), (117.0, 37.4)])
    dense = np.vstack(
        [np.linspace(a, b, 200, endpoint=False) for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True)]
    )
    true = abs(Geod(ellps="GRS80").polygon_area_perimeter(*dense.T)[0])
    x, y = crs.metres(ring, (117.1, 37.2)).T
    assert abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 == pytest.approx(true, rel=1e-6)


def test_web_mercator_is_read_as_proj_reads_it():
    from pyproj import CRS, Transformer

    degrees = np.array([[73.5, 18.2], [115.8, 37.6], [134.7, 53.5]])
    metres = np.column_stack(Transformer.from_crs(4326, 3857, always_xy=True).transform(*degrees.T))
    for system in (
        crs.from_epsg(3857, "x"),
        crs.from_name("EPSG:3857", "x"),
        crs.from_wkt(CRS(3857).to_wkt("WKT1_ESRI"), "x"),
        crs.from_wkt(CRS(3857).to_wkt("WKT1_GDAL"), "x"),
        crs.from_wkt(CRS(3857).to_wkt("WKT2_2019"), "x"),
    ):
        assert system == crs.WEB_MERCATOR
        assert np.abs(crs.to_lonlat(metres, system, "x") - degrees).max() < 1e-9
    for wrong, code in ((degrees, "crs_degrees"), (metres * 2, "crs_zone")):
        with pytest.raises(crs.Refused) as refused:
            crs.to_lonlat(wrong, crs.WEB_MERCATOR, "x")
        assert refused.value.code == code


def test_any_other_mercator_is_still_refused():
    from pyproj import CRS

    for number in (3395, 3832, 3994):
        with pytest.raises(crs.Refused) as refused:
            crs.from_wkt(CRS(number).to_wkt("WKT1_GDAL"), "x")
        assert refused.value.code == "crs_projection"
