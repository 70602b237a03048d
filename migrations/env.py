"""How revisions run: one explicit transaction each on both engines, so a killed upgrade leaves no half."""

from typing import Any, Literal

from alembic import context

from migrations.ops import GEOMETRY
from webapp.core.db import CompactUuid, Moment, Shape
from webapp.models import metadata

PLAIN = {
    Moment: "sa.DateTime(timezone=True)",
    Shape: "sa.LargeBinary()",
    CompactUuid: "UUID",
}  # UUID: migrations/ops.py


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write the plain column type: a revision must not need the program of its day."""
    return PLAIN.get(type(item), False) if kind == "type" else False


def include_object(_thing: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
    """Leave alone what PostGIS added."""
    if name == "spatial_ref_sys":
        return False
    return not (reflected and (name == "geom" or name in {f"ix_{table}_geom" for table, _ in GEOMETRY}))


def run(connection: Any) -> None:
    """Run the revisions on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_item,
        include_object=include_object,
        transactional_ddl=True,
        transaction_per_migration=True,
        compare_type=True,  # no batch steps: on SQLite they write a UUID column without its size (ops.rebuild keeps it)
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
