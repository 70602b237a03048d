"""Roads and waters of the invented county, brought in by its office as from files of its own."""

from pathlib import Path
from tempfile import TemporaryDirectory

from gis import invent

from ..core.db import Store
from ..grid import backdrop
from ..grid.models import Grid
from ..people.queries import actor_of
from .people import County


def draw(store: Store, county: County) -> None:
    """Under the borders of the whole county."""
    with store.read() as session:
        path = session.get_one(Grid, county.root.id).path
        around = backdrop.box(session, path)
    with TemporaryDirectory(prefix="wangge-demo-") as folder:
        files = {kind: Path(folder) / f"{kind}.geojson" for kind in ("roads", "waters")}
        for kind, text in invent.ground(invent.county()).items():
            files[kind].write_text(text, encoding="utf-8")
        body = backdrop.draw({kind: [file] for kind, file in files.items()}, None, around)
    with store.write() as session:
        backdrop.keep(session, actor_of(session, county.office[0]), path, body, "道路.geojson, 河流.geojson")
