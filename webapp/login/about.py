"""What logging in announces: its log lines, what it keeps about people and for how long, and its settings."""

from ..core.announce import About, DataUse, SettingRule, setting_rules
from ..core.errors import N_
from . import own, retention

#: The words of people/rules.py: SECOND_FACTOR.
WHO_NEEDS_ONE = {
    "off": N_("nobody"),
    "admins": N_("administrators"),
    "desks": N_("desks and administrators"),
}
STANDS_ON = ("people",)
ABOUT = About(
    acts={
        "codes.seen": N_("Log-in codes looked at"),
        "login": N_("Logged in"),
        "login.failed": N_("Log-in failed"),
        "logout": N_("Logged out"),
        "logout.others": N_("Logged out everywhere else"),
        "notice.seen": N_("Saw what others did to the account"),
        "second.failed": N_("Wrong code of the second factor"),
        "second.off": N_("Second factor switched off"),
        "second.on": N_("Second factor set up"),
        "second.pass": N_("Code of the second factor accepted"),
        "second.recovery": N_("Recovery code used"),
        "password.change": N_("Password changed"),
    },
    things={
        "codes": N_("codes of the county office and the administrators"),
    },
    facts={
        "address": N_("address"),
        "device": N_("device"),
        "remembered": N_("phone remembered"),
        "sessions": N_("log-ins"),
        "codes": N_("codes"),
        "tries": N_("failed attempts"),
    },
    own=own.OWN,
    privacy={
        N_("Logging in"): (
            DataUse(
                "login_session: id token_hash person_id device is_remembered created_at seen_at expires_at revoked_at "
                "is_half",
                N_("Each log-in: kind of device, when it began, was last used and ends"),
                N_("So that you can end the log-in of a lost phone."),
                "ended",
                "oneself person.help",
            ),
            DataUse(
                "login_code: id person_id code_hash given_by given_at expires_at used_at",
                N_("One-time codes: who gave one, when, and whether it was used. The code only as a hash"),
                N_("So that you can log in again after forgetting the password."),
                "ended",
                "person.help code.read",
                N_("Those of the county office and the administrators stay as long as the log."),
            ),
            DataUse(
                "second_factor: person_id sealed made_at confirmed_at last_step; "
                "recovery_code: id person_id code_hash used_at",
                N_(
                    "The second factor, if you have one: the secret of your app, encrypted; "
                    "recovery codes only as hashes"
                ),
                N_("So that a stolen password alone opens nothing."),
                "second",
            ),
            DataUse(
                "throttle: key since count",
                N_("Failed attempts: log-in name as a hash, network address, number of the device"),
                N_("To stop password guessing."),
                "brake",
            ),
        ),
    },
    settings=setting_rules("""
key                   right         least  unit    group
idle_minutes          system.edit   5      minute  login
session_hours         system.edit   1      hour    login
code_minutes          system.edit   1      minute  login
slip_days             system.edit   1      day     login
login_failures        system.edit   3      time    login
lock_minutes          system.edit   1      minute  login
remember_phone_days   setting.edit  -      day     login   # whether an officer keeps his own phone logged in
""")
    | {"second_factor": SettingRule("system.edit", group="login", choices=WHO_NEEDS_ONE)},
    forget=retention.forget,
    sweep={"sessions": retention.SESSIONS, "codes": retention.CODES, "tries": retention.TRIES},
)
