"""What a worker holds, beside the same worker with geopandas and pyogrio loaded."""

from contextlib import ExitStack
from pathlib import Path

from . import procs
from .client import Browser
from .county import County, environment
from .figures import Figure

PAGES = ("/", "/map", "/account")


def measure(county: County, folder: Path, rounds: int) -> list[Figure]:
    """Start both anew ``rounds`` times, let each answer some pages, then look into /proc."""
    found: dict[str, list[tuple[float, float]]] = {"RSS": [], "PSS": [], "private": []}
    for _ in range(rounds):
        light, heavy = _pair(county, folder)
        for kind in found:
            found[kind].append((light[kind], heavy[kind]))
    return [figure for kind, pairs in found.items() for figure in _figures(kind, pairs)]


def _pair(county: County, folder: Path) -> tuple[dict[str, float], ...]:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(procs.gunicorn(f"bench.apps:{name}()", environment(county), folder / f"{name}.log", 1))
            for name in ("wangge", "with_geopandas")
        ]
        for server in servers:
            browser = Browser(server.port)
            browser.login(county.reader.login)
            for page in PAGES:
                browser.ask("GET", page)
        return tuple(procs.memory(server.workers()[0]) for server in servers)


def _figures(kind: str, pairs: list[tuple[float, float]]) -> list[Figure]:
    light, heavy = ([pair[side] for pair in pairs] for side in (0, 1))
    goal = 0.6 if kind == "RSS" else None
    return [
        Figure(f"worker, {kind}", light, "MB"),
        Figure(f"with geopandas, {kind}", heavy, "MB"),
        Figure(f"worker / with geopandas, {kind}", [a / b for a, b in pairs], "x", goal),
    ]
