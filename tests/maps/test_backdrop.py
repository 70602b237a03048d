"""Roads and waters of a county's own files lie under its borders: read in the child, clipped, light, in one layer."""

import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gis import backdrop
from gis.delivery import Refused
from tests.conftest import World
from webapp.core.models import AuditEntry
from webapp.grid.models import MapLayer

BOX = (110.0, 35.0, 110.03, 35.02)
ROAD = {"type": "LineString", "coordinates": [[109.0, 35.005], [110.01, 35.005], [110.01, 35.015]]}
ELSEWHERE = {"type": "LineString", "coordinates": [[100.0, 30.0], [100.1, 30.0]]}
RIVER = {
    "type": "MultiLineString",
    "coordinates": [[[110.0, 35.01], [110.02, 35.01]], [[110.02, 35.01], [110.03, 35.01]]],
}
LAKE = {"type": "Polygon", "coordinates": [[[110.0, 35.0], [110.01, 35.0], [110.01, 35.004], [110.0, 35.0]]]}


def told(*geometries: dict[str, Any]) -> bytes:
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def written(folder: Path, name: str, *geometries: dict[str, Any]) -> Path:
    path = folder / name
    path.write_bytes(told(*geometries))
    return path


def send(browser: Any, **sent: Any) -> Any:
    files = {kind: [(io.BytesIO(body), f"{kind}.geojson")] for kind, body in sent.items() if isinstance(body, bytes)}
    return browser.post("/map/backdrop", **({"is_open": "y"} | sent | files))


def shown(browser: Any) -> dict[str, Any] | None:
    """What the map draws under its borders, as a browser gets it."""
    address = re.search(r'data-backdrop="([^"]+)"', browser.get("/map").text)
    return json.loads(browser.get(address[1]).data) if address else None


def test_lines_and_areas_are_clipped_to_the_county_joined_and_thinned(tmp_path: Path) -> None:
    files = {
        "roads": [written(tmp_path, "roads.json", ROAD, ELSEWHERE)],
        "waters": [written(tmp_path, "waters.json", RIVER, LAKE)],
    }
    drawn = json.loads(gzip.decompress(backdrop.draw(files, None, BOX)))
    assert drawn["step"] == pytest.approx(1e-4)
    assert drawn["roads"] == {"lines": [[1100000, 350050, 100, 0, 0, 100]], "areas": []}
    assert drawn["waters"]["lines"] == [[1100000, 350100, 300, 0]]
    assert len(drawn["waters"]["areas"]) == 1


def test_files_in_another_system_lie_where_they_belong(tmp_path: Path) -> None:
    roads = {"type": "LineString", "coordinates": [[500000 - 1000, 3874000], [500000 + 1000, 3874000]]}
    path = written(tmp_path, "roads.json", roads)
    named = json.loads(path.read_bytes()) | {"crs": {"type": "name", "properties": {"name": "EPSG:4545"}}}
    path.write_text(json.dumps(named))
    ((line,),) = [
        json.loads(gzip.decompress(backdrop.draw({"roads": [path]}, None, (107, 34, 109, 36))))["roads"]["lines"]
    ]
    assert 1079000 < line[0] < 1080500 and 349000 < line[1] < 351000


@pytest.mark.parametrize(
    ("geometries", "code"), [((ELSEWHERE,), "backdrop_empty"), ((), "backdrop_empty")], ids=["elsewhere", "nothing"]
)
def test_files_with_nothing_in_the_county_are_refused(tmp_path: Path, geometries: Any, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        backdrop.draw({"roads": [written(tmp_path, "a.json", *geometries)]}, None, BOX)
    assert refusal.value.code == code


def test_what_would_be_too_much_for_a_phone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backdrop, "MOST", 60)
    with pytest.raises(Refused) as refusal:
        backdrop.draw({"roads": [written(tmp_path, "a.json", ROAD)]}, None, BOX)
    assert refusal.value.code == "backdrop_big"


def test_a_county_brings_them_in_and_everybody_with_a_map_sees_them(world: World, browse: Any) -> None:
    county = browse("county")
    assert shown(county) is None and "Take them off the map" not in county.get("/map/backdrop").text
    assert send(county, roads=told(ROAD), waters=told(RIVER, LAKE)).status_code == 303
    drawn = shown(browse("officer_a1"))
    assert drawn is not None and drawn["roads"]["lines"] and drawn["waters"]["areas"]
    assert re.search(r'data-class="waters"', county.get("/map").text)
    with world.store.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "grid.backdrop")).one()
    assert entry.detail == {"source": "roads.geojson, waters.geojson"}


def test_new_ones_take_the_place_of_the_old_and_they_can_be_taken_away(world: World, browse: Any) -> None:
    county = browse("county")
    for body in (told(ROAD), told(RIVER), told(RIVER)):
        assert send(county, roads=body).status_code == 303
    with world.store.read() as session:
        kept = session.scalar(select(func.count()).where(MapLayer.name.startswith("backdrop")))
    assert kept == 1
    assert county.post("/map/backdrop/remove").status_code == 303
    assert shown(county) is None


def test_what_cannot_be_read_or_is_not_confirmed_is_said_and_changes_nothing(browse: Any) -> None:
    county = browse("county")
    answers = {
        "Please choose a file.": send(county),
        "Please confirm this.": send(county, roads=told(ROAD), is_open=""),
        "No line and no area of these files lies in the county.": send(county, roads=told(ELSEWHERE)),
        "is not valid JSON": send(county, roads=b"{"),
    }
    assert {words: (answer.status_code, words in answer.text) for words, answer in answers.items()} == dict.fromkeys(
        answers, (422, True)
    )
    assert shown(county) is None
