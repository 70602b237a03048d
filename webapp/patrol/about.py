"""What patrols announce: their main page, log lines, what they keep about people, their settings and seeds."""

from typing import Any

from ..core.announce import About, DataUse, MenuEntry, setting_rules
from ..core.errors import N_
from ..core.load import SeedTable
from . import exports, own, retention
from .models import FrequencyRule, ObjectType, PatrolTopic, TypeTopic
from .topics import LEVELS

STANDS_ON = ("people",)


def _levels(row: Any) -> dict[str, Any]:
    return {level: getattr(row, level) or None for level in LEVELS}


def _plain_rule(row: Any) -> dict[str, Any]:
    """What a delivered rule does not say: it goes by the name of its type, and is for all objects, all year, since
    ever."""
    return {"code": row.type, "for_key": False, **dict.fromkeys(("season_from", "season_until", "valid_from"))}


ABOUT = About(
    menu=(MenuEntry(10, "patrol.walk", N_("My village"), "desk.home"),),
    acts={
        "frequency.confirm": N_("Frequency confirmed"),
        "frequency.end": N_("Rule of frequency ended"),
        "frequency.set": N_("Frequency set"),
        "interval.change": N_("Interval changed"),  # until there were rules of frequency
        "object.add": N_("Object added"),
        "object.answer": N_("Proposal answered"),
        "object.follow": N_("Object follows the borders"),
        "object.place": N_("Position of an object added"),
        "object.retire": N_("Object taken off the list"),
        "topic.change": N_("Level of a topic changed"),
    },
    things={
        "object": N_("object"),
        "object_type": N_("object type"),
        "frequency_rule": N_("rule of frequency"),
        "patrol_topic": N_("topic"),
        "type_topic": N_("topics of object types"),
        "proposal": N_("proposal"),
    },
    facts={
        "accepted": N_("accepted"),
        "level": N_("level"),
        "places": N_("positions"),
        "since": N_("from"),
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
                "received_at note kind;"
                "visit: id patrol_id object_id at result reason above;"
                "topic_visit: id patrol_id topic result reason place note",
                N_("A patrol: who did it, who entered it, day and time, its kind, what was found where, your comments"),
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
    seeds={
        "object_types": SeedTable(ObjectType),
        "frequency_rules": SeedTable(FrequencyRule, _plain_rule, ("code",), lambda row: {}, ("object_types",)),
        "topics": SeedTable(PatrolTopic, _levels),
        "type_topics": SeedTable(TypeTopic, after=("object_types", "topics")),
    },
    sweep={"places": retention.PLACES, "proposal_places": retention.PROPOSED},
    forget=retention.forget,
)
