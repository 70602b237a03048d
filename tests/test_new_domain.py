"""What a new domain costs: with one table and one page, six files in its folder, a row of the permission table and its
Chinese. A copy of the tree gets one; the rules of the code pass, the page is there for those whom the row lets in, and
what it keeps about a person is in the file that he gets about himself.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.sources import ROOT

FOLDERS = ("webapp", "gis", "seeds", "migrations", "tests")
FILES = ("setup.cfg", "pyproject.toml", "requirements.txt")

#: What is written by hand; all of it, but for the revision that every new table needs.
DOMAIN = {
    "__init__.py": '"""Equipment of the grids: what stands where."""\n',
    "about.py": '''"""What equipment announces: its main page, and what it keeps about people."""

from ..core.announce import About, DataUse, MenuEntry
from ..core.errors import N_
from .own import OWN

STANDS_ON = ("people",)
ABOUT = About(
    menu=(MenuEntry(35, "equipment.read", N_("Equipment"), "equipment.index"),),
    privacy={
        N_("Equipment"): (
            DataUse(
                "equipment: zh en number keeper_id",
                N_("Equipment in your keeping"),
                N_("So that it is found again."),
                "replaced",
                "equipment.read",
            ),
        )
    },
    own=OWN,
)
''',
    "own.py": '''"""What of equipment is about one person."""

from ..core.errors import N_
from ..core.own import ME, OwnSheet, name, shown
from .models import Equipment

OWN = (
    OwnSheet(
        105,
        N_("Equipment"),
        Equipment,
        Equipment.keeper_id == ME,
        (shown(N_("Name"), Equipment.zh, Equipment.en, say=name), shown(N_("Quantity"), Equipment.number)),
        (Equipment.id,),
    ),
)
''',
    "models.py": '''"""Table of equipment."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base


class Equipment(Base):
    """A thing that a grid works with, and how many of it there are."""

    __tablename__ = "equipment"
    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
''',
    "queries.py": '''"""Reads of equipment."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ..access import Actor, where
from ..grid.models import Grid
from .models import Equipment


def count(session: Session, actor: Actor) -> int:
    """How much the actor may see."""
    return session.scalar(_reached(actor).with_only_columns(func.count())) or 0


def some(session: Session, actor: Actor, first: int, size: int) -> list[Equipment]:
    """A part of it, in the order of entry."""
    return list(session.scalars(_reached(actor).order_by(Equipment.id).offset(first).limit(size)))


def _reached(actor: Actor) -> Select[Equipment]:
    return select(Equipment).join(Grid).where(where(actor, "equipment.read", grid_path=Grid.path))
''',
    "views.py": '''"""The page of equipment."""

from flask import Blueprint
from flask_babel import gettext as _

from ..web import lists
from ..web.language import named
from ..web.request import actor, may, read
from . import queries

bp = Blueprint("equipment", __name__)


@bp.get("/equipment")
@may("equipment.read")
def index() -> str:
    """What the grids of the asker work with."""
    part = lists.part(queries.count(read(), actor()), 2)
    return lists.page(
        _("Equipment"),
        [_("Name"), _("Quantity")],
        [(named(each), each.number) for each in queries.some(read(), actor(), part.first, part.size)],
        nothing=_("No equipment yet."),
        numeric=[1],
        part=part,
    )
''',
}

#: Its row of the permission table, beside that of the duties; and its Chinese.
RIGHT = "equipment.read    .  own  tree  tree  .  .  tree  tree  .  .  ."
CHINESE = {
    "Equipment": "装备",
    "Quantity": "数量",
    "No equipment yet.": "还没有装备。",
    "Equipment in your keeping": "由你保管的装备",
    "So that it is found again.": "用时找得到。",
}

#: What a clerk sees of it, in the copy: three things of two townships.
PAGE = '''"""The page of equipment."""

import re

from tests.own_county import read
from webapp.equipment.models import Equipment


def test_each_sees_what_is_his(world, browse):
    with world.store.write() as session:
        Equipment.__table__.create(session.connection())
        for grid, number in (("A1", 7), ("A1", 8), ("A1", 9), ("B1", 6)):
            session.add(Equipment(grid_id=world.grids[grid], zh=f"水桶{number}", en=f"Pail {number}", number=number,
                keeper_id=world.people["officer_a1"] if number == 8 else None))
            session.flush()

    def seen(login, address="/equipment"):
        page = browse(login).get(address).text
        return re.findall(r\'<th scope="row">(.*?)</th><td class="n">(\\d)</td>\', page), page

    assert "No equipment yet." in seen("officer_a2")[1]
    assert seen("officer_b1")[0] == [("Pail 6", "6")]
    rows, page = seen("township_a")
    assert rows == [("Pail 7", "7"), ("Pail 8", "8")] and "1–2 of 3" in page and ">Equipment</a>" in page
    assert seen("township_a", "/equipment?page=2")[0] == [("Pail 9", "9")]
    assert browse("liaison").get("/equipment").status_code in (403, 404)
    browser = browse("officer_a2")
    browser.get("/language?lang=zh")
    assert "还没有装备。" in browser.get("/equipment").text
    assert read(browse("officer_a1").get("/account/data").data)["Equipment"][1:] == [("Pail 8", 8)]
    assert "Equipment" not in read(browse("officer_b1").get("/account/data").data)
'''

#: What is asked of the copy: the page, and the guards that a new domain meets first.
GUARDS = (
    "tests/test_equipment.py",
    "tests/test_own_data.py::test_all_that_is_kept_about_people_is_in_the_file_or_left_out_for_a_reason",
    "tests/test_rooms.py::test_each_file_keeps_to_what_its_kind_may_import",
    "tests/test_domains.py::test_every_folder_of_the_program_announces_itself_or_says_why_not",
    "tests/test_translations.py::test_catalogue_holds_what_the_program_says_and_nothing_else",
    "tests/test_translations.py::test_every_message_has_its_chinese",
)


def planted(root: Path) -> list[str]:
    """The tree with the domain in it, and what was written by hand for it."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("landed"))
    for name in FILES:
        shutil.copy(ROOT / name, root / name)
    for name, text in DOMAIN.items():
        place = root / "webapp" / "equipment" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    access, words = root / "webapp/access.py", root / "webapp/translations/zh/LC_MESSAGES/messages.po"
    access.write_text(access.read_text("utf-8").replace("\nduty.read ", f"\n{RIGHT}\nduty.read "), encoding="utf-8")
    lines = [f'\nmsgid "{english}"\nmsgstr "{chinese}"\n' for english, chinese in CHINESE.items()]
    words.write_text(words.read_text("utf-8") + "".join(lines), encoding="utf-8")
    (root / "tests/test_equipment.py").write_text(PAGE, encoding="utf-8")
    return [*DOMAIN, access.name, words.name]


def run(root: Path, *words: str) -> tuple[int, str]:
    """A command of Python in the copy, on SQLite alone whatever this run is told."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("WANGGE_", "PYTEST_"))}
    done = subprocess.run([sys.executable, *words], cwd=root, env=known, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def lint(root: Path) -> tuple[int, str]:
    """The import linter on the copy."""
    return run(root, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")


def test_a_domain_with_one_table_and_one_page_is_eight_files_two_of_them_central(tmp_path: Path) -> None:
    by_hand = planted(tmp_path)
    assert (len(by_hand), len(set(by_hand) - set(DOMAIN))) == (8, 2)
    code, said = lint(tmp_path)
    assert (code, " 0 broken" in said) == (0, True), said
    code, said = run(tmp_path, "-m", "pytest", "-p", "no:xdist", *GUARDS)
    assert code == 0, said
    _what_it_does_not_say_is_refused(tmp_path)


def _what_it_does_not_say_is_refused(root: Path) -> None:
    """The linter reads the copy, and speaks of an import that is not said, a file and a folder without a place."""
    about = root / "webapp/equipment/about.py"
    about.write_text(DOMAIN["about.py"].replace('"people",', ""), encoding="utf-8")
    (root / "webapp/equipment/outlines.py").write_text('"""Outlines."""\n', encoding="utf-8")
    code, said = lint(root)
    said = " ".join(said.split())
    assert code == 1
    assert "webapp/equipment/queries.py imports webapp.grid.models, and equipment does not stand on grid" in said
    assert "webapp/equipment/outlines.py has no layer" in said
    about.unlink()
    code, said = lint(root)
    assert code == 1 and "webapp/equipment has no place" in " ".join(said.split())
