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
NO_FILE = N_("Choose a photo or a file.")
