"""What is posted about the lists of objects on that day."""

from tests.landed.browser import Diary
from tests.landed.cast import Cast

OFFICER, TOWNSHIP = "officer", "township"  # the sample log-ins of the invented county
OTHER = "这一句和先前发的不一样。"  # what makes the same entry another one


def kept(diary: Diary, cast: Cast) -> None:
    """A new object; and what the officer wishes for his list: something new, and that something goes."""
    page = f"/grids/{cast.neighbour}/objects"
    told = {"type": "enterprise", "zh": "新开的石料厂", "en": "Quarry"}
    diary.fill("a new object on the list", TOWNSHIP, page, page, told, {"en": "Another quarry"})
    new, gone = f"/grids/{cast.village}/objects/propose", f"/objects/{cast.things[0]}/stop"
    wished = {"zh": "老校园粉碎机", "type": "enterprise", "why": "夜里开。"}
    diary.fill("a place off the list", OFFICER, new, new, wished, {"why": OTHER})
    diary.fill("an object that should go", OFFICER, gone, gone, {"why": "空栏。"}, {"why": OTHER})
