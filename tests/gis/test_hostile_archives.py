"""A hundred hostile archives: each is refused or yields plain members alone, and not a byte is written anywhere."""

import stat
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from gis import archive
from gis.delivery import Refused
from tests.short import some

SHP = archive.MAGIC + bytes(96)
WHOLE = {"a.shp": SHP, "a.shx": SHP, "a.dbf": b"dbf"}
#: Names that lead somewhere else, or would on some system.
ELSEWHERE = (
    *("../a.prj", "../../etc/a.prj", "/etc/a.prj", "//host/share/a.prj", "a/../../a.prj", "./a.prj", "~/a.prj"),
    *("..\\a.prj", "C:\\a.prj", "C:a.prj", "\\\\host\\a.prj", "\\a.prj", "a.prj:stream", "a\\b.prj", "..\\..\\a.prj"),
    *(".a.prj", "a.prj/", "a/b/c.prj", "%2e%2e/a.prj", "..／a.prj", "．．/a.prj", "a.prj/../b.prj"),
    *("/proc/self/environ.prj", "/dev/shm/a.prj", "con/a.prj", ".ssh/a.prj", "..", ".", "/", "a.so", "a.py", "a.zip"),
)
#: Kinds of files that are none.
KINDS = (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK)
LINKED = ("a.prj", "a.cpg", "b.shp", "readme.txt", "a.sbn", "x/a.prj", "a.so", ".hidden", "__MACOSX/a")
BOMBS = (2_000_000, 5_000_000, 20_000_000, 101_000_000)


def packed(members: dict[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", how) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return made.getvalue()


def kind_of(name: str, kind: int) -> zipfile.ZipInfo:
    """An entry that says it is a link, a device and the like."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


def two_names(inside: str) -> bytes:
    """The directory at the end says a.prj, the head before the content something as long that leads elsewhere."""
    stem = "a" * (len(inside) - 4)
    data = packed({**{f"{stem}{name[1:]}": content for name, content in WHOLE.items()}, f"{stem}.prj": b"prj"})
    return data.replace(("a" * (len(inside) - 4) + ".prj").encode(), inside.encode(), 1)


def nested(times: int) -> bytes:
    """A zip in a zip in a zip, called a document."""
    data = packed(dict(WHOLE))
    for _ in range(times):
        data = packed({**WHOLE, "a.docx": data})
    return data


def overlapping() -> bytes:
    """Many members whose content is one and the same."""
    data = bytearray(packed({**WHOLE, **{f"{number}.shp": bytes(100_000) for number in range(9)}}))
    places = [at for at in range(len(data)) if data[at : at + 4] == b"PK\x01\x02"]
    first = data[places[3] + 42 : places[3] + 46]
    for at in places[4:]:
        data[at + 42 : at + 46] = first
    return bytes(data)


def changed(form: str, *values: Any, after: bytes = b"PK\x01\x02", at: int = 0) -> bytes:
    """A good archive with numbers overwritten behind a mark."""
    data = packed(dict(WHOLE))
    begin = data.index(after) + at
    new = struct.pack(form, *values)
    return data[:begin] + new + data[begin + len(new) :]


ODD: dict[str, Callable[[], bytes]] = {
    "locked": lambda: changed("<H", 1, at=8),
    "strongly locked": lambda: changed("<H", 0x41, at=8),
    "unknown packing": lambda: changed("<H", 99, at=10),
    "of a later version": lambda: changed("<H", 999, at=6),
    "a wrong sum": lambda: changed("<I", 7, at=16),
    "smaller than it is": lambda: changed("<I", 1, at=24),
    "larger than it is": lambda: changed("<I", 2**31, at=24),
    "begins elsewhere": lambda: changed("<I", 2**31, at=42),
    "a directory elsewhere": lambda: changed("<I", 2**31, after=b"PK\x05\x06", at=16),
    "no directory": lambda: packed(dict(WHOLE)).replace(b"PK\x05\x06", b"PK\x05\x07"),
    "cut": lambda: packed(dict(WHOLE))[:-30],
    "a program before it": lambda: b"#!/bin/sh\ntouch /tmp/x\n" * 200 + packed({**WHOLE, "../a.prj": b""}),
    "a name with an end in it": lambda: packed({**WHOLE, "a.prj_.exe.prj": b"evil"}).replace(b"a.prj_", b"a.prj\0"),
    "a drive behind an end": lambda: packed({**WHOLE, "b.prj_C:/x": b"evil"}).replace(b"b.prj_", b"b.prj\0"),
    "lzma": lambda: packed(dict(WHOLE), zipfile.ZIP_LZMA),
    "bzip2": lambda: packed(dict(WHOLE), zipfile.ZIP_BZIP2),
    "overlapping": overlapping,
    "in one another, as parts": lambda: packed({**WHOLE, "b.zip": nested(2)}),
    "a link to its own folder": lambda: packed({**WHOLE, kind_of("x/", stat.S_IFLNK): b"..", "x/a.prj": b"evil"}),
    "two folders": lambda: packed({**{f"x/{name}": data for name, data in WHOLE.items()}, "y/a.prj": b"evil"}),
    "in one another": lambda: nested(4),
    "many": lambda: packed({f"{number}.dbf": b"" for number in range(3000)}),
    "a long name": lambda: packed({**WHOLE, "a" * 60_000 + ".shp": b""}),
    "an order for GDAL": lambda: packed({**WHOLE, "a.shp": b"<OGRVRTDataSource>"}),
    "empty": lambda: packed({}),
}
ARCHIVES: dict[str, Callable[[], bytes]] = {
    **{f"beside: {name!r}": lambda name=name: packed({**WHOLE, name: b"evil"}) for name in ELSEWHERE},  # type: ignore[misc]
    **{
        f"folder: {name!r}": lambda name=name: packed({f"{name}/{part}": data for part, data in WHOLE.items()})  # type: ignore[misc]
        for name in ("..", ".", "/", "C:", "..\\x", "a/..", "../..", "/tmp", "~", ".hidden")
    },
    **{
        f"{kind:o} {name}": lambda name=name, kind=kind: packed({**WHOLE, kind_of(name, kind): b"/etc/passwd"})  # type: ignore[misc]
        for kind in KINDS
        for name in LINKED
    },
    **{f"bomb of {size}": lambda size=size: packed({**WHOLE, "a.cpg": bytes(size)}) for size in BOMBS},  # type: ignore[misc]
    **{f"two names: {name}": lambda name=name: two_names(name) for name in ("../../x.prj", "/tmp/wx.prj")},  # type: ignore[misc]
    **ODD,
}
#: Read, for nothing of what they hold beside is opened, or there is nothing at all: names that only look like ways out,
#: hidden files and folders, programs, other archives, parts of a shapefile that is not there.
BESIDE = (
    "~/a.prj",
    ".a.prj",
    "a.prj/",
    "a/b/c.prj",
    "%2e%2e/a.prj",
    "..／a.prj",
    "．．/a.prj",
    "con/a.prj",
    ".ssh/a.prj",
)
HARMLESS = {
    *(f"beside: {name!r}" for name in (*BESIDE, "a.so", "a.py", "a.zip")),
    *("folder: '~'", "folder: '.hidden'", "in one another", "in one another, as parts", "two folders", "empty"),
}


class Written:
    """What this process opens to write or makes on disk, while somebody looks."""

    def __init__(self) -> None:
        self.is_looking, self.seen = False, list[str]()

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        if not self.is_looking:
            return
        if (event == "open" and isinstance(given[2], int) and given[2] & 0o103) or event in (
            *("os.mkdir", "os.rename", "os.symlink", "os.link", "os.mkfifo", "os.mknod"),
            *("subprocess.Popen", "os.system", "socket.connect"),
        ):
            self.seen.append(f"{event} {given!r:.200}")


WRITTEN = Written()
sys.addaudithook(WRITTEN)  # for ever, so it looks only when it is told to


@pytest.fixture
def written() -> Iterator[list[str]]:
    """What was written, asked or started since."""
    WRITTEN.seen.clear()
    yield WRITTEN.seen
    WRITTEN.is_looking = False


def opened(path: Path) -> archive.Contents | None:
    """What an archive yields; None where it is refused."""
    WRITTEN.is_looking = True
    try:
        return archive.contents(path)
    except Refused as refused:
        assert str(refused)
        return None
    finally:
        WRITTEN.is_looking = False


@pytest.mark.parametrize("name", some(ARCHIVES, 3))
def test_a_hostile_archive_yields_plain_members_or_nothing_and_writes_nothing(
    tmp_path: Path, written: list[str], name: str
) -> None:
    (tmp_path / "a.zip").write_bytes(ARCHIVES[name]())
    found = opened(tmp_path / "a.zip")
    assert (found is not None) == (name in HARMLESS)
    assert written == []
    assert [path.name for path in tmp_path.rglob("*")] == ["a.zip"]
    for layer, parts in (found.layers if found else {}).items():
        assert not set(layer) & set("/\\:\0") and not layer.startswith(".")
        assert parts.keys() <= ({".shp", ".shx", ".dbf", ".prj", ".cpg"}) and b"evil" not in parts.values()


def test_there_are_a_hundred() -> None:
    assert len(ARCHIVES.keys() - HARMLESS) >= 100


def test_who_unpacks_is_seen(tmp_path: Path, written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    parts = archive._parts

    def unpacking(path: Path, source: zipfile.ZipFile, members: archive.Members) -> archive.Layers:
        source.extractall(tmp_path / "out")
        return parts(path, source, members)

    monkeypatch.setattr(archive, "_parts", unpacking)
    (tmp_path / "a.zip").write_bytes(packed(dict(WHOLE)))
    assert opened(tmp_path / "a.zip") and written
