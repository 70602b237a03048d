"""Two hundred spreadsheets made to harm or made badly, sent and confirmed as an office does it: no fault of ours,
and of each either every row came in or none, with the wrong rows named."""

import html
import io
import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.conftest import World
from tests.short import count
from tests.web import hostile_sheets
from webapp.patrol.models import PatrolObject
from webapp.people.models import Body, Person, Posting

SHEETS = count(6, 15, 100)  # of each kind
PACKED = re.compile(r'name="rows" value="([^"]*)"')


def people(number: int) -> tuple[list[str], list[list[Any]]]:
    """A sheet of people that is in order; four new ones."""
    villages = ("甲1村", "甲2村", "乙1村", "乙2村")
    rows = [[f"王{number}{at}", f"w{number}x{at}", "网格员", village] for at, village in enumerate(villages)]
    return ["姓名", "登录名", "角色", "网格"], rows


def objects(number: int) -> tuple[list[str], list[list[Any]]]:
    """A sheet of objects that is in order; four new ones."""
    rows = [[f"甲{1 + at % 3}村", "排污企业", f"砖厂{number}号{at}", 110.005, 35.005] for at in range(4)]
    return ["村", "类型", "名称", "经度", "纬度"], rows


KINDS = {"people": people, "objects": objects}
TABLES = {"people": (Person, Posting, Body), "objects": (PatrolObject,)}


def stored(world: World, kind: str) -> list[int]:
    """How many rows there are in each table that the sheet is about."""
    with world.store.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES[kind]]


def looked_at(browser: Any, token: str, kind: str, name: str, data: bytes) -> Any:
    """The answer to a sheet that is sent; its form is packed here, as the client would leave a file open."""
    fields = {"csrf_token": token, "system": "wgs84", "sheet": FileStorage(io.BytesIO(data), name)}
    boundary, body = encode_multipart(fields)
    return browser.client.post(
        f"/{kind}/import",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Origin": "http://localhost"},
    )


def fault(world: World, browser: Any, token: str, kind: str, number: int) -> tuple[str, str]:
    """How a sheet ended, and what is wrong with that; nothing where it is right."""
    name, data = hostile_sheets.sheet(number, *KINDS[kind](number))
    before = stored(world, kind)
    here = {"Origin": "http://localhost"}
    looked = looked_at(browser, token, kind, name, data)
    if looked.status_code == 503 and looked.headers["Retry-After"] and stored(world, kind) == before:
        return "busy", ""  # the machine did not come to a heavy one within its time
    if looked.status_code not in (200, 422) or stored(world, kind) != before:
        return "looked", f"{looked.status_code}, {before} -> {stored(world, kind)}"
    if "root:" in looked.text or (looked.status_code == 422 and 'class="' not in looked.text):
        return "looked", "says what it must not"
    packed = PACKED.search(looked.text)
    if looked.status_code == 422:
        return "refused", "can be confirmed" if packed and packed[1] else ""
    if not packed:
        return "nothing new", ""
    rows = html.unescape(packed[1])
    sent = {"csrf_token": token, "rows": rows, "system": "wgs84"}
    done = browser.client.post(f"/{kind}/import/confirm", data=sent, headers=here)
    grown = stored(world, kind)[0] - before[0]
    if done.status_code == 422:
        return "refused at last", "" if stored(world, kind) == before else "came in by half"
    wanted = new_names(looked.text)
    right = done.status_code in (200, 302, 303) and grown == wanted > 0
    return "came in", "" if right else f"{done.status_code}: {grown} of {wanted}"


def new_names(page: str) -> int:
    """How many the page said would be new."""
    found = re.search(r"(\d+) (?:new account|objects? put on)", page)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_sheet_is_taken_whole_or_refused_whole(world: World, browse: Any, kind: str) -> None:
    browser, ends, wrong = browse("county"), Counter[str](), []
    token = browser.token()
    for number in range(SHEETS):
        end, what = fault(world, browser, token, kind, number)
        ends[end] += 1
        if what:
            wrong.append((number, end, what))
    assert wrong == [], ends
    assert ends["refused"] > SHEETS / 3 and ends["busy"] <= SHEETS / 10, ends
    assert ends["came in"] or SHEETS < 20, ends
