"""Applications for gunicorn: ours, and ours in a process that has loaded what imports boundaries."""

from webapp.app import App
from webapp.wsgi import application


def wangge() -> App:
    """The application as it is, on the database of DATABASE_URL."""
    return application()


def with_geopandas() -> App:
    """The same in a worker that carries geopandas and pyogrio."""
    import geopandas  # noqa: F401
    import pyogrio  # noqa: F401

    return wangge()
