"""Starts the child that reads untrusted files with GDAL, behind every wall this machine has.

Three walls, each enough against a file that names another file or an address:
1. bubblewrap, where it is installed and may make namespaces: no network, of the file system only Python itself;
2. the child's own filter of system calls (gis.walls), which needs no rights: nothing can be opened or connected;
3. limits of time, memory and output, always.
Without 1 and 2 (a system that is not Linux) the file is refused. Not covered: a fault in the kernel itself, and,
where only wall 2 stands, what the child's memory holds anyway (the file and Python's own start).
"""

import functools
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from gis.delivery import Refused

SECONDS, CPU, MEMORY, OUTPUT = 60, 10, 512_000_000, 300_000_000
HEAD = 150_000_000
# What a signal that ended the child means; every other end is damage.
ENDS = {
    -signal.SIGXCPU: ("too_slow", CPU),
    -signal.SIGKILL: ("too_slow", CPU),
    -signal.SIGXFSZ: ("too_much_memory", MEMORY // 10**6),
}
# The child's whole environment: one thread is enough, and no GDAL settings of ours leak in.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
    "PROJ_NETWORK": "OFF",
    "CPL_LOG": "/dev/null",
}
START = (
    "import sys; sys.path.append(sys.argv[1]); from gis.child import main; a = sys.argv; "
    "main(a[2], a[3], a[4] == '1', int(a[5]), int(a[6]), int(a[7]))"
)


def read(kind: str, data: bytes, file: str) -> list[dict[str, Any]]:
    """The layers in these bytes ('shapefiles' | 'geopackage' | 'mapinfo' | 'kml') as the child answers them.

    Each layer is a dict of columns and 'wkb', a list of bytes; a GeoPackage's also has name, organization, number
    and wkt, those of MapInfo and KML the number of their file ('of'), name and crs. Refused where the child refuses,
    takes too long or too much, or dies.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
        source.write(data)
        source.seek(0)
        status = _run(kind, source, answer, file)
        answer.seek(0)
        if status != 0:
            code, limit = ENDS.get(status, ("damaged", 0))
            raise Refused(code, file=file, limit=str(limit))
        return _layers(answer, file)


def _run(kind: str, source: IO[bytes], answer: IO[bytes], file: str) -> int:
    """Exit status of the child: 0 well, minus the signal where one ended it (bubblewrap says 128 + signal)."""
    box = bubblewrap()
    command = [
        *box,
        sys.executable,
        "-I",
        "-c",
        START,
        str(Path(__file__).parents[1]),
        kind,
        file,
        str(int(bool(box))),
        str(CPU),
        str(MEMORY),
        str(OUTPUT),
    ]
    try:
        status = subprocess.run(
            command,
            stdin=source,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env=ENVIRONMENT,
            cwd="/",
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        status = -signal.SIGXCPU
    return 128 - status if status > 128 else status


def _layers(answer: IO[bytes], file: str) -> list[dict[str, Any]]:
    """The answer taken apart; whatever does not fit its own lengths counts as damage."""
    try:
        (length,) = struct.unpack(">Q", answer.read(8))
        if length > HEAD:
            raise ValueError(length)
        head = json.loads(answer.read(length))
        if "refused" in head:
            raise Refused(head["refused"], **head["params"])
        return [{**layer, "wkb": [answer.read(size) for size in layer["sizes"]]} for layer in head["layers"]]
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise Refused("damaged", file=file) from error


@functools.cache
def bubblewrap() -> tuple[str, ...]:
    """The command that boxes the child in, or () where bubblewrap is absent or may not make namespaces here."""
    program = shutil.which("bwrap")
    if program is None:
        return ()
    command = (
        program,
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",
        *_visible(),
    )
    try:
        trial = subprocess.run(
            [*command, sys.executable, "-I", "-c", ""],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if trial.returncode == 0 else ()


def _visible() -> list[str]:
    """What the child sees of the file system, read-only: the system's libraries, this Python, and gis itself."""
    places = [
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        "/etc/ld.so.cache",
        sys.prefix,
        sys.base_prefix,
        os.path.dirname(os.path.realpath(sys.executable)),
        str(Path(__file__).parent),
    ]
    there = [place for place in dict.fromkeys(places) if os.path.exists(place)]
    return [word for place in there for word in ("--ro-bind", place, place)]
