"""gis/examine.py and gis/work.py: all work on a delivery has an end, and its answer is whole."""

import json
import random
import resource
import time

import pytest
import shapely
from boundary_files import NAMES, gbk_zip, geojson, geopackage, shapes

from gis import examine, sandbox
from gis.check import check
from gis.crs import gcj02_to_wgs84
from gis.delivery import Cell, Choice, Tolerance
from gis.read import Refused, read

WILD = "import sys; sys.path.append(sys.argv[1]); from gis import work\ndef wild(*_, **__):\n    {}\n{}"
RUN = "work.opened = wild; work.main(*map(int, sys.argv[2:]))"


def tangle(points: int, seed: int = 9) -> shapely.Polygon:
    """A ring through points that were thrown on the map: every line crosses a third of all others."""
    thrown = random.Random(seed)
    return shapely.Polygon([(117 + thrown.random() / 4, 37 + thrown.random() / 4) for _ in range(points)])


@pytest.mark.parametrize("make", [geopackage, geojson])
def test_the_answer_is_what_reading_and_checking_give(tmp_path, make):
    made = shapes()
    made["370900101203"] = shapely.box(117.1875, 37.25, 117.25, 37.45)
    path = make(tmp_path / "a.file", made)
    delivery, here = examine.examine([path]), read(path)
    assert (delivery.facts, delivery.cells) == (here.facts, here.cells)
    assert [str(finding) for finding in delivery.findings] == [
        str(finding) for finding in (*here.findings, *check(here))
    ]
    assert {finding.code for finding in delivery.findings} == {"gap"}


def test_what_is_refused_there_is_refused_here(tmp_path):
    with pytest.raises(Refused) as refused:
        examine.examine([gbk_zip(tmp_path, prj="")])
    assert (refused.value.code, refused.value.params) == ("crs_missing", {"layer": "XZQ_county"})


@pytest.mark.parametrize("make", [geojson, geopackage])
def test_a_ring_with_a_million_crossings_is_an_error_soon_and_in_little_memory(tmp_path, make):
    path = make(tmp_path / "a.file", {**shapes(), "370900101203": tangle(3_000)})
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    delivery = examine.examine([path])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert [finding.rows for finding in delivery.errors if finding.code == "tangled"] == [("370900101203 吳丁村",)]
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 10 and time.monotonic() - began < 60
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # which a child counts as until it is another program
    assert own > 512 * 1024 or after.ru_maxrss <= max(512 * 1024, before.ru_maxrss)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("while True: pass", "too_slow"),
        ("return bytearray(700_000_000)", "too_much_memory"),
        ("sys.stdout.buffer.write(bytes(2_000_000)); sys.stdout.flush()", "too_much_memory"),
        ("import ctypes; ctypes.string_at(0)", "damaged"),
    ],
    ids=["endless", "memory", "output", "crash"],
)
def test_work_that_runs_wild_is_stopped_and_said(tmp_path, monkeypatch, act, code):
    monkeypatch.setattr(examine, "START", WILD.format(act, RUN))
    monkeypatch.setattr(examine, "CPU", 2)
    monkeypatch.setattr(examine, "OUTPUT", 1_000_000)
    with pytest.raises(Refused, match=r"a\.geojson") as refused:
        examine.examine([geojson(tmp_path / "a.geojson")])
    assert refused.value.code == code


def test_work_that_sleeps_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(examine, "START", "import time; time.sleep(30)")
    monkeypatch.setattr(examine, "PATIENCE", 1)
    with pytest.raises(Refused) as refused:
        examine.examine([geojson(tmp_path / "a.geojson")])
    assert refused.value.code == "too_slow"


def test_a_fault_of_the_work_is_said_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(examine, "START", WILD.format("raise KeyError('x')", RUN))
    with pytest.raises(examine.Failed, match="KeyError: 'x'"):
        examine.examine([geojson(tmp_path / "a.geojson")])


def test_a_machine_without_bubblewrap_and_without_walls_still_reads_geojson(tmp_path, monkeypatch):
    bare = "from gis import sandbox, walls; sandbox.bubblewrap = lambda: (); walls.MACHINES = {}; from gis.work"
    monkeypatch.setattr(examine, "START", examine.START.replace("from gis.work", bare))
    monkeypatch.setattr(sandbox, "bubblewrap", lambda: ())
    delivery = examine.examine([geojson(tmp_path / "a.geojson")])
    assert {cell.name for cell in delivery.cells} == set(NAMES.values())


def test_the_drawing_is_tried_before_anybody_is_asked(tmp_path, monkeypatch):
    broken = "from gis import drawing; drawing.draw = lambda cells: 1 / 0; from gis.work"
    monkeypatch.setattr(examine, "START", examine.START.replace("from gis.work", broken))
    with pytest.raises(examine.Failed, match="ZeroDivisionError"):
        examine.examine([geojson(tmp_path / "a.geojson")])


def test_who_examines_loads_no_shapes(tmp_path):
    from test_sandbox import run

    path = geojson(tmp_path / "a.geojson")
    code = (
        "from pathlib import Path; from gis.examine import examine; examine([Path(sys.argv[2])]); "
        "print(sorted({'numpy', 'shapely', 'pyogrio', 'pyproj', 'gis.read'} & set(sys.modules)))"
    )
    assert run(code, str(path)) == "[]"


def test_what_is_tolerated_and_what_is_in_force_reach_the_work(tmp_path):
    made = shapes()
    made["370900100200"] = shapely.box(117.0, 37.0, 117.0624, 37.25)  # 9 m beside its neighbour, for 28 km
    path = geojson(tmp_path / "a.geojson", made)
    assert [each.code for each in examine.examine([path]).findings] == ["gap"]
    assert [each.code for each in examine.examine([path], tolerance=Tolerance(area=1e6)).findings] == ["sliver"]
    there = [
        Cell({6: 1, 9: 2, 12: 3}[len(code)], code, "", None, shapely.transform(shape, gcj02_to_wgs84).wkb, None)
        for code, shape in made.items()
    ]
    assert [each.code for each in examine.examine([path], present=there).errors] == ["shift_system"]


def test_who_says_that_his_codes_are_of_elsewhere_is_believed(tmp_path):
    path = geojson(tmp_path / "a.geojson", {f"33{code[2:]}": shape for code, shape in shapes().items()})
    assert [finding.code for finding in examine.examine([path]).errors] == ["place_wrong"]
    delivery = examine.examine([path], choice=Choice(anywhere=True))
    assert [finding.code for finding in delivery.findings] == ["place_other"]


# --- a fault of one row ------------------------------------------------------------------------------------------


def moved_row(path, change):
    """The small county with the points of one village changed, as GeoJSON."""
    told = json.loads(geojson(path).read_text())
    ring = told["features"][-1]["geometry"]["coordinates"][0]
    told["features"][-1]["geometry"]["coordinates"][0] = [change(*point) for point in ring]
    path.write_text(json.dumps(told))
    return path


def test_a_row_with_latitude_first_is_named_and_the_others_come_in(tmp_path):
    delivery = read(moved_row(tmp_path / "a.geojson", lambda lon, lat: [lat, lon]))
    (finding,) = delivery.errors
    assert (finding.code, finding.rows) == ("row_place", ("370900101203 吳丁村",))
    assert [cell.code for cell in delivery.cells if not cell.boundary] == ["370900101203"]


def test_a_row_in_another_zone_is_named_too(tmp_path):
    from boundary_files import gauss_kruger

    made = gauss_kruger(shapes())
    made["370900101203"] = shapely.affinity.translate(made["370900101203"], 39_000_000, 0)
    delivery = read(gbk_zip(tmp_path, made))
    assert [(finding.code, finding.rows) for finding in delivery.errors] == [("row_place", ("370900101203 吳丁村",))]


def test_a_layer_with_latitude_first_is_refused_as_a_whole(tmp_path):
    made = {code: shapely.transform(shape, lambda xy: xy[:, ::-1]) for code, shape in shapes().items()}
    with pytest.raises(Refused) as refused:
        read(geojson(tmp_path / "a.geojson", made))
    assert refused.value.code == "crs_swapped"


def test_a_border_that_crosses_itself_some_dozen_times_is_repaired(tmp_path):
    zigzag = [(117.19 + 0.001 * n, 37.26 + (0.1 if n % 2 else 0.0)) for n in range(50)]
    made = {**shapes(), "370900101203": shapely.Polygon([*zigzag, (117.24, 37.3), (117.19, 37.3)])}
    delivery = read(geojson(tmp_path / "a.geojson", made))
    assert [finding.code for finding in delivery.findings] == ["invalid"]
