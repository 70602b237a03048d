"""Who and what the day needs of the invented county, and the pictures that are taken on it."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Cast:
    """Ids of the invented county's sample village and of who works for it."""

    village: int
    neighbour: int
    things: tuple[int, ...]
    point: tuple[float, float]
    officer: int
    station: int
    lead: int
    helper: int
    duty: int
    unasked: int
    asked: int


FIND = {
    "village": "select grid_id from posting where role = 'grid_officer' "
    "and person_id = (select id from person where login = 'officer')",
    "neighbour": "select min(id) from grid where id <> :village "
    "and parent_id = (select parent_id from grid where id = :village)",
    "officer": "select id from person where login = 'officer'",
    "station": "select body_id from posting where person_id = (select id from person where login = 'station')",
    "lead": "select body_id from posting where person_id = (select id from person where login = 'department')",
    "helper": "select body_id from posting where person_id = (select id from person where login = 'dept-ecology')",
    "duty": "select min(id) from duty where canonical = 'housing' and valid_to is null",
    # A county that has lived the day before has its wishes still open: this day wishes something else.
    "unasked": "select min(id) from patrol_object where grid_id = :village and valid_to is null "
    "and id not in (select object_id from object_proposal where object_id is not null)",
    "asked": "select 1 + count(*) from object_proposal",
}


def cast(session: Session) -> Cast:
    """Look the ids up; the sample log-ins of the invented county are its only fixed points."""
    found: dict[str, Any] = {}
    for name, question in FIND.items():
        found[name] = session.scalar(
            text(question), {"village": found.get("village")} if ":village" in question else {}
        )
        assert found[name], f"the county has no {name}"
    rows = session.execute(
        text(
            "select id, lon, lat from patrol_object where grid_id = :village and valid_to is null "
            "and lon is not null order by id"
        ),
        found,
    ).all()
    return Cast(**found, things=tuple(row.id for row in rows), point=(rows[0].lon, rows[0].lat))


def picture(red: int) -> bytes:
    """A small JPEG as a phone would take it, with a place in its EXIF block."""
    image, file = Image.linear_gradient("L").resize((160, 120)), io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "invented phone"
    Image.merge("RGB", (image.point(lambda value: value * red // 255), image.rotate(180), image)).save(
        file, "JPEG", exif=exif
    )
    return file.getvalue()
