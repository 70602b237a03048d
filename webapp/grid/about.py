"""What the tree of grids announces: the words of its log lines."""

from ..core.announce import About
from ..core.errors import N_

STANDS_ON = ()
ABOUT = About(
    acts={
        "grid.plant": N_("Borders imported"),
    },
    things={
        "grid": N_("grid"),
    },
    facts={
        "grids": N_("grids"),
        "source": N_("source"),
    },
)
