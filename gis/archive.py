"""Opening a zip of shapefiles without trusting it: what it may hold, how large, and nothing written to disk."""

import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gis.delivery import Refused

Layers = dict[str, dict[str, bytes]]  # layer -> suffix -> content
Members = dict[str, zipfile.ZipInfo]  # name, the common folder left out -> entry
MEMBERS, UNPACKED, RATIO = 20, 100_000_000, 100  # files read, bytes unpacked, unpacked to packed
MAGIC = b"\0\0\x27\x0a"  # file code 9994, ESRI Shapefile Technical Description, 1998


class Family(NamedTuple):
    """A kind of layer that is several files of one name: its main part, those it needs, and those it may have."""

    kind: str
    main: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


#: What is read; of several kinds in one zip the first that is there, all others lie beside.
FAMILIES = (
    Family("shapefiles", ".shp", (".shx", ".dbf"), (".prj", ".cpg")),
    Family("mapinfo", ".tab", (".dat", ".map", ".id"), (".ind", ".cpg")),
    Family("mapinfo", ".mif", (".mid",)),
    Family("kml", ".kml", ()),
)
#: Signs in a name, one of which is there in a zip that holds nothing to read -> why it is refused.
SIGNS = (
    (re.compile(r"\.gdb/", re.IGNORECASE), "unread_gdb"),
    (re.compile(r"^\[Content_Types\]\.xml$"), "unread_office"),
    (re.compile(r"\.(zip|rar|7z|tar|gz|kmz)$", re.IGNORECASE), "zip_in_zip"),
)
# What desktop GIS puts beside a shapefile: never opened, and not worth a word.
COMPANIONS = (
    ".sbn",
    ".sbx",
    ".qix",
    ".fix",
    ".shp.xml",
    ".qmd",
    ".qpj",
    ".atx",
    ".ain",
    ".aih",
    ".ixs",
    ".mxs",
    ".lock",
)
#: What zipfile raises for a damaged zip, and for one of a version or a packing that it does not read.
# NotImplementedError: how zipfile says that a member is packed in a way that it does not know
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, ValueError)
ENTRIES = 400


class Contents(NamedTuple):
    """What a zip holds: its layers of one kind (a word of FAMILIES), and the names of all else, left unopened."""

    layers: Layers
    aside: tuple[str, ...]
    kind: str = FAMILIES[0].kind


def contents(path: Path) -> Contents:
    """The parts of each layer in the zip ({'XZQ_township': {'.shp': b'…', '.dbf': b'…', …}}), and what else is
    there.

    In whatever folders, as long as no two have the same name. Refused for ways out, links, encryption, bombs, damage,
    and for a zip that holds other archives alone.
    """
    try:
        with _opened(path) as archive:
            members = _members(path, archive)
            family, wanted = _wanted(members)
            aside = tuple(name for name in members if name not in wanted and not name.casefold().endswith(COMPANIONS))
            if not wanted:
                _refuse_signs(path, members)
            parts = _parts(path, archive, _to_read(path, wanted))
            return Contents(_complete(parts, family), aside, family.kind)
    except DAMAGE as error:
        raise Refused("damaged", file=path.name) from error


def _opened(path: Path) -> zipfile.ZipFile:
    """Names without the UTF-8 mark were mostly packed on a Chinese Windows: GB18030, else the zip default."""
    try:
        return zipfile.ZipFile(path, metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return zipfile.ZipFile(path)


def _members(path: Path, archive: zipfile.ZipFile) -> Members:
    """All files in it by their names; Refused where one leads elsewhere or cannot be read. Nothing is unpacked yet."""
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise Refused("zip_too_many", file=path.name, limit=str(ENTRIES))
    found: Members = {}
    for info in entries:
        if not _is_inside(info):
            raise Refused("zip_member", file=path.name, member=info.filename[:80])
        if info.is_dir():
            continue
        if info.filename in found:
            raise Refused("zip_twice", file=path.name, member=info.filename[:80])
        found[info.filename] = info
    return found


def _is_inside(info: zipfile.ZipInfo) -> bool:
    """Whether it is a plain file or folder, no link or device, below the zip's own top; and its name the same to every
    program: zipfile cuts one off where it has a NUL."""
    parts = info.filename.removesuffix("/").split("/")
    kinds = (0, stat.S_IFDIR) if info.is_dir() else (0, stat.S_IFREG)
    return (
        all(part.strip(" .") and not set(part) & set("\\:\0") for part in parts)
        and "\0" not in info.orig_filename
        and stat.S_IFMT(info.external_attr >> 16) in kinds
    )


def _wanted(members: Members) -> tuple[Family, Members]:
    """The parts of layers of the first kind that is there: what lies in one folder under one name.

    Alone a .dbf is a table and a .prj nothing; hidden files and what a Mac adds are none.
    """
    shown = {
        name: info
        for name, info in members.items()
        if not any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
    }
    for family in FAMILIES:
        signs = (family.main, ".shx") if family.main == ".shp" else (family.main,)
        there = {PurePosixPath(name).with_suffix("") for name in shown if name.casefold().endswith(signs)}
        parts = (family.main, *family.needs, *family.may)
        found = {
            name: info
            for name, info in shown.items()
            if name.casefold().endswith(parts) and PurePosixPath(name).with_suffix("") in there
        }
        if found:
            return family, found
    return FAMILIES[0], {}


def _refuse_signs(path: Path, members: Members) -> None:
    """Refused with advice where a zip without anything to read is known for something else."""
    for sign, code in SIGNS:
        if named := next((name for name in members if sign.search(name)), None):
            raise Refused(code, file=path.name, member=named[:80])


def _to_read(path: Path, wanted: Members) -> Members:
    """The parts of shapefiles, as few and as small as they may be, and packed in a way that is read."""
    for info in wanted.values():
        if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("zip_locked", file=path.name)
    if len(wanted) > MEMBERS:
        raise Refused("zip_too_many", file=path.name, limit=str(MEMBERS))
    unpacked = sum(info.file_size for info in wanted.values())
    if unpacked > UNPACKED:
        raise Refused("zip_too_big", file=path.name, limit=str(UNPACKED // 10**6))
    if unpacked > RATIO * max(1, sum(info.compress_size for info in wanted.values())):
        raise Refused("zip_ratio", file=path.name, limit=str(RATIO))
    return wanted


def _parts(path: Path, archive: zipfile.ZipFile, members: Members) -> Layers:
    found: Layers = {}
    for full, info in members.items():
        name = PurePosixPath(full)
        parts = found.setdefault(name.stem, {})
        if name.suffix.casefold() in parts:
            raise Refused("zip_twice", file=path.name, member=full[:80])
        with archive.open(info) as member:  # never yields more than the declared size, which was checked
            parts[name.suffix.casefold()] = member.read()
    return found


def _complete(found: Layers, family: Family) -> Layers:
    """The same, once each has its parts, and a shapefile really is one by its first bytes."""
    for layer, parts in found.items():
        for part in (family.main, *family.needs):
            if part not in parts:
                raise Refused("shapefile_incomplete", layer=layer, part=part)
        if family.kind == "shapefiles" and not all(parts[part].startswith(MAGIC) for part in (".shp", ".shx")):
            raise Refused("damaged", file=layer)
    return found
