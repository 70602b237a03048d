"""What goes to the work on a delivery and comes from it: a head of JSON, then shapes one after the other."""

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

from gis.delivery import Refused, Seen

MOST = 150_000_000  # bytes of a head


def write(file: IO[bytes], head: dict[str, Any], shapes: Sequence[bytes]) -> None:
    """Write both."""
    text = json.dumps({**head, "sizes": list(map(len, shapes))}).encode()
    file.write(struct.pack(">Q", len(text)) + text)
    file.writelines(shapes)
    file.flush()


def head(file: IO[bytes]) -> dict[str, Any]:
    """The head alone. Refused where it is a refusal."""
    (length,) = struct.unpack(">Q", file.read(8))
    if length > MOST:
        raise ValueError(f"an answer of {length} bytes")
    found: dict[str, Any] = json.loads(file.read(length))
    if "refused" in found:
        refusal = Refused(found["refused"], **found["params"])
        refusal.seen = tuple(Seen(**each) for each in found.get("seen", ()))
        raise refusal
    return found


def read(file: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Both. Refused where it is a refusal."""
    found = head(file)
    return found, [file.read(size) for size in found["sizes"]]
