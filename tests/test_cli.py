"""The command ``wangge``, as an operator types it."""
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests import engines
from tests.gis import boundary_files
from webapp import cli
from webapp.core import passwords
from webapp.core.db import Store
from webapp.grid.models import Grid, GridVersion, MapLayer
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
    wangge("serve")
    assert served


@pytest.mark.parametrize(("password", "word"), [("short", "At least 8 characters"), ("1234567890", "Not digits alone"),
                                              ("a" * 201, "At most 200 characters")])
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
        assert passwords.fits(person.password_hash, "long enough")


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
    assert "tree already" in wangge("grids", "import", path, "--yes", fails=True)


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
    wangge("backup", tmp_path / "county.backup")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "other"))
    wangge("restore", tmp_path / "county.backup")
    assert "taken" in wangge("admin", "create", "root", "--name", "Root", "--password", "long enough", fails=True)
    assert "In order" in wangge("verify-store")
    assert "In order" in wangge("verify-reports")
    wangge("sweep")


def test_every_verb_on_records_says_that_the_seeds_are_missing(wangge):
    wangge("migrate")
    for words in (("serve",), ("sweep",), ("admin", "create", "root", "--name", "Root", "--password", "long enough"), ("verify-store",)):
        assert wangge(*words, fails=True).endswith("Run: wangge seed\n")
