"""Commands for administrators: the first one is made here, and only here is help for one who lost his password."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

from ..access import SYSTEM
from ..console import fail, ready
from ..core import passwords
from ..core.db import Store


def _account(make: Callable[..., None]) -> Callable[..., None]:
    """What a command asks for that makes an account."""
    asked = (click.argument("login"), click.option("--name", prompt=True), click.password_option())
    for one in reversed(asked):
        make = one(make)
    return make


@click.group()
def admin() -> None:
    """Administrators."""


@admin.command("create")
@_account
def admin_create(login: str, name: str, password: str) -> None:
    """Create a system administrator who can log in and set up everybody else."""
    _create(login, name, password, "system_admin")
    click.echo(f"Administrator {login} created.")


@click.group()
def auditor() -> None:
    """Audit administrators: who reads the log is made, helped and ended here, and by nobody on a page."""


@auditor.command("create")
@_account
def auditor_create(login: str, name: str, password: str) -> None:
    """Create an audit administrator, who reads the log and changes nothing."""
    _create(login, name, password, "audit_admin")
    click.echo(f"Audit administrator {login} created.")


@auditor.command("end")
@click.argument("login")
def auditor_end(login: str) -> None:
    """End somebody's posting as audit administrator, and all his log-ins."""
    from .service import end_auditor

    store, person_id = _person(login)
    with store.write() as session:
        ended = end_auditor(session, person_id)
    if not ended:
        fail(f"{login} is no audit administrator.")
    click.echo(f"{login} is an audit administrator no longer.")


def _create(login: str, name: str, password: str, role: str) -> None:
    from .service import create_admin

    if not name.strip():
        fail("An administrator needs a name: the log says who did what.")
    if fault := passwords.fault(password):
        fail("The password: " + fault % {"min": passwords.SHORTEST, "max": passwords.LONGEST})
    _, store = ready()
    hashed = passwords.make(password)
    with store.write() as session:
        create_admin(session, login, name.strip(), hashed, role)


def _person(login: str) -> tuple[Store, int]:
    """The database, and whose log-in name it is."""
    from ..people import queries

    _, store = ready()
    with store.read() as session:
        person = queries.by_login(session, login)
        return store, person.id if person else fail(f"Nobody is called {login}.")


@admin.command("code")
@click.argument("login")
def admin_code(login: str) -> None:
    """Print a one-time log-in code for somebody who can get none from the office above, such as the administrator."""
    from . import service

    store, person_id = _person(login)
    code = passwords.code()
    hashed = passwords.make(code)
    with store.write() as session:
        service.give_code(session, SYSTEM, person_id, hashed)
    click.echo(f"Log-in code of {login}, once: {code}")


@click.group("second-factor")
def second_factor() -> None:
    """The second factor of a log-in."""


@second_factor.command("reset")
@click.argument("login")
def second_factor_reset(login: str) -> None:
    """Take it away from somebody who lost the phone with his authenticator app; all his log-ins end."""
    from ..core.errors import Refused
    from . import service

    store, person_id = _person(login)
    try:
        with store.write() as session:
            service.reset_second(session, SYSTEM, person_id)
    except Refused as refusal:
        fail(refusal.message)
    click.echo(f"The second factor of {login} is reset.")


@click.group()
def person() -> None:
    """What is kept about somebody: a copy of it, and an end to it."""


@person.command("export")
@click.argument("login")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def person_export(login: str, file: Path, language: str) -> None:
    """Write all that is kept about a person into FILE (xlsx), for one who cannot log in to download it himself."""
    from .. import domains
    from ..core import audit, own
    from ..core.tongue import Tongue
    from ..translations.spoken import speaker

    store, person_id = _person(login)
    try:
        out = file.open("xb")
    except FileExistsError:
        fail(f"{file} is there already. Name a file that is not there yet.")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    try:
        with out, store.read() as session:
            own.write(session, domains.own(), person_id, Tongue(language, speaker(language)), out)
    except BaseException:
        with suppress(OSError):
            file.unlink()
        raise
    with store.write() as session:
        audit.note(session, None, "person.export", f"person:{person_id}")
    click.echo(f"{file}: what is kept about {login}. Hand it to nobody else.")


@person.command("forget")
@click.argument("login")
def person_forget(login: str) -> None:
    """Forget somebody who left, for good: name, telephone, log-ins, messages, positions; records keep a number."""
    from ..core import chain_forget
    from ..core.errors import Refused
    from ..people import queries, retention

    _, store = ready(owner=True)
    try:
        with store.write() as session:
            found = queries.by_login(session, login) or fail(f"Nobody is called {login}.")
            retention.check_has_left(session, found.id)
            number = found.id
            retention.erase(session, [number])
    except Refused as refusal:
        fail(refusal.message)
    chain_forget.forget(store)
    click.echo(f"{login} is forgotten; the records know number {number}.")
    click.echo(
        "The log names the account until its months are over, and backups made before now hold all of it: "
        "make a new backup and delete the older ones."
    )


COMMANDS = (admin, auditor, person, second_factor)
