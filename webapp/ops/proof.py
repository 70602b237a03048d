"""The proof that a row is in the chain as it is now: a small file that anybody checks without a database.

It holds the row as its leaf writes it down, the salt, the way through the Merkle tree to the root of the link, what the
link's head is over, and the newest head, signed, with the links between them. To trust it, a checker needs the public
key or a head that he had before.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Table, select

from ..core.chain_form import IS_THERE, STORED, Leaf, form, head_of, path_of, root_by, unpacked
from ..core.chain_link import ChainLink
from . import chain_rows
from .chain_head import Head, moment, parsed

MARK = "wangge-proof 1"
LONGEST = 64_000_000  # bytes of a file that is taken for a proof: about 150 a link after that of the row


class NoProof(ValueError):
    """There is nothing to prove, or the proof does not hold; the message says which part."""


@dataclass(frozen=True)
class Step:
    """A link as its head needs it."""

    at: str
    root: str


@dataclass(frozen=True)
class Proof:
    """Of one row. ``row`` is the text that was hashed with ``salt``; ``path`` goes from the leaf to the root of link
    ``seq``, whose head follows on ``previous``; ``links`` are that link and all after it, up to ``head``."""

    table: str
    key: str
    row: str
    salt: str
    path: list[list[str]]
    seq: int
    previous: str
    links: list[Step]
    head: str
    public_key: str = ""
    kind: str = STORED.decode()  # of the leaf

    def text(self) -> str:
        """As it is handed out."""
        return json.dumps({"format": MARK, **asdict(self)}, ensure_ascii=False, indent=1)


def prove(connection: Connection, name: str, key: str, signing: Ed25519PrivateKey | None) -> Proof:
    """The proof of a row as it stands. NoProof for a table that no link holds, a row that is not there or is not as the
    chain says, or a chain that does not add up."""
    table = next((each for each in chain_rows.tables() if each.name == name), None)
    if table is None:
        raise NoProof(f"No link of the chain holds the table {name}.")
    row = _row(connection, table, key)
    link, leaf, path = _newest(connection, name, key)
    links = connection.execute(
        select(ChainLink.at, ChainLink.root, ChainLink.seq, ChainLink.head)
        .where(ChainLink.seq >= link.seq)
        .order_by(ChainLink.seq)
    ).all()
    newest = Head(links[-1].seq, links[-1].head, moment(links[-1].at))
    made = Proof(
        *(name, key, form(table).text(row), leaf.salt.hex(), path, link.seq, link.previous),
        [Step(each.at.isoformat(timespec="microseconds"), each.root) for each in links],
        str(newest.signed(signing) if signing else newest),
        signing.public_key().public_bytes_raw().hex() if signing else "",
        leaf.kind.decode(),
    )
    check(made)
    if len(made.text()) > LONGEST:
        raise NoProof(f"The proof of a row with {len(links):,} links after it is too long to be checked.")
    return made


def _row(connection: Connection, table: Table, key: str) -> Any:
    """What a row says now; keys are compared as the leaves write them."""
    written = form(table)
    for found in connection.execute(chain_rows.keys(table)).all():
        if written.key(found) == key:
            [(_key, row)] = chain_rows.rows(connection, table, found)
            return row
    raise NoProof(f"There is no row {key} in {table.name}.")


def _newest(connection: Connection, name: str, key: str) -> tuple[Any, Leaf, list[list[str]]]:
    """The last link that has a leaf of the row, the leaf, and the way from it to the root."""
    links = select(ChainLink.__table__).order_by(ChainLink.seq.desc())
    with connection.execute(links, execution_options={"yield_per": 20}) as found:
        for link in found:
            leaves = list(unpacked(link.leaves))
            for at in reversed(range(len(leaves))):
                if (leaves[at].table, leaves[at].key) == (name, key):
                    return link, leaves[at], path_of(leaves, at)
    raise NoProof(f"No link of the chain knows {name} {key}: it was written past the program.")


def read(file: Path) -> Proof:
    """The proof in a file. NoProof for anything else."""
    try:
        if file.stat().st_size > LONGEST:
            raise NoProof("This file is too large for a proof.")
        said = json.loads(file.read_text(encoding="utf-8"))
        if said.pop("format") != MARK:
            raise NoProof("This is no proof, or one of another version.")
        links = [Step(str(each["at"]), str(each["root"])) for each in said.pop("links")]
        return Proof(**said, links=links)
    except NoProof:
        raise
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise NoProof("This file cannot be read as a proof.") from error


def check(proof: Proof, key: Ed25519PublicKey | None = None, witness: list[Head] | None = None) -> Head:
    """The head by which the proof stands, when all of it adds up; NoProof says what does not.

    ``key`` must have signed that head; each head of ``witness`` that lies within must be the one that is there.
    """
    try:
        head, heads = parsed(proof.head), _heads(proof)
    except NoProof:
        raise
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise NoProof("The proof does not add up: a part of it cannot be read.") from error
    if not proof.links or heads.get(head.seq) != head.head or head.seq != max(heads):
        raise NoProof("The proof does not add up: row, salt, path and links lead to another head.")
    if key is not None and not head.is_signed_by(key):
        raise NoProof("The head of this proof does not bear the signature of that key.")
    seen = [each for each in witness or () if each.seq in heads]
    if witness and not seen:
        raise NoProof(f"None of these heads lies between link {proof.seq} and link {head.seq}.")
    if any(heads[each.seq] != each.head for each in seen):
        raise NoProof("The witness saw another head: the chain was made anew.")
    return head


def _heads(proof: Proof) -> dict[int, str]:
    """The head of each link from that of the row on, reckoned from the row."""
    salt = bytes.fromhex(proof.salt)
    kind = proof.kind.encode()
    if kind not in IS_THERE:
        raise NoProof("The proof does not add up: its leaf is not of a row that is there.")
    leaf = Leaf(proof.table, proof.key, kind, salt, sha256(salt + proof.row.encode()).digest())
    if root_by(leaf, proof.path) != proof.links[0].root:
        raise NoProof("The proof does not add up: the row is not the one that the link holds.")
    heads, last = {}, proof.previous
    for seq, link in enumerate(proof.links, proof.seq):
        last = heads[seq] = head_of(last, seq, datetime.fromisoformat(link.at), link.root)
    return heads
