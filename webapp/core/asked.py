"""Why forms ask for what must be filled in: what a domain says in its ``asked.py``, and the reasons that many share."""

from collections.abc import Mapping
from dataclasses import dataclass

from .errors import N_

HISTORY = N_("Whoever reads the history has to understand why.")
WHEN = N_("It counts from this day; records keep to the day on which they were made.")
NAME = N_("It is found and told apart by its name.")
PERSON = N_("People of this county have to be told apart, in the history and by who calls them.")
LOGIN = N_("Nobody else may act or read under this account.")
FOUND = N_("Who comes to deal with it has to find the place.")
WHO = N_("Without it nobody has it.")


@dataclass(frozen=True)
class Asked:
    """The fields of a form without which it is not taken, each with the reason, as a msgid.

    ``form`` is a form of the domain's ``forms.py``, or a table of fields there; ``title`` is what its page is called.
    """

    title: str
    form: str
    why: Mapping[str, str]
