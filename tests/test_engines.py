"""Fresh databases really are fresh, complete copies, and gone when dropped, on each engine that is here."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests import engines


def ask(url: str, *statements: str) -> object:
    """What the last statement answers; all are committed."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with closing(engine.connect()) as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        return results[-1].scalar() if results[-1].returns_rows else None


@pytest.fixture(params=engines.urls())
def url(request, tmp_path):
    made = engines.make(request.param, tmp_path)
    yield made
    engines.drop(made)


def test_two_databases_share_nothing(url, tmp_path):
    other = engines.make("sqlite" if "sqlite" in url else "postgres", tmp_path)
    ask(url, "CREATE TABLE village (name text)")
    ask(other, "CREATE TABLE village (name text)")
    engines.drop(other)
    assert ask(url, "SELECT count(*) FROM village") == 0


def test_a_copy_holds_all_rows_and_goes_its_own_way(url, tmp_path):
    ask(url, "CREATE TABLE village (name text)", "INSERT INTO village VALUES ('白泉')")
    copied = engines.copy(url, tmp_path)
    ask(copied, "INSERT INTO village VALUES ('安石')")
    assert ask(copied, "SELECT count(*) FROM village") == 2
    assert ask(url, "SELECT name FROM village") == "白泉"
    engines.drop(copied)


def test_a_dropped_database_is_gone_and_dropping_again_is_no_error(url, tmp_path):
    made = engines.copy(url, tmp_path)
    ask(made, "CREATE TABLE village (name text)")
    engines.drop(made)
    engines.drop(made)
    if make_url(made).get_backend_name() == "sqlite":
        assert not Path(make_url(made).database).exists()
    else:
        with pytest.raises(OperationalError, match="does not exist"):
            ask(made, "SELECT 1")


@pytest.mark.parametrize("engine_id", [name for name in engines.urls() if name != "sqlite"])
def test_only_postgis_carries_postgis(engine_id, tmp_path):
    made = engines.make(engine_id, tmp_path)
    has_it = ask(made, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
    engines.drop(made)
    assert has_it == (engine_id == "postgis")


def test_an_engine_that_is_not_here_is_refused(tmp_path):
    with pytest.raises(ValueError, match="oracle"):
        engines.make("oracle", tmp_path)
