"""What the people of the county announce: what is kept about them."""

from ..core.announce import About, DataUse, setting_rules
from ..core.errors import N_
from ..core.load import SeedTable
from . import own, retention
from .models import RoleWord

STANDS_ON = ("grid",)
ABOUT = About(
    own=own.OWN,
    privacy={
        N_("Your account"): (
            DataUse(
                "person: id login zh en",
                N_("Log-in name and name"),
                N_("So that a record says who made it."),
                "account",
                "oneself person.read grid.read patrol.read log.read",
            ),
            DataUse(
                "person: phone",
                N_("Telephone number, if one was entered"),
                N_("So that the office above can call."),
                "replaced",
                "oneself person.read grid.read",
            ),
            DataUse(
                "person: password_hash must_change",
                N_("Password, only as a hash that cannot be reversed"),
                N_("So that nobody else can log in as you."),
                "replaced",
            ),
            DataUse(
                "person: language",
                N_("Language of your pages"),
                N_("So that you need not choose it again."),
                "replaced",
                "oneself",
            ),
            DataUse(
                "person: suspended_at is_demo created_at created_by erased_at",
                N_("When and by whom the account was made, and whether it is suspended"),
                N_("So that the office above can look after accounts."),
                "account",
                "person.read",
            ),
            DataUse(
                "posting: id person_id role grid_id body_id valid_from valid_to granted_by granted_at; "
                "acting_for: posting_id person_id",
                N_("Your roles: where, from when to when, who gave them, and for whom you act"),
                N_("They decide what you see and what you may do."),
                "account",
                "oneself person.read grid.read",
            ),
        ),
        N_("Departments"): (
            DataUse(
                "body: principal principal_post",
                N_("Name and post of a department's principal"),
                N_("The texts make him the first person responsible."),
                "replaced",
                "posting.grant",
            ),
        ),
    },
    acts={
        "person.erase": N_("Person forgotten"),
        "posting.follow": N_("Posting goes on at the heir of a grid"),
    },
    things={"role_word": N_("word for a role")},
    facts={"people": N_("people forgotten")},
    settings=setting_rules("""
key            right         least  unit   group
person_months  setting.edit  1      month  kept
"""),
    seeds={"role_words": SeedTable(RoleWord)},
    sweep={"people": retention.Left()},
)
