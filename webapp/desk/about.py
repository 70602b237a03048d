"""What the desks announce: their main pages, the words of settings and log, and the settings that are nobody else's."""

from ..core.announce import About, DataUse, MenuEntry, setting_rules
from ..core.errors import N_
from . import own

STANDS_ON = ("report", "login", "card")
ABOUT = About(
    menu=(
        MenuEntry(20, "desk.read", N_("Desk"), "desk.desk"),
        MenuEntry(60, "setting.read", N_("Settings"), "desk.settings_page"),
        MenuEntry(80, "log.read", N_("Log"), "desk.log"),
    ),
    acts={
        "calendar.add": N_("Day added to the calendar"),
        "calendar.change": N_("Day of the calendar changed"),
        "calendar.confirm": N_("Day of the calendar confirmed"),
        "calendar.limits": N_("Open limits moved by the calendar"),
        "calendar.remove": N_("Day removed from the calendar"),
        "limit.change": N_("Time limit changed"),
        "log.read": N_("Log read"),
        "setting.change": N_("Setting changed"),
    },
    things={
        "log": N_("log"),
        "setting": N_("setting"),
        "time_limit": N_("time limit"),
    },
    facts={
        "before": N_("before"),
        "after": N_("after"),
        "moved": N_("moved"),
    },
    own=own.OWN,
    privacy={
        N_("Settings and log"): (
            DataUse(
                "setting: changed_at changed_by; time_limit: changed_at changed_by; "
                "frequency_rule: changed_at changed_by; patrol_topic: changed_at changed_by; "
                "calendar_day: changed_at changed_by",
                N_("Who last changed a setting, and when"),
                N_("So that a rule can be traced."),
                "replaced",
                "setting.edit",
            ),
            DataUse(
                "audit_log: id at person_id action thing detail",
                N_(
                    "The log: log-ins with kind of device, failed ones with network address, changes of accounts, "
                    "roles and settings, records taken out as files, with who and when"
                ),
                N_("The law asks for it, for at least 6 months. So that misuse can be found."),
                "log",
                "log.read",
                N_("Changes of a duty are also shown on the page of that duty."),
            ),
        ),
    },
    settings=setting_rules("""
key                   right         least  unit  group
work_to               setting.edit  -      -     work
county_duty_phone     setting.edit  -      -     work
"""),
)
