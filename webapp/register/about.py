"""What the registers announce: their main page, log lines, seeds, and what they keep about people."""

from ..core.announce import About, DataUse, MenuEntry
from ..core.errors import N_
from ..core.load import SeedTable
from . import own, own_fields
from .models import FieldChoice, ObjectField, ObjectStage

STANDS_ON = ("report",)
ABOUT = About(
    menu=(MenuEntry(45, "register.read", N_("Registers"), "register.index"),),
    acts={
        "field.add": N_("Field of a register added"),
        "field.again": N_("Field of a register asked again"),
        "field.end": N_("Field of a register ended"),
        "object.describe": N_("File of an object written"),
        "object.paper": N_("Papers added to an object"),
        "object.person": N_("Person named for an object"),
        "object.stage": N_("Stage of an object entered"),
    },
    facts={
        "day": N_("day"),
        "named": N_("somebody was named"),
        "papers": N_("papers"),
        "stage": N_("stage"),
        "stands": N_("as"),
    },
    things={
        "field_choice": N_("word of a field"),
        "object_field": N_("field of a file"),
        "object_stage": N_("stage of objects"),
    },
    own=own.OWN,
    privacy={
        N_("Registers"): (
            DataUse(
                "object_person: name post part from_on to_on",
                N_("Name and post of who answers for an object, from when to when"),
                N_(
                    "004:211 asks for a responsible leader and person of each pollution source, 004:664 for a "
                    "dedicated person of each risk area."
                ),
                "record",
                "grid.read",
            ),
            DataUse(
                "object_fact: value; stage_step: stage on note",
                N_("What is known of an object. The file of a small business may say something about its owner"),
                N_("To know what there is to visit, and what for."),
                "record",
                "grid.read",
            ),
            DataUse(
                "object_attachment: about",
                N_("Papers and photos in the file of an object, and what each is"),
                N_("So that a permit or a plan is at hand on the spot."),
                "record",
                "grid.read",
            ),
            DataUse(
                "object_fact: said_by said_at; stage_step: said_by said_at; object_person: named_by named_at",
                N_("Who wrote it, and when"),
                N_("So that it can be asked about."),
                "record",
                "grid.read",
            ),
        ),
    },
    seeds={
        "object_fields": SeedTable(
            ObjectField, lambda row: {"type": row.type or None}, gone=own_fields.gone, after=("object_types",)
        ),
        "object_choices": SeedTable(FieldChoice, gone=own_fields.word_gone, after=("object_fields",)),
        "object_stages": SeedTable(ObjectStage, after=("object_types",)),
    },
)
