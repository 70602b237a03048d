"""What a phone and a web worker load: little over the network, and nothing that only imports need."""

import gzip
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEY, PASSWORD, Browser, World
from tests.sources import ROOT

FIRST_LOAD = 150_000  # bytes on a phone, compressed
LAYER = 40_000  # what the map's outlines may take of it: tests/maps/test_map_layer.py
HEAVY = ("geopandas", "pandas", "pyogrio", "fiona", "osgeo")
WORK = f"""
import sys
from pathlib import Path
from webapp.app import create_app
from webapp.config import Config
from webapp.listeners import open_store
from tests.conftest import Browser
browser = Browser(create_app(Config("", Path(sys.argv[2]), {KEY!r}), open_store(sys.argv[1])).test_client())
assert browser.get("/healthz").status_code == 200
assert browser.login("township_a", {PASSWORD!r}).status_code == 302
for address in ("/", "/map", "/duties", "/people"):
    assert browser.get(address).status_code == 200, address
now = "2026-01-05T08:00:00+00:00"
form = dict(id="01900000-0000-7000-8000-000000000001", grid=sys.argv[3], made_at=now, place="x", problem="smoke",
            severity="minor", first_measure="not_heeded", note="x", lon="110.005", lat="35.005",
            accuracy_m="5", person_id=sys.argv[4])
assert browser.post("/reports", **form).status_code == 303
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_web_worker_never_loads_what_only_imports_need(world: World, tmp_path: Path) -> None:
    url = world.store.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", WORK, url, str(tmp_path), str(world.grids["A1"]), str(world.people["officer_a1"])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


def loaded(client: Any, address: str) -> dict[str, int]:
    """What a browser fetches for a page, each with its size in bytes as gzip makes it."""
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200, address
    sizes = {address: len(gzip.compress(page.data))}
    for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text):
        _load(client, asset, sizes)
    return sizes


def _load(client: Any, asset: str, sizes: dict[str, int]) -> None:
    if asset in sizes:
        return
    with client.get(asset) as response:
        data = response.data
    sizes[asset] = len(gzip.compress(data))
    if asset.endswith(".js"):
        for module in re.findall(rb'(?:from|import)\s*"\./([^"]+)"', data):
            _load(client, f"{asset.rpartition('/')[0]}/{module.decode()}", sizes)


@pytest.mark.parametrize(
    ("who", "address"),
    [
        (None, "/login"),
        ("officer_a1", "/home"),
        ("officer_a1", "/grids/{A1}/patrol"),
        ("officer_a1", "/grids/{A1}/report"),
        ("officer_a1", "/map"),
        ("township_a", "/desk"),
        ("county", "/duties"),
    ],
)
def test_first_load_is_small(browse: Callable[..., Browser], world: World, who: str | None, address: str) -> None:
    sizes = loaded(browse(who).client, address.format(**world.grids))
    assert len(sizes) > 4
    assert sum(sizes.values()) <= FIRST_LOAD - LAYER * (address == "/map"), sizes
