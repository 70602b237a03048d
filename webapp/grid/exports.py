"""Grids as they are taken out: those in force, unit grids too, with their borders."""

from typing import Any

from sqlalchemy import Select, and_, select, true
from sqlalchemy.orm import aliased

from ..core import exports
from ..core.errors import N_
from ..core.exports import Export, field
from ..core.own import name
from . import queries, units
from .models import Grid, GridLevel, GridVersion

ABOVE = aliased(GridVersion, name="above")


def _rows(actor: Any, is_operator: bool) -> Select[Any]:
    return (
        select(Grid.id)
        .join(GridVersion, and_(GridVersion.grid_id == Grid.id, queries.current()))
        .join(GridLevel, GridLevel.tier == Grid.tier)
        .outerjoin(ABOVE, queries.in_force_of(Grid.parent_id, ABOVE))
        .where(units.stands_of_any_kind(), true() if is_operator else queries.reached(actor, "grid.read"))
        .order_by(GridVersion.code, GridVersion.id)
    )


def of_village() -> tuple[exports.Field, ...]:
    """The fields that say where a record lies: ``GridVersion`` is that of its village, ``ABOVE`` its township's."""
    return (
        field("grid_code", exports.VILLAGE_CODE, GridVersion.code, kind=exports.CODE),
        field("grid", exports.VILLAGE, GridVersion.zh, GridVersion.en, say=name),
        field("township", exports.TOWNSHIP, ABOVE.zh, ABOVE.en, say=name),
    )


def with_village(found: Select[Any], is_operator: bool, reach: Any) -> Select[Any]:
    """Records that were joined with their ``Grid``, those within reach, with what ``of_village`` reads of them."""
    return (
        found.join(GridVersion, and_(GridVersion.grid_id == Grid.id, queries.current()))
        .outerjoin(ABOVE, queries.in_force_of(Grid.parent_id, ABOVE))
        .where(true() if is_operator else reach)
    )


EXPORTS = (
    Export(
        10,
        "grids",
        N_("Grids"),
        "grid.read",
        (
            field("code", N_("Code of the grid"), GridVersion.code, kind=exports.CODE),
            field("level", N_("Level"), GridLevel.zh, GridLevel.en, say=name),
            field("name", N_("Name of the grid"), GridVersion.zh, GridVersion.en, say=name),
            field("parent", N_("Code of the grid above"), ABOVE.code, kind=exports.CODE),
            field("parentname", N_("Grid above"), ABOVE.zh, ABOVE.en, say=name),
            field("since", N_("In force since"), GridVersion.valid_from, kind=exports.DAY),
        ),
        _rows,
        (GridVersion.boundary,),
    ),
)
