"""Backups that somebody made to do harm, or that something happened to: how each is made, and what is said of it."""

import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Members = dict[str, bytes]
Change = Callable[[Members, dict[str, Any]], None]
PERSON = "tables/person.jsonl.gz"


def content(archive: Path) -> Members:
    """The members of an archive without a seal, by name."""
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def written(target: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    """An archive of these, with the closing line that fits."""
    with tarfile.open(target, "w") as tar:
        for info, body in members:
            info.size = len(body) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(body) if info.isreg() else None)
    whole = target.read_bytes()
    target.write_bytes(whole + f"sha256 {hashlib.sha256(whole).hexdigest()}\n".encode())
    return target


def resealed(
    target: Path, members: Members, manifest: bytes, *, twice: tuple[str, ...] = (), kind: bytes | None = None
) -> Path:
    """Members with sums that fit, as somebody handy makes them."""
    inside = [(name, body) for name, body in members.items() if name not in ("sha256sums", "manifest.json")]
    inside += [(name, members[name]) for name in twice]
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in inside).encode()
    listed = [(tarfile.TarInfo(name), body) for name, body in inside]
    if kind is not None:
        listed[1][0].type, listed[1][0].linkname = kind, "/etc/passwd"
    return written(
        target, [*listed, (tarfile.TarInfo("sha256sums"), sums), (tarfile.TarInfo("manifest.json"), manifest)]
    )


def cut_and_flipped(whole: bytes, turns: int) -> Iterator[bytes]:
    """A file that was cut short, or of which a bit turned."""
    chance = random.Random(15)
    for turn in range(turns):
        at = chance.randrange(len(whole))
        flipped = bytes([whole[at] ^ 1 << chance.randrange(8)])
        yield whole[:at] if turn % 2 else whole[:at] + flipped + whole[at + 1 :]


def says(**news: Any) -> Change:
    """A manifest that says something else."""
    return lambda _members, manifest: manifest.update(news)


def silent(name: str) -> Change:
    """A manifest that does not say something."""
    return lambda _members, manifest: manifest.pop(name)


def table(change: Callable[[list[bytes]], list[bytes]], name: str = PERSON) -> Change:
    """A table whose lines are others; the manifest counts them as they are."""

    def changed(members: Members, manifest: dict[str, Any]) -> None:
        lines = change(gzip.decompress(members[name]).splitlines(keepends=True))
        members[name] = gzip.compress(b"".join(lines))
        manifest["rows"][name[7:-9]] = len(lines) - 1

    return changed


def row(column: str, value: Any) -> Change:
    """A table of people of whom the first has another value."""

    def changed(lines: list[bytes]) -> list[bytes]:
        place = [name for name, _ in json.loads(lines[0])].index(column)
        first = json.loads(lines[1])
        first[place] = value
        return [lines[0], json.dumps(first).encode() + b"\n", *lines[2:]]

    return table(changed)


def member(name: str, body: bytes | None) -> Change:
    """A member that is another, or left out."""

    def changed(members: Members, _manifest: dict[str, Any]) -> None:
        members.pop(name, None)
        if body is not None:
            members[name] = body

    return changed


def photo(members: Members, _manifest: dict[str, Any]) -> None:
    """A photo with another picture in it."""
    name = next(name for name in members if name.startswith("photos/"))
    members[name] = b"another picture"


def counted(number: Any) -> Change:
    """So many people, it says."""
    return lambda _members, manifest: manifest["rows"].update(person=number)


MANIFESTS: dict[str, Change] = {
    "revision head": says(revision="head"),
    "revision base": says(revision="base"),
    "revision +1": says(revision="+1"),
    "revision of a part": says(revision="000"),
    "revision a number": says(revision=5),
    "revision none": says(revision=None),
    "revision not known": says(revision="9999"),
    "format a text": says(format="1"),
    "format true": says(format=True),
    "format a fraction": says(format=1.0),
    "format a list": says(format=[1]),
    "rows a list": says(rows=[]),
    "rows a number": says(rows=7),
    "rows huge": counted(10**30),
    "rows less than none": counted(-1),
    "rows a text": counted("2"),
    "photos huge": says(photos=10**18),
    "photos a text": says(photos="4"),
    "faults a text": says(faults="none"),
    "faults other": says(faults=["/etc/passwd missing"]),
    "faults numbers": says(faults=[1]),
    "moment none": says(made_at="yesterday"),
    "moment without zone": says(made_at="2026-11-29T00:00:00"),
    "moment a number": says(made_at=5),
    "engine other": says(engine=["sqlite"]),
    "version long": says(version="x" * 5000),
    "one word more": says(unheard="of"),
    "a line in a word": says(**{"a\nline": 1}),
    "without rows": silent("rows"),
    "without revision": silent("revision"),
    "without faults": silent("faults"),
}
CONTENTS: dict[str, Change] = {
    "a photo of another": photo,
    "a table left out": member(PERSON, None),
    "no gzip": member(PERSON, b"[]"),
    "half a gzip": lambda members, _: members.update({PERSON: members[PERSON][:-20]}),
    "gzip with a tail": lambda members, _: members.update({PERSON: members[PERSON] + b"tail"}),
    "no lines": table(lambda _: []),
    "no columns": table(lambda lines: [b"[]\n", *lines[1:]]),
    "columns a number": table(lambda lines: [b"7\n", *lines[1:]]),
    "columns of no kind": table(lambda lines: [lines[0].replace(b"text", b"test"), *lines[1:]]),
    "columns of lists": table(lambda lines: [b"[[[],[]]]\n", *lines[1:]]),
    "row no JSON": table(lambda lines: [*lines, b"{\n"]),
    "row a number": table(lambda lines: [*lines, b"7\n"]),
    "row a map": table(lambda lines: [*lines, b'{"id": 1}\n']),
    "row too short": table(lambda lines: [*lines, b"[1]\n"]),
    "row too deep": table(lambda lines: [*lines, b"[" * 100_000 + b"\n"]),
    "row not UTF-8": table(lambda lines: [*lines, b'["\xff"]\n']),
    "row NaN": table(lambda lines: [*lines, b"[NaN]\n"]),
    "row with a long number": table(lambda lines: [*lines, b"[" + b"9" * 6000 + b"]\n"]),
    "id a text": row("id", "1"),
    "id true": row("id", True),
    "id huge": row("id", 2**70),
    "name a list": row("zh", ["x"]),
    "name with a zero": row("zh", "a\0b"),
    "name half a character": row("zh", "\ud800"),
    "moment no moment": row("created_at", "yesterday"),
    "moment far": row("created_at", "99999-01-01T00:00:00+00:00"),
    "moment bare": row("created_at", "2026-01-01T00:00:00"),
    "flag a number": row("must_change", 1),
    "a line without end": member(PERSON, gzip.compress(bytes(64 * 2**20))),
    "a line of many lists": table(lambda lines: [*lines, b"[" + b"[]," * 2**21 + b"[]]\n"]),
}
#: What only the database can see, once everything else was found in order.
IN_THE_DATABASE: dict[str, Change] = {
    "a table no one knows": lambda members, manifest: (
        members.update({"tables/theirs.jsonl.gz": gzip.compress(b'[["a","text"]]\n')}),
        manifest["rows"].update(theirs=0),
    ),
    "the same row twice": table(lambda lines: [*lines, lines[1]]),
    "a row of nobody": row("created_by", 10**6),
    "what may not be missing": row("zh", None),
    "columns of another revision": table(lambda lines: [lines[0].replace(b"phone", b"phony"), *lines[1:]]),
}


def made(archive: Path, target: Path, change: Change) -> Path:
    """The archive with that change, and everything else put right for it."""
    members = content(archive)
    manifest = json.loads(members["manifest.json"])
    change(members, manifest)
    return resealed(target, members, json.dumps(manifest).encode())
