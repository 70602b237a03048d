"""Words of the card. Codes are those of the vocabularies and columns."""

from ..core.errors import N_
from ..core.tables import must_agree, table

#: Kind of grid → the tiers of people/rules.py that it can be (004:158-162, 004:177).
KINDS = {
    row["kind"]: row["tier"]
    for row in table("""
kind         tier
county       county
township     township
subdistrict  township
village      village
community    village
unit         unit
""")
}
KIND_NAMES = {
    "county": N_("County"),
    "township": N_("Town or township"),
    "subdistrict": N_("Subdistrict"),
    "village": N_("Village"),
    "community": N_("Community"),
    "unit": N_("Unit grid"),
}
UNIT = "unit"
#: Below which grids unit grids stand: a community (004:177), and of a subdistrict.
HAVE_UNITS = (COMMUNITY := "community", SUBDISTRICT := "subdistrict")

#: The five fixed things (004:168), in the order of the text. Rewards and penalties are one of them.
FIVE = {
    "area": N_("Area"),
    "personnel": N_("Personnel"),
    "duties": N_("Duties"),
    "tasks": N_("Tasks"),
    "rewards": N_("Rewards and penalties"),
}
UPPER = "upper"  # beside the five: nobody of the office above is named
LACKS = FIVE | {UPPER: N_("Person of the office above")}

#: Villages off the number of persons that the county has set; no text that applies here says one.
OFF = {"fewer": N_("Fewer persons than the county's rule"), "more": N_("More persons than the county's rule")}
ALL = "all"
#: The lists of cards, by what is lacking; "any": at least one of the five.
LISTS = {
    "any": N_("Card not complete"),
    "area": N_("Without a border"),
    "personnel": N_("Without a person"),
    "duties": N_("Duties not fixed"),
    "tasks": N_("Tasks not fixed"),
    "rewards": N_("Rewards or penalties not fixed"),
    UPPER: N_("Without a person of the office above"),
    **OFF,
    ALL: N_("All cards"),
}
#: The same of unit grids, in a county that has any: their own lists, in which no other grid is.
UNIT_LISTS = {
    "unit_any": N_("Unit grids: card not complete"),
    "unit_personnel": N_("Unit grids without a person"),
    "unit_upper": N_("Unit grids without a person of the community"),
    "unit_all": N_("Unit grids: all"),
}

#: Who has a part in the platform, and the line that gives each its body.
PARTS = {
    "owner": N_("Builds and owns the platform"),
    "operator": N_("Runs the platform"),
    "entry": N_("Enters the data"),
}
SOURCES = {"owner": "004:197", "operator": "004:205", "entry": "004:211"}

must_agree(KINDS=KINDS, KIND_NAMES=KIND_NAMES)
must_agree(LACKS=[*LACKS, *OFF, "any", ALL], LISTS=LISTS)
must_agree(PARTS=PARTS, SOURCES=SOURCES)
