"""The command ``wangge``, as an operator types it."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from click.testing import CliRunner
from sqlalchemy import func, select

from tests import engines
from tests.gis import boundary_files
from webapp import cli
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.models import AuditEntry
from webapp.grid.models import Grid, GridVersion, MapLayer
from webapp.ops import durability
from webapp.people.models import Person

KEY = "0123456789abcdef0123456789ABCDEF-test"


@pytest.fixture(params=engines.record_urls())
def wangge(request, tmp_path, monkeypatch):
    """``wangge("seed")`` runs a verb on an empty place of the test's own."""
    url = engines.make(request.param, tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SECRET_KEY", KEY)

    def run(*words, fails=False, **more):
        done = CliRunner().invoke(cli.main, [str(word) for word in words], **more)
        assert (done.exit_code != 0) == fails, done.output
        return done.output

    run.store = Store(url)
    yield run
    run.store.close()
    engines.drop(url)


def test_every_verb_says_first_that_the_database_must_be_migrated(wangge):
    for words in (("seed",), ("serve",), ("sweep",), ("admin", "code", "x")):
        assert "wangge migrate" in wangge(*words, fails=True)
    wangge("migrate")
    wangge("migrate")


def test_a_second_seeding_changes_nothing_and_says_so(wangge):
    wangge("migrate")
    assert "added" in wangge("seed")
    again = wangge("seed")
    assert all("added 0, changed 0, retired 0" in line for line in again.splitlines())


def test_serve_refuses_a_sample_key_and_a_place_without_an_administrator(wangge, monkeypatch):
    monkeypatch.setattr(durability, "careless", lambda _store: None)  # the tests' own PostgreSQL waits for no disk
    wangge("migrate")
    wangge("seed")
    assert "wangge admin create" in wangge("serve", fails=True)
    wangge("admin", "create", "root", "--name", "Root", "--password", "long enough")
    for key in ("", "change-me", "short", "a" * 64):
        monkeypatch.setenv("SECRET_KEY", key)
        assert "SECRET_KEY" in wangge("serve", fails=True)
    monkeypatch.setenv("SECRET_KEY", KEY)
    served = []
    monkeypatch.setattr(cli, "_serve", lambda *args: served.append(args))
    with socket.create_server(("127.0.0.1", 0)) as door:
        monkeypatch.setattr(cli, "listening", lambda _host, _port: [door])
        wangge("serve")
    assert served


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("short", "At least 8 characters"),
        ("1234567890", "Add at least one letter."),
        ("a" * 201, "At most 200 characters"),
    ],
)
def test_an_administrator_needs_a_password_that_is_one(wangge, password, word):
    wangge("migrate")
    wangge("seed")
    assert word in wangge("admin", "create", "root", "--name", "Root", "--password", password, fails=True)


@pytest.mark.parametrize("name", ["", "  "])
def test_an_administrator_needs_a_name(wangge, name):
    wangge("migrate")
    wangge("seed")
    assert "needs a name" in wangge("admin", "create", "root", "--name", name, "--password", "long enough", fails=True)


def test_an_administrator_who_forgot_gets_a_code_at_the_command_line(wangge):
    wangge("migrate")
    wangge("seed")
    wangge("admin", "create", "root", "--name", "Root", "--password", "long enough")
    assert "taken" in wangge("admin", "create", "root", "--name", "Root", "--password", "long enough", fails=True)
    code = wangge("admin", "code", "root").split()[-1]
    assert len(code) == 6 and code.isdigit()
    assert "Nobody" in wangge("admin", "code", "nobody", fails=True)
    with wangge.store.read() as session:
        person = session.scalars(select(Person)).one()
        assert person.password_hash is None and person.must_change, (
            "who asks for a code has lost the password, perhaps to a thief"
        )


def test_borders_come_in_whole_once_and_are_published(wangge, tmp_path):
    path = boundary_files.geopackage(tmp_path / "county.gpkg")
    wangge("migrate")
    wangge("seed")
    assert "Nothing stored" in wangge("grids", "import", path, input="n\n", fails=True)
    said = wangge("grids", "import", path, "--yes")
    assert "CGCS2000" in said and "villages: 8" in said
    with wangge.store.read() as session:
        counts = dict(session.execute(select(Grid.tier, func.count()).group_by(Grid.tier)).all())
        assert counts[1] == 1 and counts[2] >= 1 and counts[3] >= 2
        assert session.scalar(select(func.count()).select_from(GridVersion)) == sum(counts.values())
        assert session.scalars(select(MapLayer)).one().body
    assert "grids already" in wangge("grids", "import", path, "--yes", fails=True)


@pytest.fixture
def asked(wangge, tmp_path):
    """Ready for borders: ``asked(file, input="y")`` is what the import says."""
    wangge("migrate")
    wangge("seed")
    return lambda *words, **more: wangge("grids", "import", *words, **more)


def stored(wangge):
    with wangge.store.read() as session:
        return session.scalar(select(func.count()).select_from(Grid))


def test_what_was_understood_is_said_in_plain_words(asked, tmp_path):
    said = asked(boundary_files.gbk_zip(tmp_path), input="n\n", fails=True)
    assert (
        "delivery.zip, layer XZQ_village: rows 8, taken as villages" in said
        and "layer XZQ_county: rows 1, taken as county" in said
    )
    assert "text: GBK (GB18030), nothing says so: found by trying" in said
    assert "code in “XZQDM”, name in “XZQMC”, no column for the parent: found by code or place" in said
    one = asked(boundary_files.geojson(tmp_path / "a.geojson"), input="n\n", fails=True)
    assert "rows 11, taken as county, townships and villages together" in one


def test_directly_before_the_question_stand_the_counts_and_the_place(asked, tmp_path):
    end = (
        "county 1, townships 2, villages 8; longitude 117.0000 to 117.2500, latitude 37.0000 to 37.5000 degrees\n"
        "Store these grids? [y/N]: "
    )
    assert end in asked(boundary_files.gbk_zip(tmp_path), input="n\n", fails=True)
    far = boundary_files.CGCS_GK_117.replace("117.0", "120.0")  # the neighbouring zone
    assert "longitude 120.0" in asked(boundary_files.gbk_zip(tmp_path, prj=far), input="n\n", fails=True)


def test_columns_and_layers_can_be_named(asked, tmp_path):
    path = boundary_files.geopackage(tmp_path / "a.gpkg")
    layers = [word for layer in boundary_files.LAYERS for word in ("--layer", layer)]
    said = asked(path, "--name", "code", "--code", "code", *layers, input="n\n", fails=True)
    assert "code in “code”, name in “code”" in said
    assert "There is no layer x" in asked(path, "--layer", "x", fails=True)


@pytest.mark.parametrize("how", ["--lang", "LANG"])
def test_the_import_speaks_chinese_to_who_does(asked, tmp_path, monkeypatch, how):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8" if how == "LANG" else "C.UTF-8")
    option = ("--lang", "zh") if how == "--lang" else ()
    path = boundary_files.geopackage(tmp_path / "a.gpkg", c370900101203="")
    said = asked(path, *option, "--yes", fails=True)
    assert "[错误] 没有名称：370900101203" in said and "上面有 1 个错误" in said
    (tmp_path / "b.geojson").write_text("{")
    assert "没有存入。 b.geojson 不是正确的 JSON" in asked(tmp_path / "b.geojson", *option, fails=True)
    said = asked(boundary_files.gbk_zip(tmp_path), *option, input="n\n", fails=True)
    assert "要存入这些网格吗？" in said and "8 行，当作村" in said
    assert "Store" in asked(boundary_files.geojson(tmp_path / "c.geojson"), "--lang", "en", input="n\n", fails=True)


def test_an_end_of_input_at_the_question_stores_nothing_and_says_so(wangge, asked, tmp_path):
    assert asked(boundary_files.geopackage(tmp_path / "a.gpkg"), input="", fails=True).endswith("Nothing stored.\n")
    assert stored(wangge) == 0


def test_a_finding_names_five_and_how_many_more(asked, tmp_path):
    twin = {
        code: shapely.difference(shape, shapely.box(116, 37.1, 118, 37.101).union(shapely.box(116, 37.4, 118, 37.401)))
        for code, shape in boundary_files.shapes().items()
    }
    said = asked(boundary_files.geopackage(tmp_path / "a.gpkg", twin), input="n\n", fails=True)
    (several,) = (line for line in said.splitlines() if "several parts" in line)
    assert several.count(",") == 4 and several.endswith(" and 6 more")


def test_errors_are_counted_in_words(asked, tmp_path):
    unnamed = boundary_files.geopackage(tmp_path / "a.gpkg", c370900="")
    assert "Nothing stored: errors above: 1." in asked(unnamed, "--yes", fails=True)


def test_a_filled_tree_and_a_day_to_come_are_refused_before_anything_is_read(wangge, asked, tmp_path, monkeypatch):
    import gis.examine

    path = boundary_files.geopackage(tmp_path / "a.gpkg")
    with monkeypatch.context() as unread:
        unread.setattr(gis.examine, "examine", lambda *_, **__: pytest.fail("read"))
        tomorrow = clock.today() + timedelta(days=1)
        assert f"--from {tomorrow} is in the future" in asked(path, "--yes", "--from", tomorrow, fails=True)
    asked(path, "--yes", "--from", clock.today() - timedelta(days=1))
    with wangge.store.read() as session:
        assert set(session.scalars(select(GridVersion.valid_from))) == {clock.today() - timedelta(days=1)}
    monkeypatch.setattr(gis.examine, "examine", lambda *_, **__: pytest.fail("read"))
    assert "grids already" in asked(path, "--yes", fails=True)


def test_a_list_of_names_and_codes_is_a_tree_too(wangge, asked, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("代码,名称\n370900,东辽县\n370900101,安平镇\n370900101201,东关村\n合计：3个,\n", encoding="gb18030")
    said = asked(path, input="y\n")
    assert "villages: 1, e.g. 370900101201 东关村" in said and "without borders" in said and "Stored 3 grids" in said
    assert "Row 5 was left out" in said
    assert stored(wangge) == 3


def test_a_damaged_file_stores_nothing(wangge, tmp_path):
    broken = tmp_path / "county.geojson"
    broken.write_text("<VRTDataset/>")
    wangge("migrate")
    wangge("seed")
    assert "Nothing stored" in wangge("grids", "import", broken, "--yes", fails=True)
    with wangge.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Grid)) == 0


def test_a_backup_comes_back_in_an_empty_place(wangge, tmp_path, monkeypatch):
    wangge("migrate")
    wangge("seed")
    wangge("admin", "create", "root", "--name", "Root", "--password", "long enough")
    with clock.at(datetime(2026, 5, 31, 17, 30, tzinfo=UTC)):
        said = wangge("backup", tmp_path / "county.backup")
    assert (
        f"{tmp_path / 'county.backup'}: " in said and "2026-05-31T17:30:00+00:00, county time 2026-06-01 01:30" in said
    )
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "other"))
    said = wangge("restore", tmp_path / "county.backup")
    assert f"{tmp_path / 'county.backup'}: " in said and "county time 2026-06-01 01:30" in said
    assert "taken" in wangge("admin", "create", "root", "--name", "Root", "--password", "long enough", fails=True)
    assert "In order" in wangge("verify-store")
    assert "In order" in wangge("verify-reports")
    wangge("sweep")


def test_every_verb_on_records_says_that_the_seeds_are_missing(wangge):
    wangge("migrate")
    for words in (
        ("serve",),
        ("sweep",),
        ("admin", "create", "root", "--name", "Root", "--password", "long enough"),
        ("verify-store",),
    ):
        assert wangge(*words, fails=True).endswith("Run: wangge seed\n")


def test_a_sweep_under_a_wrong_clock_fails_and_says_how_to_go_on_which_then_works(wangge):
    wangge("migrate")
    wangge("seed")
    wangge("admin", "create", "root", "--name", "Root", "--password", "long enough")
    assert "log: 0" in wangge("sweep")
    with wangge.store.read() as session:
        acts = session.scalar(select(func.count()).select_from(AuditEntry))
    with clock.at(datetime(2037, 1, 1, tzinfo=UTC)):
        said = wangge("sweep", fails=True)
        with wangge.store.read() as session:
            assert session.scalar(select(func.count()).select_from(AuditEntry)) == acts > 0
        assert said.startswith("Nothing was deleted. This machine's clock says 2037-01-01")
        assert "Traceback" not in said and said.endswith("wangge sweep --really\n")
        assert f"log: {acts}" in wangge("sweep", "--really")
        assert "log: 0" in wangge("sweep")
    assert "earlier" in wangge("sweep", fails=True)
