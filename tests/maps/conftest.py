"""What the tests of the map share: rounds and reports in the small county, and a page read back as figures."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests import make
from webapp.core.models import Setting
from webapp.patrol import service as patrol_service
from webapp.report import service as report_service


@dataclass(frozen=True)
class MapPage:
    """A map page taken apart: figures by grid id, points, and the rows of the table in their order."""

    status: int
    text: str
    headers: Any
    values: dict[str, dict[str, Any]]
    points: list[dict[str, Any]]
    rows: list[tuple[str, ...]]

    @property
    def layer(self) -> str:
        """Address of the outlines."""
        return re.search(r'data-layer="([^"]+)"', self.text)[1]  # type: ignore[index]


def read_page(answer: Any) -> MapPage:
    """Take an answer apart."""
    values = re.search(r'data-map-values="map">(.*?)</script>', answer.text)
    points = re.search(r'data-map-points="map">(.*?)</script>', answer.text)
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        for body in re.findall(r"<tbody[^>]*>(.*?)</tbody>", answer.text, re.S)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S)
    ]
    rows = [tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in row) for row in cells]
    return MapPage(
        answer.status_code,
        answer.text,
        answer.headers,
        json.loads(values[1]) if values else {},
        json.loads(points[1])["features"] if points else [],
        rows,
    )


@pytest.fixture
def the_map(browse: Any) -> Callable[..., MapPage]:
    """``the_map("county", days=7)``: the page as somebody sees it."""
    return lambda login, **query: read_page(browse(login).get("/map", query_string=query))


@pytest.fixture
def patrol(world: Any) -> Callable[..., None]:
    """``patrol("officer_a1", "A1", farm_a1="normal")``: a round that was sent."""

    def send(login: str, grid: str, *, at: Any = None, **results: str) -> None:
        with world.store.write() as session:
            entry = make.patrol(
                world.grids[grid], {world.things[name]: result for name, result in results.items()}, at=at
            )
            patrol_service.record(session, make.actor(session, login), entry)

    return send


@pytest.fixture
def report(world: Any) -> Callable[..., str]:
    """``report("officer_a1", "A1", lon=…, lat=…)``: a report that was sent; its number's five digits."""

    def send(login: str, grid: str, **more: Any) -> str:
        with world.store.write() as session:
            entry = make.report(world.grids[grid], **more)
            return report_service.submit(session, make.actor(session, login), entry).number[-5:]

    return send


@pytest.fixture
def setting(world: Any) -> Callable[[str, str], None]:
    """Set a county setting."""

    def put(key: str, value: str) -> None:
        with world.store.write() as session:
            session.get_one(Setting, key).value = value

    return put
