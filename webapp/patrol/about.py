"""What patrols announce: their main page, log lines, what they keep about people, their settings and seeds."""

from ..core.announce import About, DataUse, MenuEntry, setting_rules
from ..core.errors import N_
from ..core.load import SeedTable
from . import exports, own, retention
from .models import ObjectType

STANDS_ON = ("people",)
ABOUT = About(
    menu=(MenuEntry(10, "patrol.walk", N_("My village"), "desk.home"),),
    acts={
        "interval.change": N_("Interval changed"),
        "object.add": N_("Object added"),
        "object.answer": N_("Proposal answered"),
        "object.follow": N_("Object follows the borders"),
        "object.place": N_("Position of an object added"),
        "object.retire": N_("Object taken off the list"),
    },
    things={
        "object": N_("object"),
        "object_type": N_("object type"),
        "proposal": N_("proposal"),
    },
    facts={
        "accepted": N_("accepted"),
        "places": N_("positions"),
        "proposal_places": N_("positions of proposals"),
        "type": N_("type"),
        "why": N_("reason"),
        "zh": N_("name"),
        "before": N_("before"),
        "after": N_("after"),
    },
    own=own.OWN,
    exports=exports.EXPORTS,
    privacy={
        N_("Patrols"): (
            DataUse(
                "patrol: id content grid_id grid_version_id person_id entered_by entry_mode occurred_at "
                "received_at note;"
                "visit: id patrol_id object_id at result reason",
                N_("A patrol: who did it, who entered it, day and time, what was found, your comment"),
                N_("To know what was visited and what is due."),
                "record",
                "patrol.read grid.read",
                N_("The same offices can take them out as a file; the log keeps that they did."),
            ),
            DataUse(
                "patrol: lon lat accuracy_m",
                N_("One position with a patrol, only if you pressed the button for it"),
                N_("To find the place again. Leaving it out changes nothing."),
                "place",
                "patrol.read",
            ),
            DataUse(
                "object_proposal: id content kind grid_id object_id type zh why made_by made_at is_accepted "
                "answer answered_by answered_at",
                N_("What you proposed for a list of objects, who answered it, and what"),
                N_("To know what there is to visit, and why a list was changed or not."),
                "record",
                "grid.read",
            ),
            DataUse(
                "object_proposal: lon lat",
                N_("One position with a proposal, only if you pressed the button for it"),
                N_("To find the place again. Leaving it out changes nothing."),
                "place",
                "grid.read",
            ),
            DataUse(
                "patrol_object: zh en lon lat crs retired_why",
                N_("The list of objects: name and place. A farm may bear its owner's name"),
                N_("To know what there is to visit."),
                "record",
                "grid.read",
            ),
        ),
    },
    settings=setting_rules("""
key                   right         least  unit   group
coverage_days         setting.edit  1      day    map
few                   setting.edit  -      visit  map
place_days            setting.edit  -      day    kept
"""),
    seeds={"object_types": SeedTable(ObjectType)},
    sweep={"places": retention.PLACES, "proposal_places": retention.PROPOSED},
    forget=retention.forget,
)
