"""How long what was settled on the spot is listed for a second look."""

from tests import make
from webapp.core import clock
from webapp.core.models import Setting
from webapp.report import desk as report_desk
from webapp.report import service, side_acts


def test_what_nobody_looked_at_for_long_waits_in_no_list_and_can_still_be_looked_at(world, browse):
    """The limit is the county's; nothing is moved, and the report's own page goes on taking the look."""
    when = clock.now()
    with clock.at(when - make.days(60)), world.store.write() as session:
        old = make.report(world.grids["A1"], settle=True, problems=("rubbish_dumping",))
        service.submit(session, make.actor(session, "officer_a1"), old)
    with world.store.write() as session:
        new = make.report(world.grids["A1"], settle=True, problems=("rubbish_dumping",))
        service.submit(session, make.actor(session, "officer_a1"), new)

    def listed(days):
        with world.store.write() as session:
            session.get_one(Setting, "sample_days").value = str(days)
        with world.store.read() as session:
            lists = report_desk.Lists(session, make.actor(session, "township_a"), clock.now())
            found = [report.id for report in lists.rows("settled", 0, 9)]
            assert lists.counts(["settled", "all_open"])["settled"] == len(found)
        return found

    assert (set(listed(90)), listed(30)) == ({old.id, new.id}, [new.id])
    page = browse("township_a").get("/desk?tab=settled").text
    assert "Older reports are no longer listed" in page and str(old.id) not in page
    with world.store.write() as session:
        assert side_acts.sample(session, make.actor(session, "township_a"), old.id, note="", photos=())
