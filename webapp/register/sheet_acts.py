"""The sheet of a type, one row an object and one column a field: its columns are made of the rows of the fields. Every
row is read before any is carried out, so that a sheet with one wrong row changes nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core.cells import half_width
from ..core.errors import N_, Refused
from ..core.sheet import Column, Finding, Sheet, SheetRow, declared, heading
from ..grid import queries as grids
from ..patrol.models import PatrolObject
from . import facts, queries, service
from .own_fields import is_own

TWICE = N_("This object stands in the spreadsheet twice.")
OTHER_TYPE = N_("This object is of another type; its register is another one.")
LONGEST = 9  # digits of an object's number
KEY_WORDS = {facts.IN_ZH["yes"]: True, "yes": True, "√": True, facts.IN_ZH["no"]: False, "no": False}

LABELS = {"id": N_("Object no."), "grid": N_("Village"), "zh": N_("Object name"), "key": N_("Key object")}
ABOUT = {
    "id": N_("As the spreadsheet has it that you took out here. It finds the object again."),
    "grid": N_("Only for you to read; it changes nothing."),
    "zh": N_("Only for you to read; it changes nothing."),
    "key": N_("Yes, or empty."),
}
FIRST = declared(
    """
column  reader  required  example  headings
id      code    yes       1024     点位序号,点位编号,编号,objectno,objectno.
grid    text    -         东关村   村,village
zh      text    -         顺发砖厂 名称,点位名称,objectname
key     text    -         -        重点点位,重点,keyobject
""",
    LABELS,
    ABOUT,
)


def sheet(title: str, asked: Sequence[queries.Asked], names: Mapping[str, str], abouts: Mapping[str, str]) -> Sheet:
    """The sheet of a type. ``names`` and ``abouts`` are the fields' names and explanations in the reader's language."""
    columns: dict[str, Column] = {}
    taken = {known for column in FIRST.values() for known in column.headings}
    # The delivered ones first: a name that one of them bears is told apart in the county's, also where it came later.
    for each in sorted(asked, key=lambda one: is_own(one.field.code)):
        columns[each.field.code] = _column(each, names, abouts, taken)
    columns = {each.field.code: columns[each.field.code] for each in asked}
    wants = N_("No row near the top has headings we recognise. At least 点位序号 (object no.) is needed.")
    return Sheet(title, {**FIRST, **columns}, frozenset({"id"}), wants, needs_all=True)


def _column(asked: queries.Asked, names: Mapping[str, str], abouts: Mapping[str, str], taken: set[str]) -> Column:
    """``taken`` are the headings of the columns before; a name that is among them is told apart by a word."""
    code, zh, en = asked.field.code, asked.field.zh, asked.field.en
    if taken & {heading(zh), heading(en)}:
        zh, en = f"{zh}本县", f"{en} own"
    known = (zh, *dict.fromkeys((heading(zh), heading(en))))
    taken.update(known)
    return Column(code, known, "text", False, names[code] if zh == asked.field.zh else en, abouts[code])


@dataclass
class Outcome:
    """What a sheet did, or would do: how many objects say something new."""

    findings: list[Finding] = field(default_factory=list)
    changed: int = 0
    unchanged: int = 0

    def changes(self) -> bool:
        """Whether anything is new."""
        return bool(self.changed)


def rehearse(session: Session, actor: Actor, type_: str, kind: Sheet, lines: Sequence[SheetRow]) -> Outcome:
    """What the sheet would do, and every row that is wrong. Only reads."""
    return _Run(session, actor, type_, kind, lines).outcome


def apply(session: Session, actor: Actor, type_: str, kind: Sheet, lines: Sequence[SheetRow]) -> Outcome:
    """Carry out the rows, or none of them when one is wrong."""
    run = _Run(session, actor, type_, kind, lines)
    if not run.outcome.findings:
        for id_, wish in run.wishes.items():
            service.write(session, actor, id_, wish, asked=run.asked)
    return run.outcome


class _Run:
    """One pass over a sheet: its objects and what their files say are read at once."""

    def __init__(self, session: Session, actor: Actor, type_: str, kind: Sheet, lines: Sequence[SheetRow]):
        self.outcome, self.wishes = Outcome(), dict[int, service.FileEntry]()  # of those that say something new
        self.asked = service.Asked.of(session, type_)
        self._session, self._actor, self._type, self._kind = session, actor, type_, kind
        ids = {_number(line.cells.get("id", "")) for line in lines}
        self._things = queries.reached(session, actor, "object.edit", ids)
        self._said = queries.facts_of(session, self._things)
        self._seen: set[int] = set()
        for line in lines:
            self._try(line)

    def _try(self, line: SheetRow) -> None:
        try:
            self._row(self._kind.values(line))
        except Refused as refusal:
            column = refusal.field if refusal.field in self._kind.columns else None
            self.outcome.findings.append(Finding(line, column, refusal))

    def _row(self, values: Mapping[str, Any]) -> None:
        thing = self._thing(values["id"])
        typed = {code: text for code, text in values.items() if code not in FIRST}
        wish = service.FileEntry(_is_key(values.get("key"), thing.is_key), typed)
        wanted = service.read(self._session, self._actor, thing, typed, self.asked)
        said = self._said[thing.id]
        if wish.is_key != thing.is_key or any(said.get(code, "") != value for code, value in wanted.items()):
            self.wishes[thing.id] = wish
            self.outcome.changed += 1
        else:
            self.outcome.unchanged += 1

    def _thing(self, typed: str) -> PatrolObject:
        thing = self._things.get(_number(typed))
        if thing is None:
            raise Refused(service.NO_OBJECT, field="id")
        if thing.type != self._type:
            raise Refused(OTHER_TYPE, field="id")
        if thing.valid_to is not None:
            raise Refused(service.OFF_LIST, field="id")
        if thing.id in self._seen:
            raise Refused(TWICE, field="id")
        self._seen.add(thing.id)
        return thing


def _number(typed: str) -> int:
    """The number of an object; 0, which none has, for what is no number or longer than any."""
    number = half_width(typed)
    return int(number) if number.isdecimal() and len(number) <= LONGEST else 0


def _is_key(typed: str | None, before: bool) -> bool:
    if typed is None:
        return before
    word = half_width(typed).lower()
    if word not in KEY_WORDS:
        raise Refused(N_("Write yes or no."), field="key")
    return KEY_WORDS[word]


def rows(
    session: Session, actor: Actor, type_: str, asked: Sequence[queries.Asked], said: Callable[[Any, str], str]
) -> Iterator[list[Any]]:
    """The objects of a type within reach as rows of its sheet; ``said`` gives what people call a value of a field."""
    cells = {cell.id: cell for cell in grids.cells(session, actor, "object.edit")}
    found = select(PatrolObject).where(
        PatrolObject.grid_id.in_(cells), PatrolObject.type == type_, PatrolObject.valid_to.is_(None)
    )
    listed = list(session.scalars(found.order_by(PatrolObject.grid_id, PatrolObject.id)))
    facts_of = queries.facts_of(session, [each.id for each in listed])
    for each in listed:
        values = facts_of[each.id]
        told = [said(one, values.get(one.field.code, "")) for one in asked]
        yield [each.id, cells[each.grid_id].zh, each.zh, facts.IN_ZH["yes"] if each.is_key else None, *told]
