"""The file of an object: what its type is asked, who answers for it, its stages and papers, and who sees it."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

import seeds
from tests import make
from tests.conftest import Browser, World
from webapp.core import clock
from webapp.core.errors import NotFound, Refused, Stale
from webapp.core.models import AuditEntry
from webapp.patrol import coverage
from webapp.patrol import queries as patrols
from webapp.patrol import service as patrol
from webapp.register import facts, queries, service
from webapp.register.models import ObjectPerson
from webapp.register.service import FileEntry, PersonEntry, StepEntry

CODE = "91110000600037341L"


def thing(world: World, type_: str, grid: str = "A1", zh: str = "新的") -> int:
    with world.store.write() as session:
        kind = next(each for each in patrols.types(session) if each.code == type_)
        made = make.thing(session, world.grids[grid], zh, zh, type_)
        made.is_withheld = kind.is_withheld
        return made.id


def write(world: World, id_: int, login: str = "township_a", *, is_key: bool = False, **typed: str) -> int:
    with world.store.write() as session:
        kind = patrols.thing(session, make.actor(session, login), "object.edit", id_).type
        codes = {each.key: each.field.code for each in queries.asked(session, kind)}
        entry = FileEntry(is_key, {codes[key]: value for key, value in typed.items()})
        return service.write(session, make.actor(session, login), id_, entry)


def said(world: World, id_: int) -> dict[str, str]:
    with world.store.read() as session:
        return {code.rpartition(".")[2]: value for code, value in queries.facts(session, id_).items()}


def name(world: World, id_: int, who: str, part: str = "leader", ago: int = 0) -> None:
    with world.store.write() as session:
        entry = PersonEntry(part, who, "镇长", clock.today() - timedelta(ago))
        service.name_person(session, make.actor(session, "township_a"), id_, entry)


# --- what is delivered ---


def test_fields_choices_and_stages_name_what_there_is_and_where_it_comes_from() -> None:
    types = {row.code for row in seeds.read("object_types")}
    fields = {row.code: row for row in seeds.read("object_fields")}
    assert [code for code, row in fields.items() if row.type and code != f"{row.type}.{code.rpartition('.')[2]}"] == []
    assert {row.type for row in fields.values()} - {""} <= types
    chosen = {row.asked for row in seeds.read("object_choices")}
    assert chosen == {code for code, row in fields.items() if row.kind == "choice"}
    assert {row.type for row in seeds.read("object_stages")} <= types
    for kind in ("object_fields", "object_choices", "object_stages"):
        assert [row.origin for row in seeds.read(kind) if not (row.source and row.zh and row.en)] == []


def test_no_type_asks_the_same_twice() -> None:
    """A form calls a field by the end of its code, so common fields and those of a type must differ."""
    common = {row.code for row in seeds.read("object_fields") if not row.type}
    keys = [(row.type, row.code.rpartition(".")[2]) for row in seeds.read("object_fields") if row.type]
    assert len(keys) == len(set(keys))
    assert [key for key in keys if key[1] in common] == []


# --- facts ---


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("number", "１，２００", "1200"),
        ("number", "0.50", "0.5"),
        ("number", "100", "100"),
        ("day", "2026/09/01", "2026-09-01"),
        ("uscc", " 91110000600037341l ", CODE),
        ("yes_no", "是", "yes"),
        ("choice", "集中式", "central"),
        ("text", "", ""),
    ],
)
def test_what_is_typed_is_kept_in_one_spelling(kind: str, typed: str, kept: str) -> None:
    choices = facts.IN_ZH if kind == "yes_no" else {"central": "集中式"}
    assert facts.kept(kind, typed, choices) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("number", "-1", "Write a number"),
        ("number", "1e99999", "Write a number"),
        ("number", "NaN", "Write a number"),
        ("number", "1.2345", "Write a number"),
        ("number", "十", "Write a number"),
        ("number", "9" * 400, "At most|Write a number"),
        ("day", "1899-01-01", "from 2000"),
        ("day", "2026-02-30", "Not a date"),
        ("uscc", CODE[:-1] + "M", "credit code"),
        ("uscc", "123", "credit code"),
        ("choice", "elsewhere", "Choose one"),
        ("text", "长" * 301, "At most"),
    ],
)
def test_what_cannot_be_kept_is_refused(kind: str, typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        facts.kept(kind, typed, {"central": "集中式"})


def test_a_file_keeps_what_is_written_and_logs_what_changed(world: World) -> None:
    id_ = thing(world, "enterprise")
    assert write(world, id_, is_key=True, permit_no="P1", uscc=CODE, permit="重点管理") == 4
    assert said(world, id_) == {"permit_no": "P1", "uscc": CODE, "permit": "key"}
    assert write(world, id_, is_key=True, permit_no="P1") == 0  # sent twice: nothing, and no line
    assert write(world, id_, is_key=False, permit_no="", uscc=CODE) == 2
    assert said(world, id_) == {"uscc": CODE, "permit": "key"}
    with world.store.read() as session:
        lines = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "object.describe")).all()
    assert [line["before"].get("enterprise.permit_no") for line in lines] == [None, "P1"]


def test_one_wrong_field_leaves_the_whole_file_as_it_was(world: World) -> None:
    id_ = thing(world, "enterprise")
    with pytest.raises(Refused) as refused:
        write(world, id_, permit_no="P1", uscc="1")
    assert (refused.value.field, said(world, id_)) == ("enterprise.uscc", {})


def test_nobody_writes_over_what_he_has_not_seen(world: World) -> None:
    id_ = thing(world, "enterprise")
    with world.store.read() as session:
        seen = queries.seen(False, queries.facts(session, id_))
    write(world, id_, permit_no="P1")
    with pytest.raises(Stale), world.store.write() as session:
        entry = FileEntry(False, {"enterprise.permit_no": "P2"})
        service.write(session, make.actor(session, "township_a"), id_, entry, seen)
    assert said(world, id_) == {"permit_no": "P1"}


def test_an_outlet_is_linked_to_its_source_only_where_the_writer_reaches_it(world: World) -> None:
    outlet, near, far = (
        thing(world, "sewage_outlet"),
        thing(world, "enterprise", "A2"),
        thing(world, "enterprise", "B1"),
    )
    write(world, outlet, origin=str(near))
    assert said(world, outlet) == {"origin": str(near)}
    for wrong in (far, outlet, 999999):
        with pytest.raises(Refused, match="no object with this number"):
            write(world, outlet, origin=str(wrong))


def test_an_object_off_the_list_is_closed_and_one_of_others_is_not_there(world: World) -> None:
    id_ = thing(world, "enterprise")
    with pytest.raises(NotFound):
        write(world, id_, "township_b", permit_no="P1")
    with world.store.write() as session:
        patrol.retire_object(session, make.actor(session, "township_a"), id_, "拆了")
    with pytest.raises(Refused, match="off the list"):
        write(world, id_, permit_no="P1")


# --- who answers for it ---


def lacking(world: World, type_: str, login: str = "township_a") -> dict[str, int]:
    with world.store.read() as session:
        return next(
            each.lacks for each in queries.counts(session, make.actor(session, login)) if each.type.code == type_
        )


def test_there_is_one_leader_at_a_time_and_who_lacks_one_is_counted(world: World) -> None:
    first, second = thing(world, "enterprise"), thing(world, "enterprise", "A2", "另一个")
    before = lacking(world, "enterprise")["leader"]
    name(world, first, "王镇长", ago=30)
    name(world, first, "王镇长", ago=30)
    name(world, first, "李镇长", ago=3)
    with world.store.read() as session:
        rows = queries.persons(session, first)
    ended = clock.today() - timedelta(3)
    assert [(row.name, row.to_on) for row in rows] == [("李镇长", None), ("王镇长", ended)]
    assert lacking(world, "enterprise")["leader"] == before - 1
    wanted = queries.Wanted("enterprise", "leader")
    with world.store.read() as session:
        who = make.actor(session, "township_a")
        ids = {line.id for line in queries.lines(session, who, wanted, 0, 50)}
        assert len(ids) == queries.count(session, who, wanted) == before - 1
    assert second in ids and first not in ids


def test_nobody_is_named_for_a_day_to_come_or_before_the_one_that_is_there(world: World) -> None:
    id_ = thing(world, "enterprise")
    name(world, id_, "王镇长", ago=5)
    for ago, said in ((-1, "still to come"), (6, "at the earliest")):
        with pytest.raises(Refused, match=said):
            name(world, id_, "李镇长", ago=ago)
    with world.store.read() as session:
        assert session.scalars(select(ObjectPerson.name)).all() == ["王镇长"]


def test_a_risk_area_without_its_dedicated_person_is_on_the_list_of_those(world: World) -> None:
    id_ = thing(world, "livestock_farm")
    before = lacking(world, "livestock_farm")["dedicated"]
    write(world, id_, risk_area="yes")
    assert lacking(world, "livestock_farm")["dedicated"] == before + 1
    name(world, id_, "张三", "dedicated")
    assert lacking(world, "livestock_farm")["dedicated"] == before


def test_a_dedicated_person_is_named_for_a_risk_area_alone_and_ended_where_there_is_none_any_more(world: World) -> None:
    id_ = thing(world, "livestock_farm")
    with pytest.raises(Refused, match=facts.CHOOSE):
        name(world, id_, "张三", "dedicated")
    write(world, id_, risk_area="yes")
    name(world, id_, "张三", "dedicated")
    write(world, id_, risk_area="no")
    name(world, id_, "", "dedicated")
    with pytest.raises(Refused, match=facts.CHOOSE):
        name(world, id_, "李四", "dedicated")


# --- stages ---


def enter(world: World, id_: int, stage: str, ago: int) -> None:
    with world.store.write() as session:
        entry = StepEntry(stage, clock.today() - timedelta(ago), "")
        service.enter_stage(session, make.actor(session, "township_a"), id_, entry)


def test_a_black_water_that_complied_can_be_black_again_and_the_history_says_so(world: World) -> None:
    id_, other = thing(world, "black_water"), thing(world, "black_water", zh="另一条")
    for stage, ago in (("listed", 90), ("compliant", 30), ("returned", 2), ("returned", 2)):
        enter(world, id_, f"black_water.{stage}", ago)
    enter(world, id_, "black_water.treated", 60)  # entered late: it does not become the newest
    with world.store.read() as session:
        steps = [step.stage.code.rpartition(".")[2] for step in queries.steps(session, id_)]
        by_stage = queries.by_stage(session, make.actor(session, "township_a"), "black_water")
    assert steps == ["returned", "compliant", "treated", "listed"]
    assert by_stage == {"black_water.returned": 1, "-": 1}
    with pytest.raises(Refused, match="Choose one"):
        enter(world, other, "sewage_outlet.traced", 1)


# --- what no village knows of ---


def test_a_matter_of_complaint_is_on_no_list_of_a_village(world: World, browse: Any) -> None:
    id_ = thing(world, "dispute_point", zh="噪声纠纷")
    with world.store.read() as session:
        officer, township = make.actor(session, "officer_a1"), make.actor(session, "township_a")
        db, village = session.connection(), world.grids["A1"]
        for who in (officer, township):
            lines = patrols.village(db, who, "patrol.write", village)[1]
            assert id_ not in {line.object.id for line in lines}
            assert id_ not in {each.id for each in coverage.placed(session, who, "1.")}
            assert id_ not in {line.object.id for line in patrols.lines(session, who, "grid.read")}
        assert patrols.find(session, officer, "噪声纠纷", 9) == []
        assert [found.id for found, _cell in patrols.find(session, township, "噪声纠纷", 9)] == [id_]
        with pytest.raises(NotFound):
            patrols.thing(session, officer, "grid.read", id_)
    assert browse("officer_a1").get(f"/objects/{id_}").status_code == 404
    page = browse("township_a").get(f"/objects/{id_}")
    assert page.status_code == 200 and "噪声纠纷" in page.text
    assert "噪声纠纷" in browse("township_a").get("/registers/dispute_point").text
    assert browse("township_b").get(f"/objects/{id_}").status_code == 404


# --- pages ---


def test_the_form_of_a_type_is_filled_in_and_comes_back_with_what_is_wrong(world: World, browse: Any) -> None:
    id_ = thing(world, "sewage_outlet")
    browser: Browser = browse("township_a")
    form = browser.get(f"/objects/{id_}/edit").text
    assert "Receiving water" in form
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', form)[1]  # type: ignore[index]
    sent = {"f_water": "清河", "f_sign": "yes", "f_outlet_class": "industry", "is_key": "y", "seen": seen}
    assert browser.post(f"/objects/{id_}/edit", **sent | {"f_outlet_class": "moon"}).status_code == 422
    assert said(world, id_) == {}
    assert browser.post(f"/objects/{id_}/edit", **sent).status_code == 303
    page = browser.get(f"/objects/{id_}").text
    assert "清河" in page and "Industrial" in page


def test_papers_are_in_the_file_once_and_seen_by_whom_the_object_is(world: World, browse: Any) -> None:
    id_ = thing(world, "enterprise")
    browser: Browser = browse("township_a")
    for _twice in range(2):
        picture = io.BytesIO()
        Image.new("RGB", (30, 20), "green").save(picture, "JPEG")
        picture.seek(0)
        sent = browser.post(f"/objects/{id_}/papers", about="标识牌", photos=(picture, "sign.jpg"))
        assert sent.status_code == 303
    with world.store.read() as session:
        (paper,) = queries.papers(session, id_)
    address = f"/attachments/{paper.attachment.id}"
    assert "标识牌" in browser.get(f"/objects/{id_}").text
    assert browser.get(address, buffered=True).status_code == 200
    assert browse("officer_a1").get(address, buffered=True).status_code == 200
    assert browse("township_b").get(address, buffered=True).status_code == 404
    assert browser.post(f"/objects/{id_}/papers", about="x").status_code == 422
