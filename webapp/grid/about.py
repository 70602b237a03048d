"""What the tree of grids announces: the words of its log lines."""

from ..core.announce import About, DataUse, setting_rules
from ..core.errors import N_
from . import in_force, own
from .exports import EXPORTS

STANDS_ON = ()
ABOUT = About(
    timely=(in_force.put_due_in_force,),
    own=own.OWN,
    privacy={
        N_("Borders"): (
            DataUse(
                "grid_change_set: made_at made_by decided_at decided_by reason",
                N_("Changes of borders: who drafted them, who approved or withdrew them, when, and the reason given"),
                N_("Two people answer for a change of borders."),
                "record",
                "border.read",
            ),
        ),
    },
    acts={
        "grid.plant": N_("Borders imported"),
        "grid.uproot": N_("Grids taken out, with which nothing was done yet"),
        "grid.backdrop": N_("Roads and waters under the borders"),
        "border.draft": N_("Changes of borders drafted"),
        "border.propose": N_("Changes of borders proposed"),
        "border.approve": N_("Changes of borders approved"),
        "border.withdraw": N_("Changes of borders withdrawn"),
        "border.activate": N_("Changes of borders in force"),
    },
    things={
        "grid": N_("grid"),
        "border": N_("changes of borders"),
    },
    facts={
        "grids": N_("grids"),
        "since": N_("from"),
        "source": N_("source"),
    },
    exports=EXPORTS,
    settings=setting_rules("""
key                 right         least  unit          group
border_strip_width  setting.edit  1      metre         borders
border_strip_area   setting.edit  1      square_metre  borders
border_area_change  setting.edit  1      percent       borders
"""),
)
