"""Fields of a county's own: asked like all others, ended, left alone by a seeding."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from tests import make
from tests.conftest import Browser, World
from webapp.core.models import AuditEntry
from webapp.ops import seeding
from webapp.register import asking, queries
from webapp.register.asking import FieldEntry
from webapp.register.models import FieldChoice, ObjectFact, ObjectField
from webapp.register.sheet_acts import FIRST

Browse = Callable[[str], Browser]
FARM = "/registers/livestock_farm"


def own(world: World) -> dict[str, ObjectField]:
    with world.store.read() as session:
        return {field.zh: field for field in queries.own_fields(session, "livestock_farm") if not field.valid_to}


def test_a_field_of_the_countys_own_is_asked_in_the_file_and_in_the_sheet(world: World, browse: Browse) -> None:
    county, township = browse("county"), browse("township_a")
    words = "发酵床\n\n 沼气池 \n"
    sent = {"zh": "处理工艺", "en": "Treatment", "kind": "choice", "words": words}
    assert county.post(f"{FARM}/fields", **sent).status_code == 303
    assert county.post(f"{FARM}/fields", zh="存栏量", kind="number", unit="头").status_code == 303
    page = county.get(f"{FARM}/fields").text
    assert "Treatment" in page and "发酵床" in page and "沼气池" in page and "county setting" in page
    where = f"/objects/{world.things['farm_a1']}"
    form = township.get(f"{where}/edit").text
    assert "存栏量" in form and 'value="w2"' in form
    seen = form.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert township.post(f"{where}/edit", seen=seen, f_own_1="w2", f_own_2="120").status_code == 303
    assert "沼气池" in township.get(where).text and "120 <" in township.get(where).text
    with township.get(f"{FARM}/export") as answer:
        rows = [*openpyxl.load_workbook(io.BytesIO(answer.data)).active.values]
    farm = next(row for row in rows if row and row[0] == str(world.things["farm_a1"]))
    assert "120" in farm and "沼气池" in farm and any("Treatment" in row for row in rows)


def test_ended_it_is_asked_no_more_and_what_was_said_stays(world: World, browse: Browse) -> None:
    county = browse("county")
    county.post(f"{FARM}/fields", zh="存栏量", kind="number")
    code = own(world)["存栏量"].code
    with world.store.write() as session:
        session.add(ObjectFact(object_id=world.things["farm_a1"], field=code, value="7", said_at=make.clock.now()))
    for _press in range(2):
        assert county.post(f"{FARM}/fields/end", code=code).status_code == 303
    assert own(world) == {} and "存栏量" not in county.get(f"{FARM}/fields").text.split("No longer asked")[0]
    assert county.post(f"{FARM}/fields", zh="存栏量", kind="text").status_code == 303
    assert own(world)["存栏量"].code != code
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(ObjectFact).where(ObjectFact.field == code)) == 1
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.thing.like("object_field:%"))).all()
    assert acts == ["field.add", "field.end", "field.add"]


def test_asked_again_all_that_was_said_is_there(world: World, browse: Browse) -> None:
    county = browse("county")
    county.post(f"{FARM}/fields", zh="存栏量", kind="number")
    code = own(world)["存栏量"].code
    county.post(f"{FARM}/fields/end", code=code)
    page = county.get(f"{FARM}/fields").text
    assert "No longer asked" in page and "Ask again" in page
    for _press in range(2):
        assert county.post(f"{FARM}/fields/again", code=code).status_code == 303
    assert own(world)["存栏量"].code == code
    county.post(f"{FARM}/fields/end", code=code)
    county.post(f"{FARM}/fields", zh="存栏量", kind="text")
    assert "called so already" in county.post(f"{FARM}/fields/again", code=code, follow=True).text
    assert own(world)["存栏量"].code != code
    assert county.post(f"{FARM}/fields/again", code="livestock_farm.scale").status_code == 404


def said(world: World, field: str, value: str) -> None:
    """What a field says of the farm of A1."""
    with world.store.write() as session:
        about = {"object_id": world.things["farm_a1"], "field": field}
        session.add(ObjectFact(value=value, said_at=make.clock.now(), **about))


def test_a_word_that_looks_like_a_code_comes_back_from_a_sheet_as_it_went(world: World, browse: Browse) -> None:
    county, township = browse("county"), browse("township_a")
    county.post(f"{FARM}/fields", zh="工艺", kind="choice", words="w2\n甲  乙\n丙")
    with world.store.read() as session:
        (asked,) = [each for each in queries.asked(session, "livestock_farm") if asking.is_own(each.field.code)]
    assert {word.zh for word in asked.choices.values()} == {"w2", "甲 乙", "丙"}
    assert "w2" not in asked.choices
    said(world, asked.field.code, next(code for code, word in asked.choices.items() if word.zh == "w2"))
    assert "Nothing was changed" in sent_back(township)


def sent_back(township: Browser) -> str:
    """What a sheet says that was taken out and is brought in untouched."""
    with township.get(f"{FARM}/export") as answer:
        data = answer.data
    page = township.post(f"{FARM}/import", sheet=(io.BytesIO(data), "farms.xlsx"))
    assert page.status_code == 200, page.text
    return str(page.text)


def test_a_form_or_sheet_of_before_a_field_ended_is_not_half_taken(world: World, browse: Browse) -> None:
    county, township = browse("county"), browse("township_a")
    county.post(f"{FARM}/fields", zh="工艺", kind="text")
    where, code = f"/objects/{world.things['farm_a1']}", own(world)["工艺"].code
    seen = township.get(f"{where}/edit").text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    county.post(f"{FARM}/fields/end", code=code)
    answer = township.post(f"{where}/edit", seen=seen, f_own_1="typed", f_address="somewhere")
    assert answer.status_code == 409
    packed = json.dumps([[2, {"id": str(world.things["farm_a1"]), code: "typed", "address": "x"}, ""]])
    answer = township.post(f"{FARM}/import/confirm", rows=packed)
    assert answer.status_code == 422 and "have changed since you looked" in answer.text
    with world.store.read() as session:
        assert not session.scalar(select(func.count()).select_from(ObjectFact))


def test_a_delivered_field_that_comes_later_under_the_same_name_leaves_the_sheet_whole(
    world: World, browse: Browse
) -> None:
    browse("county").post(f"{FARM}/fields", zh="圈舍面积", kind="number")
    about = {"unit_zh": "", "unit_en": "", "source": "x", "valid_to": None, "kind": "number", "position": 99}
    with world.store.write() as session:
        session.add(ObjectField(code="livestock_farm.shed", type="livestock_farm", zh="圈舍面积", en="Shed", **about))
    said(world, "livestock_farm.own_1", "5")
    assert "Nothing was changed" in sent_back(browse("township_a"))


def test_a_sheet_has_a_last_column(world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.store.read() as session:
        room = len(FIRST) + len(queries.asked(session, "livestock_farm"))
    monkeypatch.setattr(asking, "MAX_COLUMNS", room + 1)
    county = browse("county")
    answers = [county.post(f"{FARM}/fields", zh=f"字段{number}", kind="text") for number in range(2)]
    assert [answer.status_code for answer in answers] == [303, 422] and "no room for another column" in answers[1].text


def test_what_was_delivered_does_not_end_and_neither_does_a_field_of_another_type(world: World, browse: Browse) -> None:
    county = browse("county")
    county.post(f"{FARM}/fields", zh="存栏量", kind="number")
    code = own(world)["存栏量"].code
    with world.store.read() as session:
        delivered = queries.asked(session, "enterprise")[-1].field.code
    assert county.post("/registers/enterprise/fields/end", code=delivered).status_code == 404
    assert county.post("/registers/enterprise/fields/end", code=code).status_code == 404
    assert county.post(f"{FARM}/fields/end", code="x").status_code == 404
    assert set(own(world)) == {"存栏量"}


def test_a_seeding_leaves_them_alone(world: World) -> None:
    with world.store.write() as session:
        who = make.actor(session, "county")
        asking.add_field(session, who, "livestock_farm", FieldEntry("工艺", "", "choice", words=("一", "二")))
    seeding.seed(world.store)
    assert set(own(world)) == {"工艺"}
    with world.store.read() as session:
        words = session.scalars(select(FieldChoice).where(FieldChoice.asked == own(world)["工艺"].code)).all()
        assert [word.valid_to for word in words] == [None, None]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"zh": ""}, "fill this in"),
        ({"zh": "地址"}, "called so already"),
        ({"zh": "点位序号"}, "called so already"),
        ({"zh": "新", "en": " ADDRESS "}, "called so already"),
        ({"zh": "新", "kind": "object"}, "Choose one"),
        ({"zh": "新", "kind": "choice", "words": "一\n"}, "at least two words"),
        ({"zh": "新", "kind": "choice", "words": "一\n二\n 一"}, "stands there twice"),
        ({"zh": "新", "kind": "choice", "words": "\n".join(map(str, range(51)))}, "At most 50 words"),
        ({"zh": "字" * 41}, "At most 40"),
        ({"zh": "地址（门牌）"}, "called so already"),
        ({"zh": "（备注）"}, "more than brackets"),
        ({"zh": "新", "unit": "头"}, "Only a number"),
        ({"zh": "新", "words": "一\n二"}, "belong to"),
        ({"zh": "新", "kind": "choice", "words": "=1\n二"}, "formula"),
    ],
)
def test_a_field_that_cannot_be_is_refused_beside_its_place_and_what_was_typed_stays(
    world: World, browse: Browse, sent: dict[str, Any], said: str
) -> None:
    answer = browse("county").post(f"{FARM}/fields", **{"kind": "text"} | sent)
    assert answer.status_code == 422 and said in answer.text and own(world) == {}
    assert sent["zh"] in answer.text


def test_there_is_an_end_to_how_many_there_are(world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_FIELDS", 2)
    county = browse("county")
    answers = [county.post(f"{FARM}/fields", zh=f"字段{number}", kind="text") for number in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 422] and "at most 2 fields" in answers[2].text


def test_only_the_county_office_says_what_is_asked(browse: Browse) -> None:
    for login in ("township_a", "officer_a1", "leader", "admin"):
        assert browse(login).get(f"{FARM}/fields").status_code == 403
