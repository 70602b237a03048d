"""Words of the registers: who answers for an object, and what the lists of what is lacking are called."""

from ..core.errors import N_

#: Who answers for an object, and the line that asks for him.
PARTS = {
    "leader": N_("Responsible leader"),
    "person": N_("Responsible person"),
    "dedicated": N_("Dedicated person of the risk area"),
}
GROUNDS = {"leader": "004:211", "person": "004:211", "dedicated": "004:664"}
#: The lists of objects that lack somebody.
LACKS = {
    "leader": N_("without a responsible leader"),
    "person": N_("without a responsible person"),
    "dedicated": N_("risk areas without a dedicated person"),
}
#: What a field can hold.
KINDS = {
    "text": N_("words"),
    "number": N_("a number"),
    "day": N_("a day"),
    "choice": N_("one of some words"),
    "yes_no": N_("yes or no"),
    "department": N_("a department"),
    "object": N_("another object"),
    "uscc": N_("a credit code"),
}
OWN_KINDS = ("text", "number", "day", "choice", "yes_no", "department")  # of a county's own fields
NO_FILE = N_("Choose a photo or a file.")
