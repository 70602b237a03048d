"""What went wrong around the program, in one line for who runs it: the database, a file, an address,
never our own code."""

from alembic.util import CommandError
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError, ProgrammingError

from migrations.ops import Unfit
from seeds import SeedError

from ..core.db import BadAddress
from ..core.errors import Refused
from .identity import Strange

#: A word of the engine's own message → what to do; the first that fits.
ADVICE = (
    ("not a database", "Move that file away, or restore a backup into an empty place."),
    ("malformed", "Stop everything that uses it, and restore a backup into an empty place."),
    ("locked", "Another program holds it: stop that one, or try again in a while."),
    ("unable to open", "Its folder has to be there, and this user has to be allowed to write in it."),
    ("readonly", "This user has to be allowed to write it and its folder."),
    ("full", "Make room on the disk."),
    ("", "Does the server run, and do host, name and password fit?"),
)


def explained(error: BaseException) -> str | None:
    """One line on a fault that an operator can mend, and how; None for anything that can only be ours."""
    if isinstance(error, Refused):
        return error.message % error.params
    if isinstance(error, BadAddress | SeedError | Strange | Unfit):
        return str(error)
    if isinstance(error, CommandError):  # Alembic's: a revision that this program does not have
        return (
            "The database is of a wangge that this program does not know, perhaps a newer one "
            f"({error}). Update this one first."
        )
    if isinstance(error, DBAPIError) and _is_around_us(error):
        return _database(str(error.orig))
    if isinstance(error, OSError):
        return _file(error)
    return None


def _is_around_us(error: DBAPIError) -> bool:
    """Whether the database is at fault, not a statement of ours; a wrong word in its address has no statement."""
    is_address = isinstance(error, ProgrammingError) and error.statement is None
    return is_address or isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def _database(said: str) -> str:
    first = (said.splitlines() or ["no word why"])[0].rstrip(". ")
    advice = next(advice for word, advice in ADVICE if word in first)
    return f"The database cannot be used: {first}. {advice} DATABASE_URL, or DATA_DIR without it, says where it is."


def _file(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}. Is the place there, with room, and may this user read and write it?"
