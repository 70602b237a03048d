"""gis/sandbox.py, gis/walls.py and gis/child.py: what the reader of untrusted files can no longer do."""

import contextlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from boundary_files import NAMES, gbk_zip, geopackage

from gis import sandbox
from gis.read import Refused, read

ROOT = Path(__file__).parents[2]
VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


def run(code: str, *arguments: str, box: tuple[str, ...] = (), seconds: int = 60) -> str:
    """What a Python program prints, with gis importable."""
    start = "import sys; sys.path.append(sys.argv[1]); "
    done = subprocess.run(
        [*box, sys.executable, "-I", "-c", start + code, str(ROOT), *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        env=sandbox.ENVIRONMENT,
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.fixture
def listener():
    """A socket that is listening; nobody may have called when the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


TRY = """
import os, threading, socket, _posixsubprocess
from gis import walls
if sys.argv[3] == 'locked':
    assert walls.lock()
try:
    print(eval(sys.argv[2]) and 'done')
except (PermissionError, RuntimeError) as error:
    print('refused')
"""


@pytest.mark.parametrize(
    "act",
    [
        "open('/etc/hostname')",
        "open('/dev/shm/wangge-test', 'w')",
        "os.listdir('/')",
        "os.stat('/')",
        "socket.socket()",
        "socket.socketpair()",
        "os.fork() or os._exit(0)",
        "os.kill(os.getpid(), 0) or 1",
        "threading.Thread(target=print).start() or 1",
        "os.pipe()",
    ],
)
def test_behind_the_wall_an_act_is_refused_that_was_possible_before(act):
    assert run(TRY, act, "locked") == "refused"
    assert run(TRY, act, "free").splitlines()[-1] == "done"
    Path("/dev/shm/wangge-test").unlink(missing_ok=True)


def test_the_wall_stands_in_every_thread():
    code = """
import threading
from gis import walls
gate, said = threading.Event(), []
def late():
    gate.wait()
    try:
        open('/etc/hostname')
    except PermissionError:
        said.append('refused')
thread = threading.Thread(target=late)
thread.start()
assert walls.lock()
gate.set()
thread.join()
print(*said)
"""
    assert run(code) == "refused"


GDAL = """
from gis import child, walls
reader = child._load()
if sys.argv[3] == 'locked':
    assert walls.lock()
try:
    print(len(reader.read(sys.argv[2].encode())[3][0]), 'rows')
except Exception as error:
    print('refused')
"""


def test_gdal_itself_cannot_open_another_file_behind_the_wall(tmp_path):
    (tmp_path / "secret.csv").write_text("name\nsecret\n")
    vrt = VRT.format(tmp_path / "secret.csv").replace('name="x"', 'name="secret"')
    assert run(GDAL, vrt, "free") == "1 rows"  # without the wall it does
    assert run(GDAL, vrt, "locked") == "refused"


def test_gdal_itself_cannot_reach_the_network_behind_the_wall(listener):
    address = f"/vsicurl/http://127.0.0.1:{listener.getsockname()[1]}/a.geojson"
    # GDAL's HTTP client goes round in circles when it gets no socket; the reader's CPU limit ends that
    with contextlib.suppress(subprocess.TimeoutExpired):
        assert run(GDAL, VRT.format(address), "locked", seconds=3) == "refused"


def boxed() -> tuple[str, ...]:
    return sandbox.bubblewrap() or pytest.skip("bubblewrap is absent or may not make namespaces here")


def test_in_the_box_other_files_do_not_exist(tmp_path):
    (tmp_path / "secret").write_text("secret")
    code = "import os; print(*[os.path.exists(path) for path in sys.argv[2:]])"
    assert (
        run(code, str(tmp_path / "secret"), "/etc/passwd", "/root/.ssh", str(ROOT / "setup.cfg"), box=boxed())
        == "False False False False"
    )


def test_in_the_box_there_is_no_network(listener):
    code = "import socket; print(socket.socket().connect_ex(('127.0.0.1', int(sys.argv[2]))))"
    assert run(code, str(listener.getsockname()[1]), box=boxed()) != "0"


def test_without_bubblewrap_the_wall_alone_carries(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "bubblewrap", lambda: ())
    assert {cell.name for cell in read(geopackage(tmp_path / "a.gpkg")).cells} == set(NAMES.values())
    assert {cell.name for cell in read(gbk_zip(tmp_path)).cells} == set(NAMES.values())


def test_without_any_wall_the_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "bubblewrap", lambda: ())
    monkeypatch.setattr(
        sandbox,
        "START",
        sandbox.START.replace("from gis.child", "import gis.walls; gis.walls.MACHINES = {}; from gis.child"),
    )
    with pytest.raises(Refused, match="bubblewrap") as refused:
        read(geopackage(tmp_path / "a.gpkg"))
    assert refused.value.code == "no_sandbox"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("while True: pass", "too_slow"),
        ("x = bytearray(700_000_000)", "too_much_memory"),
        ("sys.stdout.buffer.write(bytes(2_000_000)); sys.stdout.flush()", "too_much_memory"),
        ("import ctypes; ctypes.string_at(0)", "damaged"),
        ("sys.exit(1)", "damaged"),
        ("sys.stdout.buffer.write(b'12345678')", "damaged"),
        ("pass", "damaged"),
    ],
    ids=["endless", "memory", "output", "crash", "exit", "nonsense", "nothing"],
)
@pytest.mark.parametrize("box", ["boxed", "bare"])
def test_a_reader_that_runs_wild_is_stopped_and_the_parent_says_so(tmp_path, monkeypatch, act, code, box):
    if box == "bare":
        monkeypatch.setattr(sandbox, "bubblewrap", lambda: ())
    wild = (
        "import sys; sys.path.append(sys.argv[1]); from gis import child; a = sys.argv\n"
        f"def wild(*_):\n    {act}\n    sys.exit(0)\n"
        "child.READERS = {'geopackage': wild}\nchild.main(a[2], a[3], a[4] == '1', int(a[5]), int(a[6]), int(a[7]))"
    )
    monkeypatch.setattr(sandbox, "START", wild)
    monkeypatch.setattr(sandbox, "CPU", 1)
    monkeypatch.setattr(sandbox, "OUTPUT", 1_000_000)
    with pytest.raises(Refused) as refused:
        sandbox.read("geopackage", b"x", "a.gpkg")
    assert refused.value.code == code


def test_a_reader_that_sleeps_is_stopped(monkeypatch):
    monkeypatch.setattr(sandbox, "START", "import time; time.sleep(30)")
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    with pytest.raises(Refused) as refused:
        sandbox.read("geopackage", b"x", "a.gpkg")
    assert refused.value.code == "too_slow"


def test_the_web_never_loads_what_the_child_loads():
    code = (
        "import gis.read, gis.check; "
        "print(sorted({'pandas', 'geopandas', 'pyogrio', 'pyproj', 'gis.child'} & set(sys.modules)))"
    )
    assert run(code) == "[]"
