"""What the cards announce: log lines, and what they keep about people."""

from ..core.announce import About, DataUse, setting_rules
from ..core.errors import N_
from . import own

STANDS_ON = ("people",)
ABOUT = About(
    acts={
        "card.write": N_("Grid card written"),
        "platform.set": N_("Part of the platform set"),
        "upper.name": N_("Person of the office above named"),
        "unit.add": N_("Unit grid added"),
        "unit.change": N_("Unit grid renamed or moved"),
        "unit.end": N_("Unit grid ended"),
        "unit.person": N_("Person of a unit grid named or taken off"),
    },
    facts={
        "below": N_("below grid"),
        "code": N_("code"),
        "name": N_("name"),
    },
    own=own.OWN,
    settings=setting_rules("""
key            right         least  unit    group
village_least  setting.edit  0      person  work
village_most   setting.edit  0      person  work
"""),
    privacy={
        N_("Grid cards"): (
            DataUse(
                "grid_card: leader_zh leader_en post_zh post_en",
                N_("Name and post of a grid's responsible leader"),
                N_("The card says who answers for the grid; it is there to be announced."),
                "record",
                "grid.read",
            ),
            DataUse(
                "upper_link: person_id from_on to_on",
                N_("For which grids below your office named you, from when to when"),
                N_("So that each grid knows whom to turn to above."),
                "record",
                "oneself grid.read",
            ),
            DataUse(
                "unit_person: zh en post_zh post_en from_on to_on",
                N_("Name and post of who looks after a unit grid, from when to when"),
                N_("So that its residents know whom to turn to. It gives no log-in and no right."),
                "record",
                "grid.read",
            ),
            DataUse(
                "grid_card: said_by said_at; upper_link: named_by named_at; platform_role: said_by said_at; "
                "unit_person: said_by said_at",
                N_("Who wrote a card or named a person, and when"),
                N_("So that a rule can be traced."),
                "record",
                "grid.read",
            ),
        ),
    },
)
