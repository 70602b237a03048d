"""A form that may wait on the phone brings along what the page says when it does."""

import re

from tests.sources import ROOT

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
