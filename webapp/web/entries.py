"""The id of an entry in the address of its form, and what the page's own script asks of an answer.

The address keeps the id through Back, reload and a second tab, so what is sent from there is one entry, however often.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, jsonify, make_response, redirect, request

from ..core import clock, ids, waiting
from .errors import wants_json
from .request import actor, person

FAST = timedelta(minutes=10)  # a clock that ran ahead when the id was made
#: A form that is opened again after so long begins anew. A phone opens last week's pages by itself, and what is written
#: there now is of today.
FRESH = timedelta(hours=6)
BY_SCRIPT = "X-Sent-By"  # our scripts name themselves and are answered by name, which no proxy and no portal does
PAGE = "page"  # js/wire.js, which is told where to go instead of being led there; js/sw.js is led as a browser is


def of_address(receipt: Callable[[uuid.UUID], str | None]) -> uuid.UUID:
    """The id under which a form may be shown. An address without a good one is led to the same with a fresh one.

    ``receipt`` gives the page of what its asker has sent under an id already, and that is where this address leads
    then; None for what is not there and for what is somebody else's, which looks the same.
    """
    found = _asked()
    if found is None:
        abort(_begin(ids.new()))
    sent = receipt(found)
    if sent is not None:
        abort(redirect(sent, 303))
    made = ids.made_at(found) or clock.now()
    if not -FAST <= clock.now() - made <= FRESH:  # of last week, or of before our clock went back
        fresh = ids.new()
        waiting.move(current_app.config["WANGGE"].data_dir, actor().person_id, found, fresh)
        abort(_begin(fresh))
    return found


def _asked() -> uuid.UUID | None:
    try:
        found = uuid.UUID(request.args.get("id", ""))
    except ValueError:
        return None
    return found if ids.made_at(found) else None


def _begin(entry: uuid.UUID) -> Response:
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "id"]
    return redirect(f"{request.path}?{urlencode([*asked, ('id', entry)])}", 303)  # type: ignore[return-value]


def received(where: str, entry: uuid.UUID, photos: Iterable[str] = (), **facts: Any) -> Response:
    """The receipt of an entry, the same for every sending: a page is led to ``where``; a program, and our script, gets
    201 with the id of what is recorded and the sha256 of each of its files.

    What waits on a phone goes from there by this list and by nothing else (js/deliver.js).
    """
    if not (wants_json() or request.headers.get(BY_SCRIPT) == PAGE):
        return redirect(where, 303)  # type: ignore[return-value]
    return make_response(jsonify(id=entry, photos=list(photos), **facts), 201, {"Location": where})


def init(app: Flask) -> None:
    """Links to empty forms may carry an id; what our script sent is answered so that it can tell."""
    app.jinja_env.globals["entry_id"] = ids.new

    @app.after_request
    def tell(response: Response) -> Response:
        """That the answer is ours and no proxy's. Our script is told for whom it is, and instead of a 303, which no
        script can look at, it gets 201 with its Location."""
        response.headers[BY_SCRIPT] = "wangge"
        if BY_SCRIPT in request.headers:
            me = person()
            if me is not None:
                response.headers["X-Person"] = str(me.person_id)
            if response.status_code == 303 and request.headers[BY_SCRIPT] == PAGE:
                response.status_code = 201
        return response
