"""Every page of every role, for what all pages have in common: looked at as they come, or in a browser."""

from collections.abc import Iterator

from tests import access_routes
from tests.access_check import Visitor, address, expected, targets
from tests.access_county import County

#: One of each role, and who is not logged in.
READERS = (
    *("officer_a1", "township_a", "county", "housing", "station_a", "leader", "inspector", "admin", "auditor"),
    "nobody",
)
#: What answers with no page: files, pieces of a page, and what only leads on.
NO_PAGES = frozenset(
    {
        *("/assets/<mark>/<root>/<path>", "/healthz", "/readyz", "/language", "/", "/account/notices"),
        *(
            "/account/data",
            "/duties.xlsx",
            "/figures.xlsx",
            "/cards.xlsx",
            "/borders/list.xlsx",
            "/objects/export",
            "/registers/<kind>/export",
            "/objects/import/sample",
            "/people/import/sample",
            "/units/import/sample",
            "/ledger/template/sample",
            "/ledger/template/file",
        ),
        *("/map/layers/<fingerprint>.json", "/map/grids/<grid_id>/card", "/map/grids/<grid_id>/objects", "/map/found"),
        *("/photos/<attachment_id>", "/attachments/<attachment_id>", "/attachments/<attachment_id>/small"),
        *("/entries/<entry_id>", "/entries/<entry_id>/photos/<mark>", "/borders/incoming/<incoming_id>"),
        *("/sw.js", "/manifest.webmanifest", "/icons/<size>.png", "/kept-pages"),
    }
)


def of(county: County, login: str) -> Iterator[str]:
    """The address of each page that somebody may see, each move of a report once."""
    for route in access_routes.ROUTES:
        if route.method == "GET" and route.address not in NO_PAGES:
            seen = (each for each in targets(route) if expected(login, route, each) == "allowed")
            for target in {each.action: each for each in seen}.values():
                yield address(county, route, target)


def every(county: County) -> list[tuple[str, str]]:
    """Who, and where."""
    return [(login, where) for login in READERS for where in of(county, login)]


def html(visitors: dict[str, Visitor], login: str, where: str) -> str:
    """A page as it is sent."""
    answer = visitors[login].raw("GET", where)
    assert (answer.status_code, answer.mimetype) == (200, "text/html"), where
    return answer.text
