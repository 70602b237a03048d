"""What waits on a phone: looked at from outside, and what may come in the place of a receipt."""

import json
from contextlib import suppress

from playwright.sync_api import Error as PageGone
from playwright.sync_api import expect

ALWAYS = 10_000
KEPT = "main [data-kept-one]"
IN_PHONE = """() => new Promise((resolve) => {
  const asked = indexedDB.open("wangge-outbox");
  asked.onsuccess = () => {
    const stores = asked.result.transaction(["entries", "photos"]);
    const entries = stores.objectStore("entries").getAll(), photos = stores.objectStore("photos").getAll();
    photos.onsuccess = () => { asked.result.close(); resolve([entries.result.length, photos.result.length]); };
  };
})"""
#: What somebody reads who opens the band of what waits.
LISTED = "() => Array.from(document.querySelectorAll('[data-outbox-list] li'), (line) => line.textContent).join('; ')"


def answer(status, body="", *heads, ours=False, length=None, kind="text/html"):
    """The bytes of an answer."""
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {len(body) if length is None else length}",
        f"Content-Type: {kind}",
    ]
    lines += [*heads, *(["X-Sent-By: wangge"] if ours else []), "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def receipt(entry, photos=(), **more):
    said = json.dumps({"id": entry, "photos": list(photos)})
    return answer(201, said, "Location: /home", ours=True, kind="application/json", **more)


def band_says(person, *words):
    """The line about what waits comes to say all this: it is written once the phone has been asked."""
    for each in words:
        expect(person.page.locator("[data-outbox]")).to_contain_text(each, use_inner_text=True, timeout=15_000)


def write(person, kind, *, note=None):
    """Fill in and press; the page says that it is kept."""
    person.page.goto(kind.page())
    kind.fill(person.page)
    if note:
        person.page.fill("[name=note]", note)
    person.press(kind)
    person.page.wait_for_selector(KEPT)


def emptied(person):
    """Until nothing waits on the phone, with what a person does about it."""
    for _ in range(40):
        with suppress(PageGone):  # it left for the receipt
            if person.page.evaluate(IN_PHONE) == [0, 0]:
                return
            person.send_waiting()
            person.settle()
    raise AssertionError(f"{person.page.evaluate(LISTED)}; the page: {person.page.inner_text('body')}")
