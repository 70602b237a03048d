"""What operations announce: the seeds of the tables without a domain, the sweep of the log, and their log lines."""

from typing import Any

from ..core.announce import About, DataUse, setting_rules
from ..core.errors import N_
from ..core.load import SeedTable
from ..core.models import CalendarDay, Contact, Setting, TimeLimit, Word
from ..core.retention import LEAST_LOG_MONTHS
from .retention import LOG

STANDS_ON = ("attachment", "login")


def _day(row: Any) -> dict[str, Any]:
    return {
        "on": row.date,
        "is_workday": row.kind == "make_up_work_day",
        "zh": row.name_zh,
        "en": row.name_en,
        "is_confirmed": row.confirmed,
        "is_out": False,
    }


ABOUT = About(
    privacy={
        N_("Settings and log"): (
            DataUse(
                "chain_link: seq at previous root head leaves",
                N_(
                    "The chain: of each row of the records its number and a check sum, which does not tell what it says"
                ),
                N_("So that nobody can rewrite the records unseen."),
                "record",
            ),
        ),
    },
    acts={
        "backup": N_("Backup made"),
        "restore": N_("Restored from a backup"),
        "retention.clock": N_("Clock confirmed before the clean-up"),
        "retention.purge": N_("Deleted as expired"),
        "seed.change": N_("Row of the documents changed"),
        "seed.import": N_("Documents imported"),
        "seed.retire": N_("Row of the documents retired"),
    },
    things={
        "calendar_day": N_("calendar"),
        "contact": N_("telephone numbers"),
        "retention": N_("retention"),
        "store": N_("all records"),
        "word": N_("ready words"),
    },
    facts={
        "added": N_("added"),
        "backups": N_("backups"),
        "changed": N_("changed"),
        "encrypted": N_("encrypted"),
        "made": N_("backup of"),
        "rows": N_("rows"),
        "log": N_("log"),
        "photo_places": N_("positions in photos"),
        "retired": N_("retired"),
        "source": N_("source"),
        "before": N_("before"),
        "after": N_("after"),
    },
    settings=setting_rules(f"""
key                   right         least               unit   group
log_months            setting.edit  {LEAST_LOG_MONTHS}  month  kept
backup_days           setting.edit  7                   day    kept
"""),
    seeds={
        "settings": SeedTable(Setting, lambda row: {"kind": row.type}),
        "limits": SeedTable(TimeLimit),
        # a day that left the calendar is again what its weekday says
        "calendar": SeedTable(CalendarDay, _day, gone=lambda row: {"is_workday": row.on.weekday() < 5, "is_out": True}),
        "words": SeedTable(Word),
        "contacts": SeedTable(Contact),
    },
    sweep={"log": LOG},
)
