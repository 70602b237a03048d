"""A day in an invented county: every kind of entry there is, posted once through the pages and by the phone's JSON."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from tests.landed import lists
from tests.landed.browser import Diary, Values
from tests.landed.cast import cast, picture
from webapp.app import App
from webapp.core import clock, ids
from webapp.core.db import Store
from webapp.people.models import Person
from webapp.report.models import Assignment

OFFICER, TOWNSHIP, STATION = lists.OFFICER, lists.TOWNSHIP, "station"
COUNTY, LEAD, HELPER = "county", "department", "dept-ecology"  # the sample log-ins of the invented county
OTHER = lists.OTHER


def in_days(number: int) -> str:
    """A day so many days from today, as a form sends it."""
    return (clock.today() + timedelta(days=number)).isoformat()


class Day:
    """Everything that is posted on that day, in its order."""

    def __init__(self, app: App):
        self.store: Store = app.extensions["store"]
        with self.store.read() as session:
            self.cast = cast(session)
        self.diary = Diary(app)

    # --- what the village sends ---

    def rounds(self) -> str:
        """A round from a page, one from the phone, one that the township types in; the id of the first."""
        village, things = self.cast.village, self.cast.things
        page = f"/grids/{village}/patrol?all=1"
        seen = {f"v{things[0]}-outcome": "normal", f"v{things[1]}-outcome": "problem"}
        first = self.diary.fill(
            "a round from a page", OFFICER, page, "/patrols", seen, {f"v{things[0]}-outcome": "problem"}
        )
        self.diary.fill(
            "a round with what is no object",
            OFFICER,
            page,
            "/patrols",
            {f"v{things[0]}-outcome": "normal", "t-hazard-outcome": "problem", "t-hazard-place": "旧砖厂"}
            | {"kind": "irregular"},
            {"t-hazard-place": OTHER},
        )
        lists.from_the_phone(self.diary, self.cast)
        lists.from_paper(self.diary, self.cast)
        self.diary.fill(
            "a round typed in for the officer",
            TOWNSHIP,
            page,
            "/patrols",
            seen
            | {
                "person_id": self.cast.officer,
                "occurred_on": in_days(-1),
                f"v{things[1]}-outcome": "could_not_see",
                f"v{things[1]}-reason": "weather",
                "note": "纸上记的。",
            },
            {f"v{things[1]}-reason": "nobody"},
        )
        return first

    def report(
        self,
        kind: str,
        login: str = OFFICER,
        *,
        ask: str = "",
        json_wanted: bool = False,
        other: Values | None = None,
        **values: Any,
    ) -> str:
        """A report of the sample village; its id."""
        told = {
            "place": "砖窑旧址",
            "problem": ["smoke"],
            "severity": "minor",
            "first_measure": "not_heeded",
            "note": f"{kind}。",
        }
        return self.diary.fill(
            kind,
            login,
            f"/grids/{self.cast.village}/report?{ask}",
            "/reports",
            told | values,
            other or {"note": OTHER},
            json_wanted=json_wanted,
        )

    def refused_first(self) -> str:
        """A report that was refused for its empty sentence;
        its photo goes with the second try without being sent again."""
        browser = self.diary.of(OFFICER)
        page = f"/grids/{self.cast.village}/report"
        told = {"place": "桥下", "problem": ["sewage"], "severity": "severe", "first_measure": "stopped"}
        first = browser.form(page, "/reports")
        refused = browser.client.post(
            "/reports",
            data=first.filled({**told, "note": "", "photos": []}) | {"photos": (io.BytesIO(picture(90)), "photo.jpg")},
            headers={"Origin": "http://localhost"},
        )
        assert refused.status_code == 422
        kept = browser.read(refused.text, "/reports")
        return self.diary.post(
            "a report whose photo was kept from a refused try", OFFICER, kept, {"note": "第二次发。"}, {"note": OTHER}
        )

    # --- what the desks do with it ---

    def move(
        self, kind: str, login: str, report_id: str, action: str, other: Values | None = None, **values: Any
    ) -> None:
        """One move from its page; without facts of its own only the page it came from can make it another one."""
        self.diary.fill(
            kind,
            login,
            f"/reports/{report_id}/{action}",
            f"/reports/{report_id}/{action}",
            values,
            other or {"reason" if "reason" in values else "done" if "done" in values else "note": OTHER},
        )

    def act(self, kind: str, login: str, report_id: str, name: str, other: Values, **values: Any) -> None:
        """An act beside the state."""
        self.diary.fill(kind, login, f"/reports/{report_id}", f"/reports/{report_id}/beside/{name}", values, other)

    def through_the_county(self, report_id: str) -> None:
        """The long way there and back."""
        self.made_clear(report_id)
        self.dispatched(report_id)
        self.handled(report_id)
        self.turned_away(report_id)

    def made_clear(self, report_id: str) -> None:
        """Given back and added to, looked at, corrected, raised."""
        self.move(
            "given back for what is missing",
            TOWNSHIP,
            report_id,
            "give_back",
            missing=["place", "facts"],
            note="哪一座窑？",
        )
        self.move(
            "added to, with a place and a photo",
            OFFICER,
            report_id,
            "supplement",
            note="东边那座。",
            place="东侧第二孔",
            photos=[picture(150)],
        )
        self.looked_at(report_id)
        self.act(
            "another kind of problem",
            TOWNSHIP,
            report_id,
            "problems",
            {"problem": ["noise"]},
            problem=["dust", "smoke"],
        )
        self.move("raised to the county", TOWNSHIP, report_id, "raise", reason="涉及处罚，镇里无权。")

    def looked_at(self, report_id: str) -> None:
        """A look that is asked for, answered, taken back and answered again."""
        self.act("a look that is asked for", TOWNSHIP, report_id, "look", {"question": OTHER}, question="还在冒吗？")
        self.diary.fill(
            "the answer to a look",
            OFFICER,
            f"/reports/{report_id}",
            r"/looks/[-0-9a-f]+",
            {"answer": "not_yet", "note": "小了些。"},
            {"note": OTHER},
        )
        self.diary.fill(
            "an answer that is taken back",
            OFFICER,
            "/home",
            f"/reports/{report_id}/beside/undo",
            {},
            {"event": str(ids.new())},
        )
        self.diary.fill(
            "the answer to a look, given again",
            OFFICER,
            f"/reports/{report_id}",
            r"/looks/[-0-9a-f]+",
            {"answer": "right", "note": "没有了。"},
            {"note": OTHER},
        )

    def dispatch(self, kind: str, report_id: str) -> None:
        """To the department that leads, and the one that helps."""
        self.move(
            kind,
            COUNTY,
            report_id,
            "dispatch",
            pick=f"{self.cast.lead}:{self.cast.duty}",
            coop=[self.cast.helper],
            ground_text="这是他们管的工地。",
            due=in_days(9),
            other={"due": in_days(8)},
        )

    def dispatched(self, report_id: str) -> None:
        """To a department on one of its duties, with another that helps."""
        self.dispatch("dispatched on a listed duty, with one that helps", report_id)
        self.act("what a cooperating department did", HELPER, report_id, "result", {"done": OTHER}, done="已采样送检。")
        self.move("received by the department", LEAD, report_id, "receive", other={"seen": "department"})
        self.diary.fill(
            "a receipt that is taken back",
            LEAD,
            f"/reports/{report_id}",
            f"/reports/{report_id}/undo",
            {},
            {"seen": "handling"},
        )
        self.move("received once more", LEAD, report_id, "receive", other={"seen": "department"})

    def handled(self, report_id: str) -> None:
        """Handled, redone, closed."""
        self.move(
            "handled by the department, with a photo",
            LEAD,
            report_id,
            "handle",
            result="true",
            done="已责令停产整改。",
            document_no="县住建改字〔2026〕7号",
            photos=[picture(30)],
        )
        self.move("sent back to be done again", TOWNSHIP, report_id, "redo", reason="现场仍有残留。")
        self.move("handled a second time", LEAD, report_id, "handle", result="partly", done="已再次清理。")
        self.move("closed by the township", TOWNSHIP, report_id, "confirm", note="看过，已改好。")

    def turned_away(self, report_id: str) -> None:
        """Reopened, dispatched on another ground, not theirs, not accepted."""
        self.move("reopened by the county", COUNTY, report_id, "reopen", reason="群众又反映。")
        self.move(
            "dispatched without a listed duty",
            COUNTY,
            report_id,
            "dispatch",
            body=self.cast.lead,
            ground="none_listed",
            ground_text="清单里没有对应的一条。",
            due=in_days(9),
            other={"ground_text": OTHER},
        )
        self.move(
            "not ours", LEAD, report_id, "bounce", duty_or_none=str(self.cast.helper), reason="不在本部门职责内。"
        )
        self.move("not accepted by the county", COUNTY, report_id, "dismiss", reason="与前一件重复。")

    def in_the_township(self, assigned: str, handled: str, unclear: str, returned: str) -> None:
        """The short ways."""
        self.move(
            "assigned to a station",
            TOWNSHIP,
            assigned,
            "assign",
            body=self.cast.station,
            due=in_days(5),
            other={"due": in_days(4)},
        )
        self.move("handled by the station", STATION, assigned, "handle", result="true", done="已清运三车。")
        self.move(
            "handled by the township itself", TOWNSHIP, handled, "handle", result="not_true", done="去看过，没有。"
        )
        self.move("closed by the county", COUNTY, handled, "confirm", other={"seen": "township_done"})
        self.move("given back once more", TOWNSHIP, unclear, "give_back", missing=["other"])
        self.move("nothing can be added", OFFICER, unclear, "cannot_add", reason="现场已经没有痕迹。")
        self.move("not accepted by the township", TOWNSHIP, unclear, "dismiss", reason="不是环境问题。")
        self.move("raised without need", TOWNSHIP, returned, "raise", reason="跨镇河段。")
        self.move("given back by the county", COUNTY, returned, "give_back", reason="请乡镇先核实。")

    def sampled(self, in_order: str, not_in_order: str) -> None:
        """Second looks at what was settled on the spot."""
        self.act("a second look, in order", TOWNSHIP, in_order, "sample", {"note": OTHER}, note="干净了。")
        self.move("a second look, not in order", TOWNSHIP, not_in_order, "unsettle", reason="垃圾还在。")

    @contextmanager
    def away(self, login: str) -> Iterator[None]:
        """Somebody is suspended for a while: nobody is where he was."""
        for moment in (clock.now(), None):
            with self.store.write() as session:
                session.execute(update(Person).where(Person.login == login).values(suspended_at=moment))
            if moment:
                yield

    def where_nobody_is(self) -> None:
        """What the office above takes back while nobody is there."""
        gone, helped = self.report("a report whose officer goes away"), self.report("a report whose helper goes away")
        self.act("a look that nobody will answer", TOWNSHIP, gone, "look", {"question": OTHER}, question="清了没有？")
        self.move("given back to who goes away", TOWNSHIP, gone, "give_back", missing=["place"])
        self.move("raised for two departments", TOWNSHIP, helped, "raise", reason="涉及处罚，镇里无权。")
        self.dispatch("dispatched with one that goes away", helped)
        with self.store.read() as session:
            helping = select(Assignment.id).where(Assignment.role == "coop", Assignment.to_at.is_(None))
            part = session.scalars(helping.where(Assignment.report_id == UUID(helped))).one()
        with self.away(OFFICER):
            page, looks = f"/reports/{gone}", rf"/reports/{gone}/beside/looks/[^/]+/withdraw"
            why = "网格员已离任。"
            self.diary.fill("a look taken back", TOWNSHIP, page, looks, {"look-reason": why}, {"look-reason": OTHER})
            self.move("taken back from nobody", TOWNSHIP, gone, "take_back", reason=why)
        with self.away(HELPER):
            left = {"part-part": part, "part-reason": "没有联络员。"}
            self.act("a part taken back", COUNTY, helped, "part", {"part-reason": OTHER}, **left)

    def beside_reports(self) -> None:
        """A message and its answer."""
        message = self.diary.fill(
            "a message in the box", OFFICER, "/feedback?page=/map", "/feedback", {"text": "字太小。"}, {"text": OTHER}
        )
        name = f"m{message.replace('-', '')}-answer"
        self.diary.fill(
            "the answer to a message",
            COUNTY,
            "/feedback/inbox",
            f"/feedback/{message}/answer",
            {name: "下一版改。"},
            {name: OTHER},
        )

    def lived(self) -> Diary:
        """The whole day."""
        (lon, lat), walked = self.cast.point, self.rounds()
        with_photos = self.report(
            "a report with photos",
            ask=f"patrol={walked}&object={self.cast.things[1]}",
            json_wanted=True,
            problem=["smoke", "smell"],
            lon=lon,
            lat=lat,
            accuracy_m="30",
            photos=[picture(250), picture(200)],
        )
        plain = self.report("a plain report")
        typed = self.report(
            "a report typed in for the officer",
            TOWNSHIP,
            person_id=self.cast.officer,
            occurred_on=in_days(-2),
        )
        joint = self.report("a report between two villages", between="y", joint=self.cast.neighbour)
        back = self.report("a report of what is back", ask=f"recurs={plain}")
        settled = [
            self.report(
                f"a report settled on the spot, {which}",
                problem=["rubbish_dumping"],
                first_measure="cleared",
                settle="yes",
            )
            for which in ("in order", "not in order")
        ]
        self.refused_first()
        self.through_the_county(with_photos)
        led = self.report("a report that another village leads", between="y", joint=self.cast.neighbour)
        self.act("another village leads", COUNTY, led, "lead", {"lead": 1}, lead=self.cast.neighbour)
        self.in_the_township(plain, joint, back, typed)
        self.sampled(*settled)
        self.where_nobody_is()
        lists.kept(self.diary, self.cast)
        self.beside_reports()
        return self.diary
