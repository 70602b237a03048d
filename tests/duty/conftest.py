"""The pages of the duty lists behind the real gate, without the rest of the application."""

import re
from collections import defaultdict
from types import SimpleNamespace

import pytest

from tests import make
from webapp.access import Actor, Posting
from webapp.app import App
from webapp.config import Config
from webapp.duty.views import bp
from webapp.web import askers, errors, gate, headers, language, static_files
from webapp.web import request as web_request


class Present(askers.Asker):
    """A person who has logged in already."""

    actor: Actor | None = None

    def __call__(self, request):
        """Whoever it is just now."""
        return self.actor


class Pages:
    """``pages.get(address)`` as ``pages.actor``, in ``pages.lang``."""

    def __init__(self, app: App):
        self.client, self.present = app.test_client(), app.extensions["gate"].askers[0]

    def become(self, actor: Actor, lang: str = "en") -> "Pages":
        """From now on this person, on pages of this language."""
        self.present.actor = actor
        self.client.get("/language", query_string={"lang": lang})
        return self

    def get(self, address: str, **args):
        """A page; ``args`` are its query."""
        return self.client.get(address, query_string=args or None)

    def post(self, address: str, **fields):
        """A form, with the token of a page that has one for this person."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/duties/004-13-dept22-01").text)
        return self.client.post(address, data=fields | ({"csrf_token": token[1]} if token else {}))


def person(role: str, person_id: int = 0) -> Actor:
    """Somebody of the county, of one role."""
    return Actor(person_id, role, (Posting(1, role, 1, "1.", None),))


@pytest.fixture
def county(store) -> Actor:
    """A person of the county office who exists in the database."""
    with store.write() as session:
        return person("county_office", make.person(session, "county").id)


@pytest.fixture(scope="session")
def duty_app(tmp_path_factory) -> App:
    """The application, made once: its templates take longer to compile than a page to answer."""
    app = App("webapp", static_folder=None, template_folder="web/templates")
    app.config.update(WANGGE=Config("", tmp_path_factory.mktemp("duty"), "k" * 40), SECRET_KEY="k" * 40)
    app.extensions["gate"] = gate.Gate([Present(), askers.Nobody()])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.teardown_request(web_request.close_reads)
    for part in (static_files, language, errors, headers, gate):
        part.init(app)
    app.register_blueprint(bp)
    links = defaultdict(str)
    kind = SimpleNamespace(lang="en", is_large=False, roles=None, note=None, links=lambda: links, nav=lambda: [])
    kind.keeps = kind.walks = lambda: False
    app.context_processor(lambda: {"frame": SimpleNamespace(kind=kind, name="", path="", here=""), "me": None})
    app.check_access_rules()
    return app


@pytest.fixture
def pages(duty_app, store) -> Pages:
    """The pages as a grid officer sees them, in English, until ``become`` says otherwise."""
    duty_app.extensions["store"] = store
    return Pages(duty_app).become(person("grid_officer"))
