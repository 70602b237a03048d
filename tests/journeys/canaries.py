"""Eighty texts that would run if a page took them for markup, and a county whose every typed text is one of them."""

import json
from typing import Any

from sqlalchemy import JSON, Connection, String, Table, text

from tests.access_county import County
from webapp.models import metadata

#: What would run; {ran} is replaced by the script that leaves a trace.
MARKUP = (
    "<script>{ran}</script>",
    "<ScRiPt>{ran}</sCrIpT >",
    "<img src=x onerror={ran}>",
    "<img src=x: onerror='{ran}'//",
    "<svg onload={ran}>",
    "<svg><script>{ran}</script></svg>",
    "<svg><animate onbegin={ran} attributeName=x dur=1s>",
    "<body onload={ran}>",
    "<details open ontoggle={ran}>",
    "<input autofocus onfocus={ran}>",
    "<video><source onerror={ran}>",
    "<iframe srcdoc='<script>parent.{ran}</script>'>",
    "<iframe src='javascript:parent.{ran}'>",
    "<object data='javascript:{ran}'>",
    "<embed src='javascript:{ran}'>",
    "<a href='javascript:{ran}'>x</a>",
    "<base href='//a.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:{ran}'>",
    "<link rel=stylesheet href='data:text/css,*{{}}'>",
    "<style>@import 'data:text/css,';</style>",
)
#: What would first end the place where the text stands: nothing, an attribute, a text field, a script.
BEFORE = ("", "'>", "</textarea></title></option>", "</script>")
TRACE = "window.ran=1"
CANARIES = [f"q{turn}q{before}{one}" for turn, (before, one) in enumerate((b, m) for b in BEFORE for m in MARKUP)]
CANARIES = [each.replace("{ran}", TRACE).replace("{{}}", "{}") for each in CANARIES]

#: Texts that nobody types: the program's own, which it reads again.
OWN = {
    *(
        "sha256",
        "copy",
        "media_type",
        "content",
        "token_hash",
        "code_hash",
        "sealed",
        "password_hash",
        "hash",
        "action",
    ),
    *("value", "first_measure", "reason", "date", "frequency", "anchor", "part", "state", "kind", "role", "language"),
    *("target_number", "target_unit", "target_year", "unit", "year", "period", "code", "canonical", "status", "thing"),
    *(
        "level",
        "holder",
        "body",
        "section",
        "relation",
        "severity",
        "type",
        "standing",
        "result",
        "body_printed",
        "name",
    ),
}


#: Texts that the program writes, with typed ones in them: JSON in a column of text.
WRITTEN = {"kept_ledger.said"}


def is_typed(column: Any) -> bool:
    """Whether somebody typed what a column holds."""
    return (
        isinstance(column.type, String)
        and str(column) not in WRITTEN
        and not (column.primary_key or column.foreign_keys or column.unique)
        and (column.type.length is None or column.type.length >= 40)
        and column.name not in OWN
    )


def put_in(county: County) -> int:
    """Every text that was typed becomes a canary, another one in each row and column; how many columns."""
    with county.store.writer.begin() as connection:
        connection.execute(text("insert into history_open (reason) values ('canaries')"))
        connection.execute(text("create temp table canary (n integer primary key, said text)"))
        given = [{"n": n, "said": said} for n, said in enumerate(CANARIES)]
        connection.execute(text("insert into canary values (:n, :said)"), given)
        done = sum(_table(connection, table) for table in metadata.sorted_tables)
        connection.execute(text("delete from history_open"))
        connection.execute(text("drop table canary"))
    county.remember()
    return done


def _table(connection: Connection, table: Table) -> int:
    done = 0
    for place, column in enumerate(table.columns):
        if is_typed(column):
            connection.execute(
                text(
                    f"update {table.name} set {column.name} = (select said from canary where n = "
                    f"({table.name}.rowid * 7 + {place} * 11) % {len(CANARIES)}) where {column.name} <> ''"
                )
            )
            done += 1
        elif isinstance(column.type, JSON) or str(column) in WRITTEN:
            _inside(connection, table.name, column.name)
    return done


def _inside(connection: Connection, table: str, column: str) -> None:
    """The texts within a JSON that were typed: those with the mark of the county of the access tests."""
    rows = connection.execute(text(f"select rowid, {column} from {table} where {column} like '%zq-%'")).all()
    for turn, (rowid, held) in enumerate(rows):
        changed = json.dumps(_changed(json.loads(held), turn))
        connection.execute(
            text(f"update {table} set {column} = :held where rowid = :id"), {"held": changed, "id": rowid}
        )


def _changed(value: Any, turn: int) -> Any:
    if isinstance(value, dict):
        return {key: _changed(each, turn + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_changed(each, turn + 1) for each in value]
    return CANARIES[turn % len(CANARIES)] if isinstance(value, str) and "zq-" in value else value
