"""What every form that is saved does with a refusal: it stands beside its field, and the page comes again."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from ..core.errors import NotFound, Refused
from .errors import say
from .forms import BaseForm
from .request import write


def refused(form: BaseForm, act: Callable[[Session], Any]) -> int | None:
    """Do in a short write what a form says: None when it was done; else the status of the refusal, which the form holds
    then. NotFound is not of the form, and goes on."""
    try:
        with write() as session:
            act(session)
    except NotFound:
        raise
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return refusal.status
    return None
