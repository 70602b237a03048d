"""A head for a witness: signed, one line, and delivered once a day without anybody waiting for it."""

import http.server
import logging
import re
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chain_county import found
from tests.conftest import KEY, World
from webapp.app import create_app
from webapp.config import CHAIN_KEY_FILE, Config
from webapp.core import audit, clock
from webapp.ops import chain_head, witness
from webapp.ops.secret import make_key


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An installation with a key and a file for the witness."""
    assert make_key(tmp_path / CHAIN_KEY_FILE, chain_head.new_key())
    return Config("", tmp_path, KEY, witness_file=str(tmp_path / "heads"))


def test_a_head_is_one_short_line_signed_by_the_key_of_the_installation(world: World, config: Config) -> None:
    key, head = chain_head.read_key(config.data_dir / CHAIN_KEY_FILE), chain_head.newest(world.store)
    assert key is not None and head is not None
    assert (config.data_dir / CHAIN_KEY_FILE).stat().st_mode & 0o777 == 0o600
    signed = chain_head.parsed(str(head.signed(key)))
    assert len(str(signed)) < 200 and "\n" not in str(signed)
    assert (signed.seq, signed.head) == (head.seq, head.head) and signed.is_signed_by(key.public_key())
    assert not replace(signed, seq=signed.seq + 1).is_signed_by(key.public_key())
    assert not replace(signed, signature="").is_signed_by(key.public_key())
    assert found(world.store, [signed]) == set()


@pytest.mark.parametrize("line", ["", "x", "wangge-head 1", "wangge-head x y z", "1 abc", "-1 " + "a" * 64])
def test_what_is_no_head_is_said_to_be_none(line: str) -> None:
    with pytest.raises(chain_head.NoHead):
        chain_head.given(line)


def test_number_and_hash_from_paper_are_enough(world: World) -> None:
    head = chain_head.newest(world.store)
    assert head is not None
    assert found(world.store, chain_head.given(f"{head.seq} {head.head.upper()}")) == set()
    assert found(world.store, chain_head.given(f"{head.seq} {'0' * 64}")) == {("witness", f"link {head.seq}")}


def test_a_head_with_a_signature_that_is_not_ours_is_refused(world: World, config: Config, tmp_path: Path) -> None:
    key, head = chain_head.read_key(config.data_dir / CHAIN_KEY_FILE), chain_head.newest(world.store)
    assert key is not None and head is not None
    ours, noted = head.signed(key), chain_head.Head(head.seq, head.head)
    assert chain_head.checked([ours, noted], key.public_key()) == [ours, noted]
    assert chain_head.checked([replace(ours, seq=9)], None)  # there is nothing to check it with
    with pytest.raises(chain_head.NoHead, match="does not bear the signature"):
        chain_head.checked([noted, replace(ours, head="0" * 64)], key.public_key())


def test_readiness_says_that_a_witness_got_nothing(world: World, config: Config) -> None:
    app = create_app(replace(config, database_url=world.store.url.render_as_string(hide_password=False)), world.store)
    assert app.test_client().get("/readyz").json["witness"] == "late"
    assert witness.daily(world.store, config)
    assert "witness" not in app.test_client().get("/readyz").json
    with clock.at(clock.now() + timedelta(days=2)):
        assert app.test_client().get("/readyz").json["witness"] == "late"


def test_the_auditors_page_shows_a_head_to_copy_and_verify_audit_takes_it(world: World, browse: Any) -> None:
    page = browse("auditor").get("/log").text
    shown = re.search(r": (\d+(?: [0-9a-f]{8}){8})", page)
    assert shown is not None
    assert found(world.store, chain_head.given(shown[1])) == set()
    number, first, *rest = shown[1].split()
    assert found(world.store, chain_head.given(" ".join([number, "00000000", *rest]))) != set()
    assert first not in browse("officer_a1").get("/log").text


def test_the_head_of_a_day_is_delivered_once(world: World, config: Config) -> None:
    assert [witness.daily(world.store, config) for _ in range(2)] == [True, False]
    heads = chain_head.given(config.witness_file)
    with world.store.write() as session:
        audit.note(session, None, "a", "x")
    assert len(heads) == 1 and found(world.store, heads) == set()


def test_without_a_witness_nothing_is_delivered(world: World, config: Config) -> None:
    assert not witness.daily(world.store, replace(config, witness_file=""))


class _Taker(http.server.BaseHTTPRequestHandler):
    got: list[str] = []  # noqa: RUF012  (of the one test that uses it)

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        pass


def test_a_witness_may_be_an_address(world: World, config: Config) -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Taker)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    there = replace(config, witness_file="", witness_url=f"http://127.0.0.1:{server.server_port}/heads")
    assert witness.daily(world.store, there)
    thread.join()
    server.server_close()
    assert found(world.store, chain_head.given(_Taker.got[-1])) == set()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/passwd"])
def test_what_fails_is_logged_and_tried_again(
    world: World, config: Config, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert not witness.daily(world.store, replace(config, witness_url=url))
    assert "could not be handed to the witness" in caplog.text
    assert witness.daily(world.store, config)
