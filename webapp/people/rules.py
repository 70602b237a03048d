"""Who gives whom which posting, where, and for how long. How far a role reaches stands in ``access``; the rest is here.

Pure data and functions. "Above" is strict: a role is helped, suspended and ended only by another one that may give it,
so the county's office is nobody's below the system administrators, and those answer to the command line alone.
"""

import unicodedata
from collections.abc import Collection
from datetime import date

from ..access import ADMIN_ROLES, ROLES
from ..core.clock import is_near
from ..core.errors import N_, Refused
from ..core.tables import must_agree, table

COMMAND_LINE = "-"  # in the place of the roles that give a role: only who runs the machine does
#: place: a grid's tier (county, township, village = the lowest), a kind of body, or nowhere. end: must have one, or
#: open. at_a_place: one (004:268: a department's one liaison), or many
POSTINGS = {
    row["role"]: row
    for row in table("""
role                 place              end   at_a_place  given_by
grid_officer         village            open  many        township_supervisor,county_office,system_admin
station_officer      station,committee  open  many        township_supervisor,county_office,system_admin
township_supervisor  township           open  many        county_office,system_admin
department_liaison   department         open  one         county_office,system_admin
leader               county,township    open  many        county_office,system_admin
inspector            county,township    must  many        county_office,system_admin
county_office        county             open  many        system_admin
audit_admin          nowhere            open  many        -   # made, helped and ended by the command line alone
system_admin         nowhere            open  many        system_admin  # only the command line takes it away
""")
}

#: What a matter can be handed to, the tier of the grid it belongs to, and who sets it up.
BODIES = {
    row["kind"]: row
    for row in table("""
kind        place     made_by
department  county    county_office,system_admin
station     township  township_supervisor,county_office,system_admin
committee   village   township_supervisor,county_office,system_admin
""")
}

#: A phone stays logged in only for people who hold nothing but these; a desk ends after its hours.
REMEMBERED = frozenset({"grid_officer"})

#: Who has to show a second factor at the log-in, by the value of the setting second_factor. Officers never.
SECOND_FACTOR = {
    "off": frozenset[str](),
    "admins": ADMIN_ROLES,
    "desks": ADMIN_ROLES
    | {"township_supervisor", "county_office", "department_liaison", "leader", "inspector", "station_officer"},
}

ROLE_NAMES = {
    "grid_officer": N_("Grid officer"),
    "township_supervisor": N_("Township office"),
    "county_office": N_("County office"),
    "department_liaison": N_("Department liaison"),
    "station_officer": N_("Station officer"),
    "leader": N_("Leader"),
    "inspector": N_("Inspector"),
    "system_admin": N_("System administrator"),
    "audit_admin": N_("Audit administrator"),
}
BODY_NAMES = {"department": N_("Department"), "station": N_("Township station"), "committee": N_("Village committee")}
PLACE_NAMES = {
    "county": N_("the county"),
    "township": N_("a township"),
    "village": N_("a village"),
    "nowhere": N_("no place"),
    "department": N_("a department"),
    "station": N_("a township station"),
    "committee": N_("a village committee"),
}


def givers(role: str) -> frozenset[str]:
    """The roles that may give this one; empty for a role that does not exist."""
    return frozenset(POSTINGS[role]["given_by"].split(",")) - {COMMAND_LINE} if role in POSTINGS else frozenset()


def above(role: str) -> frozenset[str]:
    """The roles strictly above: they may help, suspend and end it."""
    return givers(role) - {role}


def office_above(role: str) -> str:
    """The role next above this one: it posts people to it first of all."""
    return POSTINGS[role]["given_by"].split(",")[0]


def makers(kind: str) -> frozenset[str]:
    """The roles that may set up a body of this kind."""
    return frozenset(BODIES[kind]["made_by"].split(",")) if kind in BODIES else frozenset()


def places(role: str) -> tuple[str, ...]:
    """The kinds of place a role is posted to."""
    return tuple(POSTINGS[role]["place"].split(","))


def sits_in_body(role: str) -> bool:
    """Whether a role speaks for a body, and not for a grid."""
    return set(places(role)) <= set(BODIES)


def is_single(role: str) -> bool:
    """Whether one person at a time holds this role at a place: posting another ends the one before."""
    return role in POSTINGS and POSTINGS[role]["at_a_place"] == "one"


def tier_kind(tier: int, lowest: int) -> str:
    """What a grid of a tier is here: village = the working tier, county = the first, township = the one below it; what
    lies below villages is a unit grid, to which nobody is posted."""
    if tier >= lowest:
        return "village" if tier == lowest else "unit"
    return {1: "county", 2: "township"}.get(tier, "between")


def offered(roles: Collection[str]) -> list[str]:
    """The roles that somebody with these roles may give, in the table's order."""
    return [role for role in POSTINGS if givers(role) & set(roles)]


def kinds_offered(roles: Collection[str]) -> list[str]:
    """The kinds of body that somebody with these roles may set up."""
    return [kind for kind in BODIES if makers(kind) & set(roles)]


def check_place(role: str, kind: str) -> None:
    """A role is posted to its own kind of place only."""
    if kind not in places(role):
        raise Refused(N_("This role cannot be posted to that kind of place."), field="place")


def check_days(role: str, first: date, last: date | None, today: date) -> None:
    """First and last day of a posting: in order, not over already, and present where the role must end."""
    if last is None and POSTINGS[role]["end"] == "must":
        raise Refused(N_("This role needs a last day."), field="last")
    if not is_near(last or first):
        raise Refused(N_("Write a date from 2000 to 2100."), field="last" if last else "first")
    if last is not None and last < first:
        raise Refused(N_("The last day is before the first."), field="last")
    if last is not None and last < today:
        raise Refused(N_("The last day has passed already."), field="last")


def check_mix(held: Collection[str]) -> None:
    """An administrator holds no other role, so that nobody both runs the system and works in it, or checks himself."""
    if ADMIN_ROLES & set(held) and len(set(held)) > 1:
        raise Refused(N_("An administrator cannot hold another role at the same time."), field="role")


def login_name(typed: str | None) -> str:
    """A log-in name as it is kept and compared: half-width, small letters (phones capitalise the first one)."""
    return unicodedata.normalize("NFKC", typed or "").strip().lower()


must_agree(ROLES=ROLES, POSTINGS=POSTINGS, ROLE_NAMES=ROLE_NAMES)
