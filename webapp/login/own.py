"""What of logging in is about one person, for the file that he gets of it: never a hash, a code or a secret."""

from ..core.errors import N_
from ..core.own import ME, OwnSheet, shown
from ..core.tongue import Tongue
from .models import LoginCode, LoginSession, RecoveryCode, SecondFactor


def device(tongue: Tongue, words: str) -> str:
    """A device in the reader's language: each part is a word, or a brand that is no word."""
    return " · ".join(tongue.word(part) for part in words.split(", ") if part)


LOG_INS = OwnSheet(
    30,
    N_("Log-ins"),
    LoginSession,
    LoginSession.person_id == ME,
    (
        shown(N_("Device"), LoginSession.device, say=device),
        shown(N_("Began"), LoginSession.created_at),
        shown(N_("Last used"), LoginSession.seen_at),
        shown(N_("Expires"), LoginSession.expires_at),
        shown(N_("Ended"), LoginSession.revoked_at),
        shown(N_("Phone remembered"), LoginSession.is_remembered),
        shown(N_("Second factor still to come"), LoginSession.is_half),
    ),
    (LoginSession.created_at, LoginSession.id),
)
CODES = OwnSheet(
    40,
    N_("Log-in codes given to me"),
    LoginCode,
    LoginCode.person_id == ME,
    (
        shown(N_("Code given"), LoginCode.given_at),
        shown(N_("Valid until"), LoginCode.expires_at),
        shown(N_("Code used"), LoginCode.used_at),
    ),
    (LoginCode.given_at, LoginCode.id),
)
FACTOR = OwnSheet(
    50,
    N_("Second factor"),
    SecondFactor,
    SecondFactor.person_id == ME,
    (shown(N_("Begun"), SecondFactor.made_at), shown(N_("In use since"), SecondFactor.confirmed_at)),
    (SecondFactor.person_id,),
)
RECOVERY = OwnSheet(
    51,
    N_("Recovery codes"),
    RecoveryCode,
    RecoveryCode.person_id == ME,
    (shown(N_("Used"), RecoveryCode.used_at.is_not(None)), shown(N_("When"), RecoveryCode.used_at)),
    (RecoveryCode.id,),
)
OWN = (LOG_INS, CODES, FACTOR, RECOVERY)
