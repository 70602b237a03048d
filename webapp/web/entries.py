"""The id of an entry in the address of its form, and what the page's own script asks of an answer.

The address keeps the id through Back, reload and a second tab, so what is sent from there is one entry, however often.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, redirect, request

from ..core import clock, ids, waiting
from .request import actor

FAST = timedelta(minutes=10)  # a clock that ran ahead when the id was made
#: A form that is opened again after so long begins anew. A phone opens last week's pages by itself, and what is written
#: there now is of today.
FRESH = timedelta(hours=6)
BY_SCRIPT = "X-Sent-By"  # js/wire.js names itself, so that it is told where to go instead of being led there


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


def init(app: Flask) -> None:
    """Links to empty forms may carry an id; what our script sent is answered so that it can tell."""
    app.jinja_env.globals["entry_id"] = ids.new

    @app.after_request
    def tell(response: Response) -> Response:
        """That the answer is ours and no proxy's; and a 303, which no script can look at, as 201 with its Location."""
        if BY_SCRIPT in request.headers:
            response.headers[BY_SCRIPT] = "wangge"
            if response.status_code == 303:
                response.status_code = 201
        return response
