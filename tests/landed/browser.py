"""A browser without JavaScript that keeps what it posts: it fills in a form of a page and sends it as it stands."""

import io
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.landed.posted import Answer, Posted, Sent, Stored
from webapp.app import App
from webapp.core.db import Store
from webapp.login import service as login_service
from webapp.models import metadata
from webapp.people import queries

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
Values = Mapping[str, Any]


@dataclass
class Form:
    """A form of a page with the values it would send if nobody touched it."""

    action: str
    kind: str
    values: MultiDict[str, Any] = field(default_factory=MultiDict)

    def filled(self, values: Values) -> MultiDict[str, Any]:
        """The values with these in the place of their own; a list is sent as several."""
        filled = MultiDict(self.values)
        for name, value in values.items():
            filled.setlist(name, value if isinstance(value, list) else [value])
        return filled

    def sent(self, values: Values, accept: str) -> Sent:
        """The request of this form, filled in."""
        pairs = self.filled(values)
        if self.kind == FORM:
            return Sent(self.action, FORM, urlencode(list(pairs.items(multi=True))).encode(), accept)
        boundary, body = encode_multipart(MultiDict([(name, _part(value)) for name, value in pairs.items(multi=True)]))
        return Sent(self.action, f"{MULTIPART}; boundary={boundary}", body, accept)


def _part(value: Any) -> Any:
    """A picture goes as a file; anything else as its text."""
    if isinstance(value, bytes):
        return FileStorage(io.BytesIO(value), "photo.jpg", content_type="image/jpeg")
    return str(value)


class Reader(HTMLParser):
    """Finds the forms of a page that are posted."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[Form] = []
        self.list: str | None = None
        self.area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or note what a field of it would send."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("enctype", FORM)))
        elif tag == "input" and given.get("name") and self.forms:
            self._input(given)
        elif tag in ("select", "textarea"):
            self.list, self.area = (given["name"], None) if tag == "select" else (None, given["name"])
        elif tag == "option" and self.list and "selected" in given:
            self.forms[-1].values.add(self.list, given.get("value", ""))

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        is_sent = "checked" in given if kind in ("radio", "checkbox") else kind not in ("file", "submit", "search")
        if is_sent:
            self.forms[-1].values.add(given["name"], given.get("value", ""))

    def handle_data(self, data: str) -> None:
        """What stands in a text area is its value."""
        if self.area and self.forms:
            self.forms[-1].values[self.area] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        """A list or an area ends."""
        if tag in ("select", "textarea"):
            self.list = self.area = None


class Browser:
    """One person's log-in. It begins on the server itself, so nobody needs a password for it."""

    def __init__(self, app: App, login_name: str):
        self.app, self.login, self.client = app, login_name, app.test_client()
        with _store(app).write() as session:
            person = queries.by_login(session, login_name)
            assert person is not None, f"nobody has the log-in {login_name}"
            token = login_service.begin(session, person, None, "landed", remember=False)
        with self.client.session_transaction() as kept:
            kept["sid"] = token

    def page(self, path: str) -> str:
        """A page that this person may see."""
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def token(self) -> str:
        """The token of this log-in's forms."""
        return re.search(r'name="csrf_token" value="([^"]+)"', self.page("/feedback"))[1]  # type: ignore[index]

    def form(self, page: str, action: str) -> Form:
        """The form on a page that is posted to an address; the address may be a pattern."""
        return self.read(self.page(page), action)

    def read(self, text: str, action: str) -> Form:
        """The form of this text that is posted to an address."""
        found = [form for form in Reader(text).forms if re.fullmatch(action, form.action)]
        assert found, f"no form for {action}"
        return found[0]

    def send(self, sent: Sent, token: str | None = None) -> Answer:
        """Put a request on the wire. ``token`` is of today's log-in, for a body that carries another one's."""
        headers = {"Origin": "http://localhost", "Accept": sent.accept} | ({"X-CSRFToken": token} if token else {})
        answer = self.client.post(sent.path, data=sent.body, content_type=sent.content_type, headers=headers)
        return Answer(answer.status_code, answer.location, answer.json or {} if answer.is_json else {})


@dataclass
class Diary:
    """Posts through the pages, and keeps all that was taken."""

    app: App
    entries: list[Posted] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)

    def of(self, login_name: str) -> Browser:
        """The browser of a person."""
        if login_name not in self.browsers:
            self.browsers[login_name] = Browser(self.app, login_name)
        return self.browsers[login_name]

    def fill(
        self,
        kind: str,
        login_name: str,
        page: str,
        action: str,
        values: Values,
        other: Values,
        *,
        json_wanted: bool = False,
    ) -> str:
        """Open a page, fill in the form that goes to ``action``, and send it; the id of the entry.

        ``other`` are the values that make it other content under the same id.
        """
        return self.post(
            kind, login_name, self.of(login_name).form(page, action), values, other, json_wanted=json_wanted
        )

    def post(
        self, kind: str, login_name: str, form: Form, values: Values, other: Values, *, json_wanted: bool = False
    ) -> str:
        """Fill in a form that is open already and send it; the id of the entry."""
        accept = "application/json" if json_wanted else "text/html"
        id_ = form.filled(values).get("id", "")
        self._post(kind, login_name, form.sent(values, accept), form.sent({**values, **other}, accept), id_)
        return id_

    def phone(self, kind: str, login_name: str, path: str, values: Values, other: Values) -> str:
        """Send JSON, as the program on the phone does."""
        sent, changed = (
            Sent(path, "application/json", json.dumps(each, ensure_ascii=False).encode(), "application/json")
            for each in (values, {**values, **other})
        )
        self._post(kind, login_name, sent, changed, values["id"], self.of(login_name).token())
        return values["id"]

    def _post(self, kind: str, login_name: str, sent: Sent, other: Sent, id_: str, token: str | None = None) -> None:
        answer = self.of(login_name).send(sent, token)
        assert answer.status in (201, 303), f"{kind}: {answer}"
        self.entries.append(Posted(kind, login_name, sent, answer, stored(_store(self.app), id_), other))


def stored(store: Store, id_: str) -> Stored | None:
    """The row with this id that keeps a fingerprint, in whichever table it is."""
    kept: Sequence[Any] = [table for table in metadata.sorted_tables if {"id", "content"} <= set(table.c.keys())]
    with store.read() as session:
        for table in kept if id_ else ():
            content = session.scalar(select(table.c.content).where(table.c.id == uuid.UUID(id_)))
            if content:
                return Stored(table.name, id_, content)
    return None


def _store(app: App) -> Store:
    return app.extensions["store"]
