"""What a server asked of the operating system, in order, as strace saw it: syncs, renames and what it sent."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CALLS = "fsync,fdatasync,rename,sendto"
LINE = re.compile(r"(?P<thread>\d+) +(?P<what>.*)")
RESUMED = re.compile(r"<\.\.\. \w+ resumed>(?P<rest>.*)")
SYNC = re.compile(r"f(data)?sync\(\d+<(?P<place>[^>]*)>")
RENAME = re.compile(r'rename\("(?P<place>[^"]*)", "(?P<to>[^"]*)"')
SENT = re.compile(r'sendto\(\d+<[^"]*, "(?P<place>(?:[^"\\]|\\.)*)"')
KINDS = {"sync": SYNC, "rename": RENAME, "send": SENT}
ANSWER = "HTTP/1.1 "


@dataclass(frozen=True)
class Call:
    """A call: sync, rename or send; its file or the text sent; where a rename goes;
    lines at which it began and ended."""

    kind: str
    place: str
    to: str
    began: int
    ended: int


@cache
def why_not() -> str:
    """Why nothing can be traced here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False
    )
    return "" if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.strip()}"


def command(output: Path) -> list[str]:
    """The tracer's command line before the traced one. -y names files,
    --seccomp-bpf leaves other calls at full speed."""
    return [
        "strace",
        "-f",
        "-qq",
        "-y",
        "--seccomp-bpf",
        "-s",
        "96",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(output),
    ]


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """The calls of a trace that went well; a call of one thread may be cut in two by those of others."""
    begun: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        found = LINE.match(line)
        if found is None:
            continue
        thread, what = found["thread"], found["what"]
        began = number
        if what.endswith("<unfinished ...>"):
            begun[thread] = (number, what.removesuffix("<unfinished ...>"))
            continue
        if (resumed := RESUMED.match(what)) and thread in begun:
            began, start = begun.pop(thread)
            what = start + resumed["rest"]
        if (call := _call(what, began, number)) is not None:
            yield call


def _call(what: str, began: int, ended: int) -> Call | None:
    if re.search(r"= -1 E", what):
        return None
    for kind, pattern in KINDS.items():
        if found := pattern.match(what):
            return Call(kind, found["place"], found.groupdict().get("to", ""), began, ended)
    return None


def answers(made: Iterable[Call]) -> Iterator[list[Call]]:
    """The calls since the answer before, for each answer to a post that was stored; the answer is the last of them."""
    since: list[Call] = []
    for call in sorted(made, key=lambda call: call.ended):
        since.append(call)
        if call.kind == "send" and call.place.startswith(ANSWER):
            if call.place.startswith(f"{ANSWER}201"):
                yield since
            since = []
