"""The report form with its scripts: what a phone shows, hides and keeps."""

from tests.access_county import on_sqlite

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it


def choose(page, name, value):
    """Tap a word; those under "More" are opened first."""
    box = page.locator(f"input[name={name}][value={value}]")
    page.evaluate("document.querySelectorAll('.chips-more').forEach((more) => { more.open = true; })")
    box.check(force=True)


def test_settled_on_the_spot_shows_only_while_the_choice_allows_it(world, phone):
    page = phone("officer_a1", "en")
    page.goto(f"/grids/{world.grids['A1']}/report")
    settle, hint = page.locator("[data-settle]"), page.locator("[data-settle-hint]")
    assert settle.is_visible() and hint.is_visible()
    enforced = settle.get_attribute("data-enforced").split("/")[0]
    choose(page, "problem", "rubbish_dumping")
    assert settle.is_visible()
    choose(page, "problem", enforced)
    assert settle.is_hidden() and hint.is_hidden()
    page.locator(f"input[name=problem][value={enforced}]").uncheck(force=True)
    assert settle.is_visible()
    others = page.evaluate("Array.from(document.querySelectorAll('[name=severity]'), (one) => one.value)")
    choose(page, "severity", next(value for value in others if value != settle.get_attribute("data-severity")))
    assert settle.is_hidden()
