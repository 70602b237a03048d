"""Opening a zip of shapefiles without trusting it: what it may hold, how large, and nothing written to disk."""

import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from gis.delivery import Refused

Shapefiles = dict[str, dict[str, bytes]]  # layer -> suffix -> content
MEMBERS, UNPACKED, RATIO = 20, 100_000_000, 100  # files read, bytes unpacked, unpacked to packed
MAGIC = b"\0\0\x27\x0a"  # file code 9994, ESRI Shapefile Technical Description, 1998
WANTED = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# What desktop GIS puts beside a shapefile: never opened, and not held against the sender.
COMPANIONS = (".sbn", ".sbx", ".qix", ".fix", ".shp.xml", ".qmd", ".qpj")
#: All that zipfile raises for a broken zip; NotImplementedError is its word for a version of the format it does not know.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, ValueError)
ENTRIES = MEMBERS * len(COMPANIONS)


def shapefiles(path: Path) -> Shapefiles:
    """The parts of each shapefile in the zip: {'XZQ_township': {'.shp': b'…', '.dbf': b'…', …}}.

    Refused for anything but the allowed files at the top level, links, encryption, bombs and damage.
    """
    try:
        with _opened(path) as archive:
            return _complete(_parts(path, archive, _members(path, archive)))
    except DAMAGE as error:
        raise Refused("damaged", file=path.name) from error


def _opened(path: Path) -> zipfile.ZipFile:
    """Names without the UTF-8 mark were mostly packed on a Chinese Windows: GB18030, else the zip default."""
    try:
        return zipfile.ZipFile(path, metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return zipfile.ZipFile(path)


def _members(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members to read, after the checks that need no unpacking."""
    if len(archive.infolist()) > ENTRIES:
        raise Refused("zip_too_many", file=path.name, limit=str(MEMBERS))
    wanted = [info for info in archive.infolist() if _is_wanted(path, info)]
    if len(wanted) > MEMBERS:
        raise Refused("zip_too_many", file=path.name, limit=str(MEMBERS))
    unpacked = sum(info.file_size for info in wanted)
    if unpacked > UNPACKED:
        raise Refused("zip_too_big", file=path.name, limit=str(UNPACKED // 10**6))
    if unpacked > RATIO * max(1, sum(info.compress_size for info in wanted)):
        raise Refused("zip_ratio", file=path.name, limit=str(RATIO))
    return wanted


def _is_wanted(path: Path, info: zipfile.ZipInfo) -> bool:
    """Whether to read a member; Refused for what does not belong in such a zip."""
    name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
    plain = kind in (0, stat.S_IFREG) and not set(name) & set('/\\:\0') and not name.startswith(".")
    lower = name.casefold()
    if not plain or not lower.endswith(WANTED + COMPANIONS):
        raise Refused("zip_member", file=path.name, member=name[:80])
    if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("zip_locked", file=path.name)
    return not lower.endswith(COMPANIONS)


def _parts(path: Path, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Shapefiles:
    found: Shapefiles = {}
    for info in members:
        name = PurePosixPath(info.filename)
        parts = found.setdefault(name.stem, {})
        if name.suffix.casefold() in parts:
            raise Refused("zip_twice", file=path.name, member=info.filename[:80])
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
