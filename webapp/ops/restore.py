"""A backup back into an empty place on either engine: all of it or nothing, and nobody is logged in there."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..core import audit, chain, clock
from ..core.db import Moment, Store
from ..core.errors import N_, Refused
from ..core.files import CHUNK, sync
from ..login.models import LoginCode, LoginSession
from . import archive as archives
from . import dump, identity, migrate
from .archive import Manifest

MISFIT = N_("The backup could not be restored, nothing was kept (table %(table)s): %(why)s")


def restore(
    archive: Path, store: Store, data_dir: Path, keys: Sequence[bytes] = (), *, unsigned: bool = False
) -> Manifest:
    """Put a backup into an empty place, on either engine, at the revision it was made at; all of it or nothing.

    Refused, with nothing changed, when the place has records or photos or when ``archive.examine`` refuses the backup.
    Log-ins and log-in codes come back ended: what was ended after the backup cannot begin again by it.
    """
    _refuse_taken(store, data_dir)
    manifest = archives.examine(archive, keys, unsigned=unsigned)
    with _as_before_on_failure(store, data_dir), archives.opened(archive, keys, unsigned=unsigned) as file:
        data_dir.mkdir(parents=True, exist_ok=True)
        coming, photos = data_dir / "photos.restoring", data_dir / "photos"
        _bring_to(store, manifest.revision)
        _place_photos(file, coming)
        with store.writer.begin() as connection:
            layouts = dump.layouts(connection)
            _load_all(file, connection, layouts, manifest)
            with chain.linked(connection) if inspect(connection).has_table("chain_link") else nullcontext():
                _end_log_ins(connection, manifest)
            identity.renew(connection, data_dir)
            shutil.rmtree(photos, ignore_errors=True)  # holds no file, see _refuse_taken
            coming.rename(photos)  # before the commit: a row never names a file that is not there yet
            sync(data_dir)
    return manifest


@contextmanager
def _as_before_on_failure(store: Store, data_dir: Path) -> Iterator[None]:
    """Leave nothing of a restore that did not come to its end; a full disk is told in words."""
    had_file = _has_a_file(store)
    revision = migrate.current(store) if had_file else None
    id_ = identity.kept_in(data_dir)
    try:
        yield
    except BaseException as error:
        for name in ("photos.restoring", "photos", identity.FILE):
            _away(data_dir / name)
        if id_:
            identity.keep_in(data_dir, id_)
        _schema_as_before(store, revision, had_file)
        if isinstance(error, OSError):
            raise Refused(MISFIT, table="-", why=str(error)) from error
        raise


def _away(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _has_a_file(store: Store) -> bool:
    """Whether there is something to look into; looking would make the file of SQLite."""
    return not store.is_sqlite or Path(store.url.database or "").exists()


def _schema_as_before(store: Store, revision: str | None, had_file: bool) -> None:
    if not had_file:
        store.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{store.url.database}{ending}").unlink(missing_ok=True)
    elif migrate.current(store) != revision:
        _bring_to(store, revision)
        if revision is None:
            with store.writer.begin() as connection:
                connection.exec_driver_sql("drop table if exists alembic_version")


def _refuse_taken(store: Store, data_dir: Path) -> None:
    if any(file.is_file() for file in (data_dir / "photos").rglob("*")):
        raise Refused(
            N_("There are photos in %(place)s already. A backup can only be restored to an empty place."),
            place=str(data_dir / "photos"),
        )
    if not _has_a_file(store):
        return
    with dump.snapshot(store) as connection:
        layouts = [layout for layout in dump.layouts(connection) if layout.name != identity.TABLE]
        taken = next((layout.name for layout in layouts if dump.count(connection, layout)), None)
    if taken or (layouts and migrate.current(store) is None):
        raise Refused(
            N_(
                "There are records in the database already (table %(table)s). A backup can only be restored to "
                "an empty place."
            ),
            table=taken or layouts[0].name,
        )


def _bring_to(store: Store, revision: str | None) -> None:
    """An empty schema of just this revision; none at all for None."""
    if migrate.current(store) not in (None, revision):
        migrate.run(store, "downgrade", "base")
    if revision is not None:
        migrate.run(store, "upgrade", revision)


def _place_photos(file: Any, folder: Path) -> None:
    _away(folder)  # of a restore that was killed
    folder.mkdir()
    for member in archives.members(file):
        if member.photo:
            place = folder / member.photo
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as target:
                shutil.copyfileobj(archives.Content(file, member), target, CHUNK)
    os.sync()  # once for all; one by one takes minutes


# --- rows ----------------------------------------------------------------------------------------------


def _load_all(file: Any, connection: Connection, layouts: Sequence[dump.Layout], manifest: Manifest) -> None:
    """Every table's rows, then the references within a table; compared and counted before anything is kept."""
    tables = {member.table: member for member in archives.members(file) if member.table}
    known = {layout.name for layout in layouts}
    if tables.keys() != known:
        raise Refused(MISFIT, table="-", why=", ".join(sorted(map(str, tables.keys() ^ known))))
    for layout in layouts:
        _load(file, tables[layout.name], connection, layout, manifest.rows[layout.name])
    dump.reset_sequences(connection, layouts, manifest.ids)


def _load(file: Any, member: archives.Member, connection: Connection, layout: dump.Layout, rows: int) -> None:
    if layout.name == identity.TABLE:
        connection.execute(sa.delete(layout.table))  # what the empty place called itself
    try:
        if dump.head(_lines(file, member)) != layout.columns:
            raise Refused(MISFIT, table=layout.name, why="columns")
        dump.load(connection, layout, _lines(file, member))
        if layout.loops:
            dump.link(connection, layout, _lines(file, member))
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", error)).partition("\n")[0]
        raise Refused(MISFIT, table=layout.name, why=why) from error
    found = dump.count(connection, layout)
    if found != rows:
        raise Refused(MISFIT, table=layout.name, why=f"{found} ≠ {rows}")


def _lines(file: Any, member: archives.Member) -> Any:
    return archives.unpacked(archives.Content(file, member))


# --- what does not come back ---------------------------------------------------------------------------


def _end_log_ins(connection: Connection, manifest: Manifest) -> None:
    """No log-in and no code of before the backup lets anybody in again; it stands in the log, with how many. The
    columns that are asked and set were there at every revision."""
    now = clock.now()
    ended = connection.execute(sa.update(LoginSession).where(LoginSession.revoked_at.is_(None)).values(revoked_at=now))
    codes = connection.execute(
        sa.update(LoginCode).where(LoginCode.used_at.is_(None), LoginCode.expires_at > now).values(expires_at=now)
    )
    _note(connection, manifest.made_at, ended.rowcount, codes.rowcount)


def _note(connection: Connection, made: str, sessions: int, codes: int) -> None:
    """In the log, as it was at the backup's revision."""
    if inspect(connection).has_table("chain_link"):  # from then on lines are as they are today
        with Session(connection) as session:
            audit.note(session, None, "restore", "store", made=made, sessions=sessions, codes=codes)
        return
    detail = {"made": made, "sessions": sessions, "codes": codes}
    columns = [sa.column("at", Moment()), *map(sa.column, ("person_id", "action", "thing", "detail"))]
    connection.execute(
        sa.insert(sa.table("audit_log", *columns)),
        {"at": clock.now(), "person_id": None, "action": "restore", "thing": "store", "detail": json.dumps(detail)},
    )
