"""The proof of one record: made from the records, checked by anybody from the file alone, and worth nothing once it,
the record or the chain is another."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from tests import cost
from tests.chain_county import live, tampering
from tests.conftest import World
from tests.short import count
from tests.sources import ROOT
from webapp.core import chain_form
from webapp.core.chain_form import form, root_by
from webapp.core.chain_link import ChainLink
from webapp.core.retention import ERASING
from webapp.ops import chain_head, chain_rows, dump, proof
from webapp.ops.proof import NoProof, Proof
from webapp.report.models import Report

SIGNING = chain_head.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SIGNING.public_key()
PER_TABLE = count(2, 10)


def proved(world: World, table: str, key: str) -> Proof:
    """The proof of a row as it stands."""
    with dump.snapshot(world.store) as connection:
        return proof.prove(connection, table, key, SIGNING)


@pytest.fixture
def report(world: World, tmp_path: Path) -> str:
    """The key of a report of a county with some history, as the chain writes it."""
    return live(world, tmp_path / "data", reports=3)[0].hex


def test_rows_of_every_table_are_proved_by_a_file_alone(world: World, report: str, tmp_path: Path) -> None:
    done = 0
    with dump.snapshot(world.store) as connection:
        for table in chain_rows.tables():
            for key in connection.execute(chain_rows.keys(table).limit(PER_TABLE)):
                made = proof.prove(connection, table.name, form(table).key(key), SIGNING)
                (tmp_path / "p").write_text(made.text(), encoding="utf-8")
                with cost.at_most(seconds=1):
                    assert proof.check(proof.read(tmp_path / "p"), PUBLIC).seq >= made.seq
                done += 1
    assert done > 20


def test_a_row_of_which_a_rule_took_something_away_is_proved_too(world: World, report: str) -> None:
    with world.store.write() as session:
        session.execute(
            update(Report).where(Report.id == uuid.UUID(report)).values(note="x"), execution_options=ERASING
        )
    made = proved(world, "report", report)
    assert (made.kind, proof.check(made, PUBLIC).seq) == ("e", made.seq)
    for kind in ("+", "x", "-", "?", ""):
        with pytest.raises(NoProof, match="does not add up"):
            proof.check(replace(made, kind=kind))


CHANGES: dict[str, Callable[[Proof], Proof]] = {
    "row": lambda p: replace(p, row=p.row.replace("smoke", "smell").replace("minor", "grave")),
    "key": lambda p: replace(p, key="0" * 32),
    "table": lambda p: replace(p, table="patrol"),
    "salt": lambda p: replace(p, salt="00" * 16),
    "path": lambda p: replace(p, path=[*p.path, ["left", "00" * 32]]),
    "a side": lambda p: replace(p, path=[["left" if s == "right" else "right", h] for s, h in p.path]),
    "number": lambda p: replace(p, seq=p.seq + 1),
    "head before": lambda p: replace(p, previous="0" * 64),
    "a link less": lambda p: replace(p, links=p.links[:-1]),
    "no link": lambda p: replace(p, links=[]),
    "another moment": lambda p: replace(p, links=[replace(p.links[0], at="2020-01-01T00:00:00+00:00"), *p.links[1:]]),
    "no moment": lambda p: replace(p, links=[replace(p.links[0], at="x"), *p.links[1:]]),
    "head": lambda p: replace(p, head=p.head.replace(p.head.split()[3], "0" * 64)),
    "no head": lambda p: replace(p, head="x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_proof_of_which_anything_is_changed_does_not_hold(world: World, report: str, change: str) -> None:
    made = proved(world, "report", report)
    assert proof.check(made, PUBLIC)
    with pytest.raises(NoProof):
        proof.check(CHANGES[change](made), PUBLIC)


def test_every_leaf_of_trees_of_every_size_leads_to_the_root() -> None:
    for size in range(1, 20):
        leaves = [chain_form.Leaf("t", str(at), b"+", b"s" * 16, bytes([at] * 32)) for at in range(size)]
        root = chain_form.root_of(leaves)
        assert {root_by(leaf, chain_form.path_of(leaves, at)) for at, leaf in enumerate(leaves)} == {root}
        assert all(root_by(leaf, chain_form.path_of(leaves, 0)) != root for leaf in leaves[1:])


def test_the_key_and_the_witness_tell_a_chain_that_was_made_anew(world: World, report: str) -> None:
    made = proved(world, "report", report)
    head = chain_head.parsed(made.head)
    other = chain_head.Ed25519PrivateKey.generate()
    assert proof.check(made, PUBLIC, [head]) == head
    with pytest.raises(NoProof, match="signature of that key"):
        proof.check(made, other.public_key())
    with pytest.raises(NoProof, match="made anew"):
        proof.check(made, None, [replace(head, head="0" * 64)])
    with pytest.raises(NoProof, match="None of these heads"):
        proof.check(made, None, [replace(head, seq=head.seq + 99)])
    forged = replace(
        made,
        head=str(replace(head, signature="").signed(other)),
        public_key=other.public_key().public_bytes_raw().hex(),
    )
    assert proof.check(forged)
    with pytest.raises(NoProof, match="signature of that key"):
        proof.check(forged, PUBLIC)


def test_a_row_that_was_changed_past_the_program_has_no_proof(world: World, report: str) -> None:
    with world.store.writer.begin() as connection:
        tampering(connection)
        connection.execute(update(Report).values(place="elsewhere"))
        connection.execute(text("delete from history_open"))
    with pytest.raises(NoProof, match="not the one that the link holds"):
        proved(world, "report", report)


def test_what_no_link_holds_has_no_proof(world: World, report: str) -> None:
    for table, key, why in (("throttle", "1", "holds the table"), ("report", "0" * 32, "no row"), ("x", "1", "holds")):
        with pytest.raises(NoProof, match=why):
            proved(world, table, key)


@pytest.mark.parametrize(
    "content", [b"", b"x", b"[]", b"{}", b'{"format": "x"}', b'{"format": "wangge-proof 1"}', b"\xff", b"[" * 9999]
)
def test_a_file_that_is_no_proof_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(NoProof):
        proof.read(tmp_path / "p")


def command(where: Path, **environment: str) -> Callable[..., Any]:
    """``wangge`` in a process of its own, with nothing of ours in its environment."""
    return lambda *words: subprocess.run(
        [sys.executable, "-m", "webapp.cli", *map(str, words)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(where), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_make_a_proof_and_check_it_where_there_is_nothing_else(
    world: World, report: str, tmp_path: Path
) -> None:
    here, away = tmp_path / "here", tmp_path / "away"
    here.mkdir()
    (here / "chain.key").write_text(SIGNING.private_bytes_raw().hex())
    url = world.store.url.render_as_string(hide_password=False)
    made = command(here, DATABASE_URL=url, DATA_DIR=str(here))("prove", "report", report, tmp_path / "p")
    assert made.returncode == 0, made.stderr
    check = command(away)
    public = PUBLIC.public_bytes_raw().hex()
    right = check("check-proof", tmp_path / "p", "--key", public)
    assert (right.returncode, right.stderr) == (0, "") and "In order" in right.stdout and report in right.stdout
    assert "not that it comes from the county" in check("check-proof", tmp_path / "p").stdout
    assert check("check-proof", tmp_path / "p", "--key", "zz").returncode == 1
    said = json.loads((tmp_path / "p").read_text())
    (tmp_path / "p").write_text(json.dumps(said | {"row": said["row"].replace("minor", "grave")}))
    wrong = check("check-proof", tmp_path / "p", "--key", public)
    assert wrong.returncode == 1 and "not the one that the link holds" in wrong.stderr
    assert not away.exists()


def test_a_proof_over_ten_thousand_links_is_checked_within_a_second(world: World, report: str) -> None:
    made = proved(world, "report", report)
    links = [made.links[0]] * 10_000
    heads, last = {}, made.previous
    at = chain_head.datetime.fromisoformat(links[0].at)
    for seq, link in enumerate(links, made.seq):
        last = heads[seq] = chain_form.head_of(last, seq, at, link.root)
    long = replace(made, links=links, head=str(chain_head.Head(max(heads), last, "x").signed(SIGNING)))
    with cost.at_most(seconds=1):
        assert proof.check(long, PUBLIC).seq == made.seq + 9_999


def test_the_newest_leaf_counts(world: World, report: str) -> None:
    with dump.snapshot(world.store) as connection:
        knows = [
            link.seq
            for link in connection.execute(select(ChainLink.__table__))
            if any((leaf.table, leaf.key) == ("report", report) for leaf in chain_form.unpacked(link.leaves))
        ]
    assert len(knows) > 1 and proved(world, "report", report).seq == max(knows)
