"""The page on which the county decides which level goes round for which topic, and how."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core.errors import NotFound, Refused
from ..web.errors import say
from ..web.request import actor, may, read, write
from . import topics
from .blueprint import bp


@bp.get("/topics")
@may("setting.edit")
def topics_page() -> str:
    """Every topic with its lines, the object types that belong to it, and what each level does for it."""
    return _page()


def _page(trouble: str = "") -> str:
    return render_template(
        "patrol/topics.html",
        topics=topics.every(read()),
        types=topics.types_of(read()),
        levels=topics.LEVEL_NAMES,
        rhythms=topics.RHYTHMS,
        trouble=trouble,
    )


@bp.post("/topics")
@may("setting.edit")
def choose_topics() -> Any:
    """What was chosen otherwise than it stood on the page: all of it, or nothing."""
    wishes = [name.rpartition("-") for name in request.form if name.count("-") == 1]
    try:
        with write() as session:
            written = [
                topics.choose(session, actor(), code, level, request.form.get(f"drawn-{code}-{level}", ""), value)
                for code, _dash, level in wishes
                for value in [request.form[f"{code}-{level}"]]
            ]
    except NotFound:
        raise
    except Refused as refusal:
        return _page(say(refusal)), refusal.status
    flash(
        _("In effect from now on.") if any(written) else _("Nothing was changed."), "good" if any(written) else "info"
    )
    return redirect(url_for("patrol.topics_page"), 303)
