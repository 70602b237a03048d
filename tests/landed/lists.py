"""What is posted about the lists of objects on that day, and from the phone."""

from datetime import timedelta

from tests.landed.browser import Diary
from tests.landed.cast import Cast
from webapp.core import clock, ids

OFFICER, TOWNSHIP = "officer", "township"  # the sample log-ins of the invented county
OTHER = "这一句和先前发的不一样。"  # what makes the same entry another one


def kept(diary: Diary, cast: Cast) -> None:
    """A new object; and what the officer wishes for his list: something new, and that something goes."""
    page = f"/grids/{cast.neighbour}/objects"
    told = {"type": "enterprise", "zh": "新开的石料厂", "en": "Quarry"}
    diary.fill("a new object on the list", TOWNSHIP, page, page, told, {"en": "Another quarry"})
    new, gone = f"/grids/{cast.village}/objects/propose", f"/objects/{cast.unasked}/stop"
    wished = {"zh": f"村西旧油坊{cast.asked}", "type": "enterprise", "why": "夜里开。"}
    diary.fill("a place off the list", OFFICER, new, new, wished, {"why": OTHER})
    diary.fill("an object that should go", OFFICER, gone, gone, {"why": "空栏。"}, {"why": OTHER})


def from_paper(diary: Diary, cast: Cast) -> None:
    """The sheet of last week, of which the officer types in a day that has nothing yet."""
    page, last_week = f"/grids/{cast.village}/week/enter", clock.today() - timedelta(days=7)
    form = diary.of(OFFICER).form(f"{page}?first={last_week.isoformat()}", page)
    box = next(name for name in form.values if name.startswith("w"))
    diary.post("a week's sheet", OFFICER, form, {box: "1"}, {box: "2"})


def from_the_phone(diary: Diary, cast: Cast) -> None:
    """A round that the phone sends, one object out of reach."""
    lon, lat = cast.point
    moment = (clock.now() - timedelta(minutes=20)).isoformat()
    diary.phone(
        "a round from the phone, one object out of reach",
        OFFICER,
        "/patrols",
        {
            "id": str(ids.new()),
            "grid": cast.village,
            "occurred_at": moment,
            "made_at": moment,
            "note": "东头修路，绕行。",
            "lon": lon,
            "lat": lat,
            "accuracy_m": 12.5,
            "visits": [
                {"object": cast.things[1], "result": "could_not_see", "reason": "locked"},
                {"object": cast.things[0], "result": "normal"},
            ],
        },
        {"note": OTHER},
    )
