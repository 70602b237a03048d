"""Words of the settings page: its groups in their order, and what stands behind a number."""

from ..core.errors import N_

#: Where a setting stands; its rule (core/announce.py) names the key.
GROUPS = {
    "limits": N_("Time limits"),
    "work": N_("Desks and lists"),
    "map": N_("Map"),
    "borders": N_("Borders"),
    "kept": N_("How long records are kept"),
    "login": N_("Logging in"),
}
UNITS = {
    "second": N_("seconds"),
    "minute": N_("minutes"),
    "hour": N_("hours"),
    "day": N_("days"),
    "calendar_day": N_("calendar days"),
    "work_day": N_("work days"),
    "month": N_("months"),
    "time": N_("times"),
    "visit": N_("visits due"),
    "person": N_("persons"),
    "metre": N_("metres"),
    "square_metre": N_("square metres"),
    "percent": N_("percent"),
}
