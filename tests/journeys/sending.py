"""Kinds of entries that are sent from a page, and somebody who sends them over a bad line."""

import hashlib
import io
import os
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as TookTooLong
from sqlalchemy import func, select, update

from tests import make
from tests.journeys.conftest import PHONE
from webapp.core import clock
from webapp.feedback.models import Feedback
from webapp.login.models import LoginSession
from webapp.patrol.models import Patrol
from webapp.report import service
from webapp.report.models import Report, ReportAttachment, ReportEvent

PASSWORD = "test-pass-word"


def photo(number):
    """A picture that no other is like."""
    data = io.BytesIO()
    Image.frombytes("RGB", (40, 30), os.urandom(3600)).save(data, "JPEG", quality=90)
    return {"name": f"p{number}.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def photos(how_many):
    """Pictures in the order of their hashes turned round, as no list that is kept by hash has them."""
    made = [photo(number) for number in range(how_many)]
    return sorted(made, key=lambda each: hashlib.sha256(each["buffer"]).digest(), reverse=True)


class Kind:
    """A kind of entry: who sends it, from which page, what is filled in, and how many of it are there."""

    post: str
    photos = 0  # that go with one

    def __init__(self, world):
        self.world = world

    def count(self, model, *where):
        with self.world.store.read() as session:
            return session.scalar(select(func.count()).select_from(model).where(*where))


class Round(Kind):
    login, post, button = "officer_a1", "/patrols", "[data-round]"

    def page(self):
        return f"/grids/{self.world.grids['A1']}/patrol?all=1"

    def fill(self, page):
        page.locator(f"label[for=v{self.world.things['kiln_a1']}-problem]").click()

    def there(self):
        return self.count(Patrol), 0


class Problem(Kind):
    login, post, button = "officer_a1", "/reports", "main form .btn-filled"
    photos = 2

    def page(self):
        return f"/grids/{self.world.grids['A1']}/report"

    def fill(self, page):
        page.fill("[name=place]", "behind the school")
        page.check("[name=problem][value=smoke]", force=True)
        page.check("[name=first_measure][value=not_heeded]", force=True)
        page.fill("[name=note]", "black smoke since noon")
        if not page.locator("[name=kept]").count():
            page.set_input_files("[name=photos]", photos(self.photos))

    def there(self):
        return self.count(Report), self.count(ReportAttachment) // self.photos


class Result(Kind):
    login, post, button = "township_a", "/reports/", "main form .btn-filled"
    photos = 1

    def page(self):
        entry = make.report(self.world.grids["A1"])
        with self.world.store.write() as session:
            service.submit(session, make.actor(session, "officer_a1"), entry)
        return f"/reports/{entry.id}/handle"

    def fill(self, page):
        page.check("[name=result][value=true]", force=True)
        page.fill("[name=done]", "swept")
        if not page.locator("[name=kept]").count():
            page.set_input_files("[name=photos]", photos(self.photos))

    def there(self):
        return self.count(ReportEvent, ReportEvent.action == "handle"), self.count(ReportAttachment) // self.photos


class Message(Kind):
    login, post, button = "officer_a1", "/feedback", "main form .btn-filled"

    def page(self):
        return "/feedback"

    def fill(self, page):
        page.fill("[name=text]", "the letters are small")

    def there(self):
        return self.count(Feedback), 0


KINDS = {"round": Round, "report": Problem, "result": Result, "message": Message}


@contextmanager
def until_it_leads_on():
    """What asks a page that gives way to the receipt just then need not get its answer."""
    try:
        yield
    except PlaywrightError as error:
        if "context was destroyed" not in str(error):
            raise


class Person:
    """Somebody at a phone behind a bad line."""

    def __init__(self, world, browser, line, address, login, *, script=True):
        self.world, self.line, self.login = world, line, login
        self.context = browser.new_context(viewport=PHONE, base_url=address, java_script_enabled=script)
        self.page = self.context.new_page()
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.log_in(self.page)

    def log_in(self, page):
        page.goto("/language?lang=en&next=/login")
        page.fill("[name=login]", self.login)
        page.fill("[name=secret]", PASSWORD)
        with page.expect_navigation():  # a log-in of before may still hold, and what waits is sent by it meanwhile
            page.click("main button[type=submit]")

    def leave(self):
        """Log out by the page's own button."""
        self.page.locator("footer form button").press("Enter")  # a click misses it when the band appears just then
        with suppress(TookTooLong):
            self.page.wait_for_url("**/login")
        assert urlsplit(self.page.url).path == "/login", f"{self.page.url}: {self.page.inner_text('body')}"

    def log_out(self):
        """The log-in ends on the server, and the page knows nothing of it."""
        with self.world.store.write() as session:
            session.execute(update(LoginSession).values(revoked_at=clock.now()))

    def press(self, kind, *, again=False):
        """Press the button; ``again``: though it says that it is busy."""
        self.page.locator(kind.button).first.click(no_wait_after=True, force=again)

    def press_again(self, kind):
        """The form's button; where the page says that it is kept on the phone, that of what waits."""
        if self.page.locator("main [data-kept-one]").count():
            self.send_waiting()
        else:
            self.press(kind)

    def send_waiting(self):
        """Have what waits on the phone sent now, if the page has not done so meanwhile."""
        with until_it_leads_on():
            self.page.evaluate(
                "() => { const again = document.querySelector('[data-outbox-again]'); if (again) again.click(); }"
            )
        self.page.wait_for_timeout(300)

    def is_done(self, start):
        return urlsplit(self.page.url).path not in (urlsplit(start).path, "/") and "chrome-error" not in self.page.url

    def until_broken(self):
        """Until the browser shows its own error page."""
        for _ in range(200):
            if "chrome-error" in self.page.url:
                break
            self.page.wait_for_timeout(50)
        self.page.wait_for_load_state()

    def settle(self):
        """Until nothing is on its way."""
        self.page.wait_for_function(
            "() => !document.querySelector('form[data-sending], [data-outbox-again][disabled]')"
        )
        self.page.wait_for_load_state()

    def fill_in(self, kind, start):
        """Fill in the form and send it, unless the page led to the receipt meanwhile: what waits goes by itself."""
        self.page.set_default_timeout(5000)
        try:
            kind.fill(self.page)
            self.press(kind)
            self.page.wait_for_timeout(50)
        except TookTooLong:
            if not self.is_done(start):
                raise
        finally:
            self.page.set_default_timeout(30000)

    def see_it_through(self, kind, start):
        """What a person does who wants to be sure: look, and if there is still a form, send it."""
        for _ in range(20):
            self.settle()
            if self.is_done(start):
                return
            if self.page.locator("main [data-kept-one]").count():
                self.send_waiting()
                continue
            self.fill_in(kind, start)
        raise AssertionError(self.page.inner_text("body"))
