"""A head of the chain as it is handed to a witness: one line, signed, short enough for paper."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ..core import chain
from ..core.db import Store

MARK = "wangge-head"


class NoHead(ValueError):
    """A text is no head, or not one that this key signed; the message says what is wrong."""


@dataclass(frozen=True)
class Head:
    """Number, moment and head of a link, as somebody noted them; ``signature`` is empty where only these were noted."""

    seq: int
    head: str
    at: str = ""
    signature: str = ""

    @property
    def said(self) -> str:
        """What is signed."""
        return f"{MARK} {self.seq} {self.at} {self.head}"

    def __str__(self) -> str:
        return f"{self.said} {self.signature}".rstrip()

    def signed(self, key: Ed25519PrivateKey) -> "Head":
        """The same with the signature of a key."""
        signature = urlsafe_b64encode(key.sign(self.said.encode())).decode().rstrip("=")
        return Head(self.seq, self.head, self.at, signature)

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the signature is this key's."""
        try:
            key.verify(urlsafe_b64decode(self.signature + "=="), self.said.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def newest(store: Store) -> Head | None:
    """The head of the last link, unsigned; None where there is no link yet."""
    with store.read() as session:
        link = chain.newest_seen(session.connection())
    return Head(link.seq, link.head, moment(link.at)) if link else None


def moment(at: datetime) -> str:
    """As it stands in a head."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def parsed(line: str) -> Head:
    """A head from the line that was printed, or from its number and hash alone. NoHead for anything else."""
    words = line.split()
    if words[:1] == [MARK] and len(words) in (4, 5):
        number, at, head, *signature = words[1:]
    elif len(words) > 1:  # as a page shows it, in groups, or in one piece
        number, head, at, signature = words[0], "".join(words[1:]), "", []
    else:
        raise NoHead(f"This is no head of the chain: {line.strip()[:80]}")
    if not number.isdecimal() or len(head) != 64 or set(head.lower()) - set("0123456789abcdef"):
        raise NoHead(f"This is no head of the chain: {line.strip()[:80]}")
    return Head(int(number), head.lower(), at, "".join(signature))


def given(text: str) -> list[Head]:
    """The heads of a witness: a file with one a line, or one head itself. NoHead where there is none."""
    try:
        lines = Path(text).read_text(encoding="utf-8").splitlines() if Path(text).is_file() else [text]
    except (OSError, ValueError) as error:
        raise NoHead(f"The witness cannot be read: {error}") from error
    heads = [parsed(line) for line in lines if line.strip()]
    if not heads:
        raise NoHead(f"There is no head in {text}.")
    return heads


def checked(heads: list[Head], key: Ed25519PublicKey | None) -> list[Head]:
    """The same heads. NoHead where one bears a signature that is not of this key; one noted by hand bears none, and
    without a key none can be checked."""
    for head in heads:
        if key is not None and head.signature and not head.is_signed_by(key):
            raise NoHead(f"This head does not bear the signature of this installation: {head}")
    return heads


# --- the key -------------------------------------------------------------------------------------------


def new_key() -> str:
    """A new private key, as it is kept."""
    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def read_key(place: Path) -> Ed25519PrivateKey | None:
    """The key in a file; None where there is none that this user may read."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(place.read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        return None


def public(key: Ed25519PrivateKey) -> str:
    """What a witness needs to check signatures, in hexadecimal."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def public_key(text: str) -> Ed25519PublicKey:
    """The key that was handed to a witness, from its hexadecimal. NoHead for anything else."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
    except ValueError as error:
        raise NoHead("This is no public key: 64 hexadecimal digits, as audit-head prints them.") from error
