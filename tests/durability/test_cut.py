"""Photos over a line that breaks off a third of what is sent: all arrive, whole and once, and nothing is left lying."""

import io
import random
import threading
from functools import cache
from pathlib import Path

from PIL import Image

from tests.conftest import World
from tests.durability.cutting import BadLine
from tests.durability.ledger import Answered, faults
from tests.durability.sending import NOT_ANSWERED, Phone, Post, report
from tests.durability.serving import Server
from tests.short import count

POSTS = count(6, 20, 500)
SIDE = count(300, 600, 1300)  # pixels of noise: about 3 MB of JPEG in the long run
TRIES = 10
PHONES = 3


@cache
def noise() -> bytes:
    """What every photo is made of; each is another cut of it."""
    return random.Random(7).randbytes(SIDE * SIDE * 3 + 4096)


def large_photo(seed: int) -> bytes:
    """A JPEG that does not get small, unlike any other."""
    file = io.BytesIO()
    Image.frombytes("RGB", (SIDE, SIDE), noise()[seed % 4096 :][: SIDE * SIDE * 3]).save(file, "JPEG", quality=85)
    return file.getvalue() + seed.to_bytes(4, "big")


def arrived(phone: Phone, post: Post, address: tuple[str, int], answered: Answered) -> None:
    """Send over the line until it is answered, on a new connection each time."""
    for _try in range(TRIES):
        with Phone(address, phone.cookie, phone.token) as line:
            try:
                answer = line.send(post)
            except (*NOT_ANSWERED, ValueError):  # the JSON of an answer may be cut as well
                continue
        if answer.status < 500:
            answered.append((post, answer))
            return
    raise AssertionError(f"not there after {TRIES} tries")


def test_what_a_bad_line_breaks_off_arrives_whole_and_once(world: World, tmp_path: Path) -> None:
    posts = iter([report(world, "a1", photos=(large_photo(turn),)) for turn in range(POSTS)])
    answered: Answered = []
    lost: list[BaseException] = []
    turns = threading.Lock()

    def send_all(phone: Phone) -> None:
        try:
            while True:
                with turns:
                    post = next(posts, None)
                if post is None:
                    return
                arrived(phone, post, line.address, answered)
        except BaseException as fault:
            lost.append(fault)

    with Server(world, tmp_path / "data", workers=1) as server, Phone.of(server, "officer_a1") as phone:
        with BadLine(server.address, 0.33, len(large_photo(0)), seed=3) as line:
            threads = [threading.Thread(target=send_all, args=[phone]) for _ in range(PHONES)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert not lost, (lost, server.said())
            assert line.cut >= POSTS // 6
        assert len(answered) == POSTS
    assert faults(world, tmp_path / "data", answered) == []
    assert not list((tmp_path / "data" / "tmp").glob("*")), "parts of uploads are left lying"
