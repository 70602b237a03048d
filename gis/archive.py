"""Opening a zip of shapefiles without trusting it: what it may hold, how large, and nothing written to disk."""

import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gis.delivery import Refused

Shapefiles = dict[str, dict[str, bytes]]  # layer -> suffix -> content
Members = dict[str, zipfile.ZipInfo]  # name, the common folder left out -> entry
MEMBERS, UNPACKED, RATIO = 20, 100_000_000, 100  # files read, bytes unpacked, unpacked to packed
MAGIC = b"\0\0\x27\x0a"  # file code 9994, ESRI Shapefile Technical Description, 1998
WANTED = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# What desktop GIS puts beside a shapefile: never opened, and not held against the sender.
COMPANIONS = (".sbn", ".sbx", ".qix", ".fix", ".shp.xml", ".qmd", ".qpj")
# What offices put into the same zip: never opened either, but named in a finding, for it may say something of weight.
DOCUMENTS = (
    ".txt",
    ".md",
    ".rtf",
    ".pdf",
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".csv",
    ".ppt",
    ".pptx",
    ".wps",
    ".et",
    ".dps",
)
#: What zipfile raises for a damaged zip, and for one of a version or a packing that it does not read.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, ValueError)
ENTRIES = MEMBERS * len(COMPANIONS)


class Contents(NamedTuple):
    """What a zip holds: its shapefiles, and the names of documents that were left unopened."""

    shapefiles: Shapefiles
    aside: tuple[str, ...]


def contents(path: Path) -> Contents:
    """The parts of each shapefile in the zip ({'XZQ_township': {'.shp': b'…', '.dbf': b'…', …}}), and what else is
    there.

    All at the top, or all in one folder. Refused for files that do not belong in it, links, encryption, bombs and
    damage.
    """
    try:
        with _opened(path) as archive:
            members = _members(path, archive)
            aside = tuple(name for name in members if name.casefold().endswith(DOCUMENTS))
            return Contents(_complete(_parts(path, archive, _to_read(path, members))), aside)
    except DAMAGE as error:
        raise Refused("damaged", file=path.name) from error


def _opened(path: Path) -> zipfile.ZipFile:
    """Names without the UTF-8 mark were mostly packed on a Chinese Windows: GB18030, else the zip default."""
    try:
        return zipfile.ZipFile(path, metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return zipfile.ZipFile(path)


def _members(path: Path, archive: zipfile.ZipFile) -> Members:
    """All that belongs in such a zip, by name; Refused for anything else. Nothing is unpacked yet."""
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise Refused("zip_too_many", file=path.name, limit=str(MEMBERS))
    folder, found = _folder(entries), {}
    for info in entries:
        name = info.filename.removeprefix(folder)
        if folder and not name and _kind(info) in (0, stat.S_IFDIR):
            continue  # the folder's own entry
        if not _belongs(name, info):
            raise Refused("zip_member", file=path.name, member=info.filename[:80])
        if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("zip_locked", file=path.name)
        if name in found:
            raise Refused("zip_twice", file=path.name, member=info.filename[:80])
        found[name] = info
    return found


def _folder(entries: list[zipfile.ZipInfo]) -> str:
    """'borders/' where everything lies in this one folder (documents may lie beside it), else ''."""
    heads = {
        "".join(info.filename.partition("/")[:2])
        for info in entries
        if "/" in info.filename or not info.filename.casefold().endswith(DOCUMENTS)
    }
    head = heads.pop() if len(heads) == 1 else ""
    return head if head.endswith("/") and _is_plain(head[:-1]) else ""


def _is_plain(name: str) -> bool:
    """A name that is no way to somewhere else: no folder, drive or hidden file."""
    return bool(name) and not set(name) & set("/\\:\0") and not name.startswith(".")


def _kind(info: zipfile.ZipInfo) -> int:
    return stat.S_IFMT(info.external_attr >> 16)


def _belongs(name: str, info: zipfile.ZipInfo) -> bool:
    """Whether it is a plain file, no link or device, of a sort that is read or may be left alone; and its name the same
    to every program: zipfile cuts one off where it has a NUL."""
    return (
        _is_plain(name)
        and "\0" not in info.orig_filename
        and _kind(info) in (0, stat.S_IFREG)
        and name.casefold().endswith(WANTED + COMPANIONS + DOCUMENTS)
    )


def _to_read(path: Path, members: Members) -> Members:
    """The parts of shapefiles among them, as few and as small as they may be."""
    wanted = {name: info for name, info in members.items() if not name.casefold().endswith(COMPANIONS + DOCUMENTS)}
    if len(wanted) > MEMBERS:
        raise Refused("zip_too_many", file=path.name, limit=str(MEMBERS))
    unpacked = sum(info.file_size for info in wanted.values())
    if unpacked > UNPACKED:
        raise Refused("zip_too_big", file=path.name, limit=str(UNPACKED // 10**6))
    if unpacked > RATIO * max(1, sum(info.compress_size for info in wanted.values())):
        raise Refused("zip_ratio", file=path.name, limit=str(RATIO))
    return wanted


def _parts(path: Path, archive: zipfile.ZipFile, members: Members) -> Shapefiles:
    found: Shapefiles = {}
    for full, info in members.items():
        name = PurePosixPath(full)
        parts = found.setdefault(name.stem, {})
        if name.suffix.casefold() in parts:
            raise Refused("zip_twice", file=path.name, member=full[:80])
        with archive.open(info) as member:  # never yields more than the declared size, which was checked
            parts[name.suffix.casefold()] = member.read()
    return found


def _complete(found: Shapefiles) -> Shapefiles:
    """The same, once each has its three parts and really is a shapefile by its first bytes."""
    for layer, parts in found.items():
        for part in (".shp", ".shx", ".dbf"):
            if part not in parts:
                raise Refused("shapefile_incomplete", layer=layer, part=part)
        if not parts[".shp"].startswith(MAGIC) or not parts[".shx"].startswith(MAGIC):
            raise Refused("damaged", file=layer)
    return found
