"""Tables of the grid. ``grid`` is who it is (today's place in the tree); ``grid_version`` is how it was drawn when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, PathString, Shape, vocabulary

vocabulary("grid_change_kind")
vocabulary("grid_change_state")
HAS_HEIR = text("heir_id is not null")
#: The tier of unit grids (a community's compounds). What is patrolled, reported and counted lies in the tiers above it,
#: the deepest of which is the working tier (``queries.working_tier``).
UNIT_TIER = 4


class GridLevel(Base):
    """What a tier is called here: 1 is the root. Depth and words are rows, a county may change them; ``UNIT_TIER`` has
    one only where there are unit grids."""

    __tablename__ = "grid_level"
    tier: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)


class Grid(Base):
    """One grid for good: administrative codes and borders change, this row and its id do not.

    ``path`` is made of ids ("1.4.17."), so a subtree is the index range [path, path with "/" for its last dot).
    A grid that went out of force on a day (``ended_on``) is never deleted: it stands below ``heir_id``, the grid in
    force that has its records today, so rights to the heir reach them.
    """

    __tablename__ = "grid"
    id: Mapped[int] = mapped_column(primary_key=True)
    tier: Mapped[int] = mapped_column(ForeignKey("grid_level.tier"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    path: Mapped[str] = mapped_column(PathString, unique=True)
    ended_on: Mapped[date | None]
    heir_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))

    __table_args__ = (Index("ix_grid_heir_id", "heir_id", sqlite_where=HAS_HEIR, postgresql_where=HAS_HEIR),)


class GridVersion(Base):
    """How a grid is drawn from ``valid_from`` to ``valid_to`` (exclusive): code, names, parent, border.

    Without ``valid_to`` it is either in force, when ``GridCurrent`` points to it, or planned, when nothing does; only
    ``service.activate`` makes the one the other. Which of them counts, ``queries.current`` and ``queries.on`` say.
    ``predecessors`` are ids of the grids out of which this one was made.
    ``boundary`` is WKB in WGS84/CGCS2000 longitude-latitude; the four box columns are its bounds in degrees. A grid
    without a border works all the same and has none of the five.
    """

    __tablename__ = "grid_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), index=True)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    boundary: Mapped[bytes | None] = mapped_column(Shape)
    minx: Mapped[float | None]
    miny: Mapped[float | None]
    maxx: Mapped[float | None]
    maxy: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    predecessors: Mapped[list[int]] = mapped_column(JSON, default=list)

    __table_args__ = (UniqueConstraint("grid_id", "valid_from"),)


class GridCurrent(Base):
    """The version of a grid that is in force, or was last: a pointer that only ``service.activate`` moves.

    A table of its own, because a column of ``grid`` would close a circle of references with ``grid_version``
    (docs/decisions/0021).
    """

    __tablename__ = "grid_current"
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("grid_version.id"), unique=True)


class BoundaryEdition(Base):
    """One publishing of boundaries. Workers hold the cells of the newest and look once a request whether it moved."""

    __tablename__ = "boundary_edition"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class MapLayer(Base):
    """A layer written once, when boundaries were published: gzip GeoJSON under the hash of its bytes."""

    __tablename__ = "map_layer"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("boundary_edition.id"))
    name: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index(None, "edition_id", "name"),)


class GridChangeSet(Base):
    """Changes of the tree that take effect together on the day ``since``: all of them, or none.

    Made from a delivery of borders or by hand (``draft``), proposed (``made_by`` is who did that last), approved by
    somebody else, put in force by the sweep, or withdrawn before (docs/decisions/0051). ``base_id`` is the edition that
    it was compared with: once borders have changed since, it has to be made anew. ``facts`` are how the files were read
    and what was found; ``reason`` why its warnings are accepted; ``trouble`` why it could not be put in force: a msgid
    with its parameters.
    """

    __tablename__ = "grid_change_set"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(ForeignKey("grid_change_state.code"), index=True)
    since: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    base_id: Mapped[int] = mapped_column(ForeignKey("boundary_edition.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("boundary_edition.id"))
    trouble: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class GridChange(Base):
    """One grid of a set: ``new``, ``changed`` or ``gone``, as it will be (one that is gone as it was).

    Its parent, and of one that is gone its heir, is a grid that is there (``_id``) or the new one at a ``_position`` of
    the same set. ``predecessors`` are ids of the grids out of which it is made. ``boundary`` as in ``GridVersion``.
    """

    __tablename__ = "grid_change"
    set_id: Mapped[int] = mapped_column(ForeignKey("grid_change_set.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(ForeignKey("grid_change_kind.code"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    tier: Mapped[int] = mapped_column(ForeignKey("grid_level.tier"))
    code: Mapped[str] = mapped_column(String(20))
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    parent_position: Mapped[int | None]
    boundary: Mapped[bytes | None] = mapped_column(Shape)
    heir_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    heir_position: Mapped[int | None]
    predecessors: Mapped[list[int]] = mapped_column(JSON, default=list)
