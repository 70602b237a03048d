"""A form that may wait on the phone brings along what the page says when it does."""

import re
import uuid

from tests.sources import ROOT
from webapp.app import App

SENDING, STATE = (
    re.compile(r"sending\([^\n]*?keep=([^\n]*?)\) ?\}\}"),
    re.compile(r"send_state\(keep=([^\n]*?)\) ?\}\}"),
)


def test_every_form_that_may_wait_has_the_page_that_says_so() -> None:
    templates = {path: path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.html")}
    kept = {path.name: (SENDING.findall(text), STATE.findall(text)) for path, text in templates.items()}
    waiting = {name: found for name, found in kept.items() if found[0]}
    assert len(waiting) > 4
    assert {name: found for name, found in waiting.items() if found[0] != found[1]} == {}


ACTION = re.compile(r"""action="\{\{ (?:url_for|address)\('([\w.]+)'[^\n]*?keep=""")
PART = re.compile(r"<(?:(\w+):)?\w+>")
SAMPLES = {"int": "7", "uuid": str(uuid.UUID(int=7)), None: "look"}


def test_a_file_of_what_waited_may_name_the_address_of_each_such_form(one_app: App) -> None:
    script = (ROOT / "webapp/web/static/js/outbox_file.js").read_text(encoding="utf-8")
    taken = [pattern.replace(r"\/", "/") for pattern in re.findall(r"const (?:OWN|MOVE) = /(.+)/;", script)]
    rules = {rule.endpoint: rule.rule for rule in one_app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.html")]
    kept = {name for page in pages for name in ACTION.findall(page)}
    addresses = [PART.sub(lambda part: SAMPLES[part[1]], rules[name]) for name in kept]
    assert len(taken) == 2 and len(addresses) > 4
    assert [each for each in addresses if not any(re.fullmatch(pattern, each) for pattern in taken)] == []
