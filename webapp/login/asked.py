"""Why each field that must be filled in is asked for here."""

from ..core.asked import LOGIN, Asked
from ..core.errors import N_

AGAIN = N_("A slip of the finger would lock you out.")
ASKED = (
    Asked(N_("Log in"), "LoginForm", {"login": LOGIN, "secret": LOGIN}),
    Asked(N_("Code of the app"), "CodeForm", {"code": LOGIN}),
    Asked(N_("New password"), "PasswordForm", {"new": LOGIN, "again": AGAIN}),
)
