"""``python -m bench.run``: build a county and its twin, measure both in interleaved rounds,
print goals and whether met."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from . import cost, county, crowd, memory, pages, phones, slow
from .figures import Figure, table

PARTS = ("cost", "memory", "slow", "crowd", "phones", "pages")
VERSIONS = ("flask", "werkzeug", "sqlalchemy", "django", "gunicorn", "waitress")


def main() -> None:
    """Exit status 1 when a goal is missed."""
    chosen = _arguments()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        folder = Path(name)
        print(_machine(), flush=True)
        built = county.build(folder)
        figures: list[Figure] = []
        for title, measure in _parts(built, folder, chosen):
            found = measure()
            print("\n".join(table(title, found)), flush=True)
            figures += found
    missed = [figure.name for figure in figures if not figure.is_met]
    print(f"\n{time.monotonic() - began:.0f} s. " + (f"Missed: {', '.join(missed)}." if missed else "All goals met."))
    sys.exit(bool(missed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds; for a claim at least 5 (default 5)")
    parser.add_argument("--quick", action="store_true", help="one short round: does the bench itself still work?")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part alone; may be given several times")
    parser.add_argument(
        "--visits", type=int, nargs="+", default=[10_000, 100_000], help="of the filled counties (default 10000 100000)"
    )
    parser.add_argument("--postgres", help="URL of a server: the filled counties are databases of it, then dropped")
    chosen = parser.parse_args()
    chosen.rounds, chosen.scale = (1, 0.1) if chosen.quick else (chosen.rounds, 1.0)
    chosen.only = chosen.only or list(PARTS)
    return chosen


def _parts(
    built: county.County, folder: Path, chosen: argparse.Namespace
) -> list[tuple[str, Callable[[], list[Figure]]]]:
    rounds, scale = chosen.rounds, chosen.scale
    parts: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
        "cost": (
            f"Cost: gunicorn, 2 sync workers, {cost.CONNECTIONS} connections, "
            "SQLite WAL synchronous=FULL on both sides",
            lambda: cost.measure(built, _twin(built, folder), folder, rounds, scale),
        ),
        "memory": (
            "Memory of one gunicorn worker that has answered pages",
            lambda: memory.measure(built, folder, min(rounds, 3)),
        ),
        "slow": ("Slow clients: wangge serve (waitress)", lambda: slow.measure(built, folder, rounds, scale)),
        "crowd": ("Beside a crowd: wangge serve (waitress)", lambda: crowd.measure(built, folder, rounds, scale)),
        "phones": (
            f"{phones.PHONES} phones that post without a pause: wangge serve",
            lambda: phones.measure(built, folder, rounds, scale),
        ),
        "pages": (
            f"Pages of filled counties, in process, {'PostgreSQL' if chosen.postgres else 'SQLite'}",
            lambda: pages.measure(folder, [int(visits * scale) for visits in chosen.visits], chosen.postgres, rounds),
        ),
    }
    return [parts[name] for name in PARTS if name in chosen.only]


def _twin(built: county.County, folder: Path) -> dict[str, str]:
    """Copy the county into the twin's own database, in a process of its own."""
    environment = {"TWIN_DATABASE": str(folder / "twin.db"), "DJANGO_SETTINGS_MODULE": "bench.django_twin.settings"}
    subprocess.run(
        [sys.executable, "-m", "bench.django_twin.fill", built.url], env={**os.environ, **environment}, check=True
    )
    return environment


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {versions}\n"
        "low/median/high over the rounds; a goal fails only when the median misses it"
    )


if __name__ == "__main__":
    main()
