"""Borders from delivered files, in the steps that the command and a page take alike."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gis.delivery import Delivery, Finding
from gis.messages import MESSAGES, NOTE, WARNING
from tests import make
from tests.gis import boundary_files
from tests.test_shape import ROOT
from tests.web.test_first_load import HEAVY
from webapp.access import SYSTEM
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.errors import Refused
from webapp.grid import intake, labels, queries
from webapp.grid.models import BoundaryEdition, Grid, GridVersion
from webapp.ops.verify_audit import Audit


def test_what_was_examined_is_stored_and_in_force(store: Store, tmp_path: Path) -> None:
    examined = intake.examine([boundary_files.geopackage(tmp_path / "a.gpkg")])
    since = clock.today() - timedelta(days=3)
    with store.write() as session:
        stored = intake.accept(session, SYSTEM, examined, since)
        cells = queries.cells(session, SYSTEM, "grid.read")
        assert {cell.id for cell in cells} == {grid.id for grid in stored}
        assert [len([cell for cell in cells if cell.tier == tier]) for tier in (1, 2, 3)] == [1, 2, 8]
        assert set(session.scalars(select(GridVersion.valid_from))) == {since}
        assert session.get_one(BoundaryEdition, queries.edition_id(session)).source == "a.gpkg"


def test_a_village_without_a_border_is_stored_without_one(store: Store, tmp_path: Path) -> None:
    path = boundary_files.geojson(tmp_path / "a.geojson")
    told = json.loads(path.read_text())
    told["features"][-1]["geometry"] = None
    path.write_text(json.dumps(told))
    with store.write() as session:
        intake.accept(session, SYSTEM, intake.examine([path]), clock.today())
        version = session.scalars(select(GridVersion).where(GridVersion.code == "370900101203")).one()
        assert (version.boundary, version.minx) == (None, None)


def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "county.geojson"
    path.write_text("<VRTDataset/>")
    with pytest.raises(Refused) as refused:
        intake.examine([path])
    assert refused.value.message % refused.value.params == (
        "county.geojson is neither a GeoPackage, a GeoJSON file nor a zip of shapefiles: "
        "its content decides, not its name."
    )


def test_borders_with_errors_or_from_a_day_to_come_or_on_a_tree_are_not_accepted(store: Store, tmp_path: Path) -> None:
    good = intake.examine([boundary_files.geopackage(tmp_path / "a.gpkg")])
    bad = intake.examine([boundary_files.geopackage(tmp_path / "b.gpkg", c370900="")])
    assert (len(good.errors), len(bad.errors)) == (0, 1)
    tomorrow = clock.today() + timedelta(days=1)
    for examined, since, why in ((bad, clock.today(), "have errors"), (good, tomorrow, "in the future")):
        with pytest.raises(Refused, match=why), store.write() as session:
            intake.accept(session, SYSTEM, examined, since)
        with store.read() as session:
            assert session.scalar(select(func.count()).select_from(Grid)) == 0
    with store.write() as session:
        intake.refuse(session, clock.today())
        intake.accept(session, SYSTEM, good, clock.today())
    for ask in (lambda s: intake.refuse(s, clock.today()), lambda s: intake.accept(s, SYSTEM, good, clock.today())):
        with pytest.raises(Refused, match="grids already"), store.write() as session:
            ask(session)


def test_a_tree_with_which_nothing_was_done_can_be_replaced(store: Store, tmp_path: Path) -> None:
    wrong = intake.examine([boundary_files.geopackage(tmp_path / "a.gpkg")])
    with store.write() as session:
        intake.accept(session, SYSTEM, wrong, clock.today())
        before = set(session.scalars(select(Grid.id)))
    with store.write() as session:
        intake.refuse(session, clock.today(), replaces=True)
        intake.accept(session, SYSTEM, wrong, clock.today(), replaces=True)
    with store.read() as session:
        now = set(session.scalars(select(Grid.id)))
        assert len(now) == len(before) == session.scalar(select(func.count()).select_from(GridVersion))
        assert queries.newest_layer(session, "1.") is not None
    with store.reader.connect() as connection:
        assert list(Audit().findings(connection)) == []


def of_code(start: str, path: Path) -> Path:
    """The small county with codes that begin otherwise."""
    made = {f"{start}{code[4:]}": shape for code, shape in boundary_files.shapes().items()}
    return boundary_files.geopackage(path, made)


def test_a_second_county_comes_in_beside_the_first_and_nobody_of_one_reaches_the_other(
    store: Store, tmp_path: Path
) -> None:
    one = intake.examine([boundary_files.geopackage(tmp_path / "a.gpkg")])
    other = intake.examine([of_code("3710", tmp_path / "b.gpkg")])
    with store.write() as session:
        first = intake.accept(session, SYSTEM, one, clock.today())
        make.person(session, "first", "county_office", grid=first[0].id)
    with pytest.raises(Refused, match="grids already"), store.write() as session:
        intake.accept(session, SYSTEM, other, clock.today())
    with store.write() as session:
        intake.refuse(session, clock.today(), beside=True)
        second = intake.accept(session, SYSTEM, other, clock.today(), beside=True)
        make.person(session, "second", "county_office", grid=second[0].id)
    with pytest.raises(Refused, match="codes are there already"), store.write() as session:
        intake.accept(session, SYSTEM, one, clock.today(), beside=True)
    with store.read() as session:
        layers = set()
        for login, start in (("first", "370900"), ("second", "371000")):
            seen = queries.cells(session, make.actor(session, login), "grid.read")
            assert len(seen) == 11 and {cell.code[:6] for cell in seen} == {start}, login
            layers.add(queries.newest_layer(session, seen[0].path))
        assert len(layers) == 2 and None not in layers
    with store.reader.connect() as connection:
        assert list(Audit().findings(connection)) == []


@pytest.mark.parametrize("thing", ["posting", "object"])
def test_a_tree_to_which_something_belongs_stays(store: Store, tmp_path: Path, thing: str) -> None:
    good = intake.examine([boundary_files.geopackage(tmp_path / "a.gpkg")])
    with store.write() as session:
        grids = intake.accept(session, SYSTEM, good, clock.today())
        if thing == "posting":
            make.person(session, "county", "county_office", grid=grids[0].id)
        else:
            make.thing(session, grids[-1].id)
        ids = {grid.id for grid in grids}
    for act in (
        lambda s: intake.refuse(s, clock.today(), replaces=True),
        lambda s: intake.accept(s, SYSTEM, good, clock.today(), replaces=True),
    ):
        with pytest.raises(Refused, match="belong to these grids already"), store.write() as session:
            act(session)
    with store.read() as session:
        assert set(session.scalars(select(Grid.id))) == ids


READ = f"""
import sys
from pathlib import Path
from webapp.grid import intake
assert "gis.read" not in sys.modules
assert len(intake.examine([Path(sys.argv[1])]).delivery.cells) == 11
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


@pytest.mark.parametrize("make_file", ["geopackage", "gbk_zip", "geojson"])
def test_who_examines_loads_nothing_heavy(make_file: str, tmp_path: Path) -> None:
    given = tmp_path if make_file == "gbk_zip" else tmp_path / "county.file"
    path = getattr(boundary_files, make_file)(given)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_every_kind_of_warning_says_whether_it_is_harmless() -> None:
    """What was shown with sixteen warnings said of none of them what to do."""
    warnings = {code for code, (level, _) in MESSAGES.items() if level in (WARNING, NOTE)}
    assert set(labels.ADVICE) == warnings


def test_findings_are_listed_errors_first_and_each_kind_together() -> None:
    findings = (
        Finding("invalid", ("a",)),
        Finding("no_shape", ("b",)),
        *(Finding("invalid", (f"{n}",)) for n in range(14)),
    )
    examined = intake.Examined(Delivery((), (), ()), (*findings, Finding("code_empty", ("c",))), "x")
    lines = list(examined.listed())
    assert lines[0] == "[error] Without a code: c"
    assert [line[:9] for line in lines[1:13]] == ["[warning]"] * 12
    assert lines[13:] == ["    … and 3 more of this kind", "[warning] Without a polygon: b"]


def test_the_advice_counts_warnings_by_kind_and_leaves_errors_out() -> None:
    findings = (Finding("sliver"), Finding("overlap"), Finding("sliver"), Finding("code_empty"))
    examined = intake.Examined(Delivery((), (), ()), findings, "x")
    assert list(examined.advice()) == [
        f"note ×2 (sliver): {labels.ADVICE['sliver']}.",
        f"warning ×1 (overlap): {labels.ADVICE['overlap']}.",
    ]
