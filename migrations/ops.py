"""Helpers for revisions: what only some engines have."""

from alembic import op
from sqlalchemy import text

#: What PostGIS adds beside our tables; the ORM and autogenerate never see it (migrations/env.py).
GEOMETRY = (("grid_version", "boundary"),)


def has_postgis() -> bool:
    """Whether this database is PostgreSQL with the postgis extension created in it."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.scalar(text("select 1 from pg_extension where extname = 'postgis'")))


def add_geometry(table: str, column: str) -> None:
    """A generated geometry column (EPSG:4326) with a GiST index over a WKB column, where PostGIS is present."""
    if not has_postgis():
        return
    op.execute(
        f"alter table {table} add column geom geometry(Geometry, 4326) "
        f"generated always as (ST_GeomFromWKB({column}, 4326)) stored"
    )
    op.execute(f"create index ix_{table}_geom on {table} using gist (geom)")


def drop_geometry(table: str) -> None:
    """Take the geometry column away again, where there is one."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"alter table {table} drop column if exists geom")
