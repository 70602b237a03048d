"""The sweep takes the place out of photos of long ago: each once, wherever it is stopped, and nothing else changes."""

import io
import os
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, update

from tests import engines, make
from tests.chain_county import found
from tests.conftest import KEY, World
from tests.core.test_files import HEIC, PLACE, encoded
from tests.core.test_placeless import FILM, exif, seen
from tests.core.together import side_by_side
from tests.short import some
from webapp.cli import main
from webapp.core import clock, files, numbers, pools
from webapp.core.attachments import EXCHANGE, PLACELESS, attach
from webapp.core.clock_mark import MARK, minutes
from webapp.core.errors import Busy
from webapp.core.models import Attachment, AuditEntry, Setting
from webapp.listeners import open_store
from webapp.ops import backup, photo_places, retention, verify
from webapp.report import service
from webapp.report.models import ReportAttachment

DAY = timedelta(days=1)
LONG_AGO = 100  # days; a place is kept for 90
AGED = 2_000_000 * 4  # seconds that a file has lain then


@pytest.fixture
def county(world: World) -> World:
    """The small county, whose clock has been seen to be right."""
    with world.store.write() as session:
        numbers.keep(session, MARK, minutes(clock.now()))
    return world


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def photo(number: int = 0) -> bytes:
    """A phone's photo with the place in it, one unlike the other."""
    return encoded("JPEG", exif=exif(), comment=b"%d " % number + PLACE) + FILM


def kept(county: World, data_dir: Path, *sent: bytes, days: float = LONG_AGO) -> list[uuid.UUID]:
    """A report of so many days ago with these photos; their ids."""
    photos = {uuid.uuid4(): files.keep(data_dir, io.BytesIO(data), "a") for data in sent}
    with clock.at(clock.now() - days * DAY), county.store.write() as session:
        entry = make.report(county.grids["A1"])
        service.submit(session, make.actor(session, "officer_a1"), entry)
        attach(session, photos, clock.now(), county.people["officer_a1"])
        links = [{"attachment_id": id_, "report_id": entry.id, "position": place} for place, id_ in enumerate(photos)]
        session.execute(insert(ReportAttachment), links)
    aged(data_dir)
    return list(photos)


def aged(data_dir: Path) -> None:
    for file in (data_dir / "photos").rglob("*"):
        os.utime(file, (time.time() - AGED,) * 2)


def originals(data_dir: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (data_dir / "photos" / "originals").rglob("*") if file.is_file()}


def hashes(county: World, *ids: uuid.UUID) -> list[str]:
    with county.store.read() as session:
        return [session.get_one(Attachment, id_).sha256 for id_ in ids]


def whole(county: World, data_dir: Path) -> bool:
    """Files and rows fit, the chain is what the records are, and every original is one of a row."""
    named = set(hashes(county, *all_ids(county)))
    return (
        not verify.verify_store(county.store, data_dir) and not found(county.store) and {*originals(data_dir)} == named
    )


def all_ids(county: World) -> list[uuid.UUID]:
    with county.store.read() as session:
        return list(session.scalars(select(Attachment.id)))


def sweep(county: World, data_dir: Path, **how: Any) -> int:
    return retention.sweep(county.store, data_dir, **how).gone["photo_places"]


def test_the_place_goes_when_its_time_has_come_and_not_before(county: World, data_dir: Path) -> None:
    old, young = kept(county, data_dir, photo(1))[0], kept(county, data_dir, photo(2), days=89)[0]
    before = hashes(county, old, young)
    assert retention.foreseen(county.store, data_dir)["photo_places"].number == 1
    assert sweep(county, data_dir) == 1
    after = hashes(county, old, young)
    assert after[0] != before[0] and after[1] == before[1]
    data = originals(data_dir)[after[0]]
    assert PLACE not in data and b"GPS" not in data and seen(data) == seen(photo(1))
    with county.store.read() as session:
        row = session.get_one(Attachment, old)
        assert row.size == len(data) and row.copy and files.path(data_dir, "copies", row.copy).is_file()
        lines = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "retention.purge")).all()
        assert [line for line in lines if line.get("photo_places")] == [{"photo_places": 1}]
    assert whole(county, data_dir) and sweep(county, data_dir) == 0
    assert retention.foreseen(county.store, data_dir)["photo_places"].number == 0
    with clock.at(clock.now() + 2 * DAY):
        assert sweep(county, data_dir) == 1
    assert whole(county, data_dir) and PLACE not in b"".join(originals(data_dir).values())


def test_every_kind_and_what_says_nothing(county: World, data_dir: Path) -> None:
    plain = encoded("JPEG")
    broken = photo().replace(b"\xff\xdb", b"\xff\0\xff\xdb", 1)  # which decoders pass over
    sent = [photo(), encoded("PNG", exif=exif()), encoded("WEBP", exif=exif()), HEIC, broken, plain]
    ids = kept(county, data_dir, *sent)
    before = hashes(county, *ids)
    assert sweep(county, data_dir) == len(sent)
    after = hashes(county, *ids)
    assert [one == other for one, other in zip(before, after, strict=True)] == [False] * 5 + [True]
    with county.store.read() as session:
        assert [session.get_one(Attachment, id_).copy for id_ in ids[3:5]] == after[3:5]
    assert PLACE not in b"".join(originals(data_dir).values()) and whole(county, data_dir)


def test_two_that_share_a_file_each_keep_theirs_until_their_own_time(county: World, data_dir: Path) -> None:
    old, young = kept(county, data_dir, photo())[0], kept(county, data_dir, photo(), days=10)[0]
    shared = hashes(county, old)[0]
    sweep(county, data_dir)
    assert hashes(county, young) == [shared] and hashes(county, old) != [shared]
    assert shared in originals(data_dir) and whole(county, data_dir)
    with clock.at(clock.now() + 85 * DAY), county.store.write() as session:
        numbers.keep(session, MARK, minutes(clock.now()))
    with clock.at(clock.now() + 85 * DAY):
        assert sweep(county, data_dir) == 1
    assert hashes(county, young) == hashes(county, old)
    assert shared not in originals(data_dir) and whole(county, data_dir)


def test_fifty_in_one_sweep_and_a_run_takes_so_many(county: World, data_dir: Path, monkeypatch: Any) -> None:
    ids = [kept(county, data_dir, photo(number), days=LONG_AGO + number / 24)[0] for number in range(50)]
    monkeypatch.setattr(photo_places, "BATCH", 7)
    swept = retention.sweep(county.store, data_dir, most=20)
    assert (swept.gone["photo_places"], swept.waiting["photo_places"]) == (20, 30)
    assert sum(PLACE in data for data in originals(data_dir).values()) == 30 and whole(county, data_dir)
    assert sweep(county, data_dir) == 30 and len(set(hashes(county, *ids))) == 1
    assert whole(county, data_dir)


def test_photos_of_one_minute_are_one_step_however_many(county: World, data_dir: Path, monkeypatch: Any) -> None:
    kept(county, data_dir, *(photo(number) for number in range(5)))
    monkeypatch.setattr(photo_places, "BATCH", 2)
    assert (sweep(county, data_dir, most=2), sweep(county, data_dir)) == (5, 0)


class Killed(BaseException):
    """As by a kill -9: nothing catches it."""


def stopped_at(monkeypatch: Any, step: str) -> None:
    """Let the next sweep end at a step, before it or after it."""
    when, name = step.split()
    place: Any = files if hasattr(files, name) else photo_places
    act = getattr(place, name)

    def killed(*words: Any) -> None:
        if when == "after":
            act(*words)
        raise Killed

    monkeypatch.setattr(place, name, killed)


STEPS = [
    f"{when} {name}"
    for name in ("_settle", "placeless", "leave", "_record", "named", "drop")
    for when in ("before", "after")
]


@pytest.mark.parametrize("step", some(STEPS, every=4))
def test_stopped_anywhere_nothing_is_lost_or_half_and_the_next_goes_on(
    county: World, data_dir: Path, step: str, monkeypatch: Any
) -> None:
    ids = kept(county, data_dir, photo(1), photo(2))
    with monkeypatch.context() as patched, pytest.raises(Killed):
        stopped_at(patched, step)
        photo_places.take_out(county.store, data_dir, 9)
    assert {finding.kind for finding in verify.verify_store(county.store, data_dir)} <= {"orphan"}
    assert found(county.store) == set()
    sweep(county, data_dir)
    assert len(set(hashes(county, *ids))) == 1
    assert PLACE not in b"".join(originals(data_dir).values()) and whole(county, data_dir)


def test_several_sweeps_at_once_do_it_once(county: World, data_dir: Path) -> None:
    kept(county, data_dir, *(photo(number) for number in range(6)))
    url = county.store.url.render_as_string(hide_password=False)
    stores = [open_store(url) for _ in range(3)]
    runs = [lambda store=store: photo_places.take_out(store, data_dir, 99) for store in stores]
    assert side_by_side(*runs) == []
    for store in stores:
        store.close()
    sweep(county, data_dir)
    assert PLACE not in b"".join(originals(data_dir).values()) and whole(county, data_dir)


def test_sent_again_after_its_time_it_is_the_resend_it_is(county: World, data_dir: Path) -> None:
    first = files.keep(data_dir, io.BytesIO(photo()), "a")
    with clock.at(clock.now() - LONG_AGO * DAY):
        entry = make.report(county.grids["A1"], photos=(first,))

    def submit() -> Any:
        with county.store.write() as session:
            return service.submit(session, make.actor(session, "officer_a1"), entry)

    with clock.at(clock.now() - LONG_AGO * DAY):
        receipt = submit()
    aged(data_dir)
    assert sweep(county, data_dir) == 1 and first.sha256 not in originals(data_dir)
    assert files.keep(data_dir, io.BytesIO(photo()), "a") == first
    assert submit() == receipt and len(all_ids(county)) == 1
    aged(data_dir)
    os.utime(files.path(data_dir, "originals", first.sha256), (time.time() - 2 * files.DAY,) * 2)
    assert sweep(county, data_dir) == 0 and whole(county, data_dir)


def test_the_same_photo_in_a_new_report_keeps_its_place_for_its_own_time(county: World, data_dir: Path) -> None:
    old = kept(county, data_dir, photo())[0]
    sweep(county, data_dir)
    young = kept(county, data_dir, photo(), days=1)[0]
    assert hashes(county, old) != hashes(county, young) and sweep(county, data_dir) == 0 and whole(county, data_dir)


def test_a_photo_sent_while_its_file_is_dropped_keeps_it(county: World, data_dir: Path, monkeypatch: Any) -> None:
    old = hashes(county, *kept(county, data_dir, photo()))[0]
    record = photo_places._record

    def sent_meanwhile(*words: Any) -> None:
        record(*words)
        files.keep(data_dir, io.BytesIO(photo()), "a")

    monkeypatch.setattr(photo_places, "_record", sent_meanwhile)
    sweep(county, data_dir)
    assert originals(data_dir)[old] == photo()


def test_what_a_clock_that_went_back_has_stamped_is_found_too(county: World, data_dir: Path) -> None:
    kept(county, data_dir, photo(1))
    sweep(county, data_dir)
    kept(county, data_dir, photo(2), days=LONG_AGO + 60)
    assert sweep(county, data_dir) >= 1 and PLACE not in b"".join(originals(data_dir).values())


def test_a_setting_that_is_changed_counts_from_the_next_sweep_on(county: World, data_dir: Path) -> None:
    kept(county, data_dir, photo(), days=40)
    assert sweep(county, data_dir) == 0
    with county.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "place_days").values(value="30"))
    assert sweep(county, data_dir) == 1 and whole(county, data_dir)


def test_a_missing_file_holds_nobody_up_and_comes_in_when_it_is_there_again(
    county: World, data_dir: Path, caplog: Any
) -> None:
    gone, other = kept(county, data_dir, photo(1), photo(2))
    place = files.path(data_dir, "originals", hashes(county, gone)[0])
    place.rename(data_dir / "aside")
    assert sweep(county, data_dir) == 2 and "1 photos are missing or damaged" in caplog.text
    assert PLACE not in originals(data_dir)[hashes(county, other)[0]]
    (data_dir / "aside").rename(place)
    assert sweep(county, data_dir) == 0
    url = county.store.url.render_as_string(hide_password=False)
    environment = {"DATABASE_URL": url, "DATA_DIR": str(data_dir), "SECRET_KEY": KEY, "OWNER_DATABASE_URL": ""}
    done = CliRunner().invoke(main, ["sweep", "--photos-again"], env=environment)
    assert done.exit_code == 0 and "photo_places: 2" in done.output, done.output
    assert PLACE not in b"".join(originals(data_dir).values()) and whole(county, data_dir)


def test_where_we_do_not_come_to_it_the_next_run_goes_on(
    county: World, data_dir: Path, monkeypatch: Any, caplog: Any
) -> None:
    kept(county, data_dir, photo())

    def busy(*_words: Any) -> None:
        raise Busy("busy", again=1)

    with monkeypatch.context() as patched:
        patched.setattr(files, "placeless", busy)
        assert sweep(county, data_dir) == 0 and "wait for the next run: the machine is busy" in caplog.text
    with pools.lock(data_dir, EXCHANGE, alone=False):  # as a backup holds it
        assert sweep(county, data_dir) == 0
    assert sweep(county, data_dir) == 1


def test_under_a_clock_that_cannot_be_right_nothing_is_taken_out(county: World, data_dir: Path) -> None:
    ids = kept(county, data_dir, photo(), days=1)
    before = hashes(county, *ids)
    with clock.at(clock.now() + 400 * DAY):
        for run in (retention.sweep, lambda *words: photo_places.take_out(*words, 9)):
            with pytest.raises(retention.sweep_clock.ImplausibleClock):
                run(county.store, data_dir)
    assert hashes(county, *ids) == before


@pytest.mark.parametrize("engine_id", engines.record_urls())
def test_a_backup_of_after_is_whole_and_brings_no_place_back(
    county: World, data_dir: Path, tmp_path: Path, engine_id: str
) -> None:
    kept(county, data_dir, photo(1), HEIC)
    kept(county, data_dir, photo(2), days=1)
    sweep(county, data_dir)
    assert backup.backup(county.store, data_dir, tmp_path / "b").faults == ()
    other = open_store(engines.make(engine_id, tmp_path))
    backup.restore(tmp_path / "b", other, tmp_path / "other")
    there = World(other, {}, {}, {}, {})
    assert whole(there, tmp_path / "other")
    assert sum(PLACE in data for data in originals(tmp_path / "other").values()) == 1
    with other.read() as session:
        assert numbers.last(session, PLACELESS) > 0 and photo_places.look(session).number == 0
    other.close()
    engines.drop(other.url.render_as_string(hide_password=False))
