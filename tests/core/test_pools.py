"""Slow work has its share: so many at once over all processes, and whose turn does not come is told so."""

import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from webapp.core import pools
from webapp.core.errors import Busy

HOLDS = """
import sys, time
from pathlib import Path
from webapp.core import pools
with pools.turn(Path(sys.argv[1]), "sheet"):
    print("held", flush=True)
    time.sleep(60)
"""


def impatient(monkeypatch: pytest.MonkeyPatch, name: str, **changed: float) -> None:
    monkeypatch.setitem(pools.POOLS, name, replace(pools.POOLS[name], **{"waits": 0.2, **changed}))


def test_no_more_than_allowed_are_at_it_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, "photo", at_once=2, waits=30)
    lock, now, most = threading.Lock(), 0, 0

    def work() -> None:
        nonlocal now, most
        with pools.turn(tmp_path, "photo"):
            with lock:
                now, most = now + 1, max(most, now + 1)
            time.sleep(0.01)
            with lock:
                now -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (now, most) == (0, 2)


def test_a_slot_is_held_against_other_processes_and_let_go_by_the_death_of_its_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, "sheet")
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy) as refusal, pools.turn(tmp_path, "sheet", field="sheet"):
            pytest.fail("two at once")
        assert (refusal.value.status, refusal.value.field, refusal.value.again) == (503, "sheet", 10)
        with pools.turn(tmp_path, "password"):
            pass  # another pool has its own
        holder.kill()
    with pools.turn(tmp_path, "sheet"):
        pass


def test_a_slot_is_given_back_when_the_work_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, "sheet")
    for _ in range(3):
        with pytest.raises(KeyError), pools.turn(tmp_path, "sheet"):
            raise KeyError


def test_every_kind_of_work_with_slots_has_a_sentence_for_when_it_is_not_ones_turn() -> None:
    assert set(pools.BUSY) == {pool.name for pool in pools.POOLS.values() if pool.at_once}
    for name in pools.BUSY:
        assert pools.POOLS[name].waits < 30, (
            "a server in front of us gives up after a minute, and the work comes on top"
        )
