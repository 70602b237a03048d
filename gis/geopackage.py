"""Looking into a GeoPackage with plain SQLite before GDAL sees it: only ordinary tables may lie behind a layer.

A GeoPackage is an SQLite database, and its schema can name virtual tables and views that hand over another
file. The bytes are opened as a database in memory, so nothing beside them (a journal, a WAL) is looked for.
"""

import re
import sqlite3
from dataclasses import dataclass

from gis.delivery import Refused

LAYERS = 20
APPLICATION_IDS = (b"GPKG", b"GP10", b"GP11")
# A trusted schema part, by its kind in sqlite_master: every row must match, so an unknown kind is refused too.
ORDINARY = {
    "table": re.compile(
        r'CREATE TABLE\b.*|CREATE VIRTUAL TABLE "?rtree_[^"]+"? USING rtree\s*\([\w\s,"]*\)', re.DOTALL
    ),
    "index": re.compile(r"|CREATE (UNIQUE )?INDEX\b.*", re.DOTALL),
    # triggers never run while reading; these are the ones the standard and GDAL write
    "trigger": re.compile(
        r"""CREATE TRIGGER ["'`\[]?(rtree_|gpkg_|trigger_(insert|delete|update)_feature_count_).*""", re.DOTALL
    ),
}


@dataclass(frozen=True)
class Table:
    """One feature layer: its table, and its coordinate system as the file names it."""

    name: str
    organization: str
    number: int
    wkt: str


def layers(data: bytes, file: str) -> list[Table]:
    """The feature layers of a GeoPackage; Refused where its schema could reach anything else."""
    if data[68:72] not in APPLICATION_IDS:
        raise Refused("gpkg_not", file=file)
    try:
        with _opened(data) as database:
            return _tables(database, file)
    except (sqlite3.Error, UnicodeDecodeError, MemoryError, OverflowError) as error:
        raise Refused("damaged", file=file) from error


def _opened(data: bytes) -> "_Closing":
    """The bytes as a database in memory that trusts no schema; a WAL mark would make SQLite want a file."""
    database = sqlite3.connect(":memory:")
    database.deserialize(data[:18] + b"\1\1" + data[20:])
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    return _Closing(database)


class _Closing:
    """sqlite3's own context manager commits but does not close."""

    def __init__(self, database: sqlite3.Connection):
        self.database = database

    def __enter__(self) -> sqlite3.Connection:
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.close()


def _tables(database: sqlite3.Connection, file: str) -> list[Table]:
    for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master"):
        if kind not in ORDINARY or not ORDINARY[kind].fullmatch(sql or ""):
            raise Refused("gpkg_foreign_part", file=file, part=str(name)[:80])
    rows = database.execute(
        "SELECT c.table_name, s.organization, s.organization_coordsys_id, s.definition FROM gpkg_contents c "
        "JOIN gpkg_geometry_columns g ON g.table_name = c.table_name "
        "LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id "
        "WHERE c.data_type = 'features'"
    ).fetchmany(LAYERS + 1)
    if len(rows) > LAYERS:
        raise Refused("gpkg_foreign_part", file=file, part=f"> {LAYERS}")
    return [_table(database, file, *row) for row in rows]


def _table(database: sqlite3.Connection, file: str, name: str, organization: str, number: int, wkt: str) -> Table:
    """The layer, once its table is an ordinary one whose every value is stored, not computed."""
    columns = database.execute(
        "SELECT x.hidden FROM sqlite_master m, pragma_table_xinfo(m.name) x "
        "WHERE m.type = 'table' AND lower(m.name) = lower(?) AND m.sql LIKE 'CREATE TABLE%'",
        (name,),
    )
    hidden = [row[0] for row in columns]
    if not hidden or any(hidden):
        raise Refused("gpkg_foreign_part", file=file, part=str(name)[:80])
    return Table(str(name), str(organization or ""), int(number or 0), str(wkt or "")[:20_000])
