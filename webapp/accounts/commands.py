"""Commands for administrators: the first one is made here, and only here is help for one who lost his password."""

import click

from ..access import SYSTEM
from ..console import fail, ready
from ..core import passwords


@click.group()
def admin() -> None:
    """Administrators."""


@admin.command("create")
@click.argument("login")
@click.option("--name", prompt=True)
@click.password_option()
def admin_create(login: str, name: str, password: str) -> None:
    """Create a system administrator who can log in and set up everybody else."""
    from .service import create_admin

    if not name.strip():
        fail("An administrator needs a name: the log says who did what.")
    if fault := passwords.fault(password):
        fail("The password: " + fault % {"min": passwords.SHORTEST, "max": passwords.LONGEST})
    _, store = ready()
    hashed = passwords.make(password)
    with store.write() as session:
        create_admin(session, login, name.strip(), hashed)
    click.echo(f"Administrator {login} created.")


@admin.command("code")
@click.argument("login")
def admin_code(login: str) -> None:
    """Print a one-time log-in code for somebody who can get none from the office above, such as the administrator."""
    from ..people import queries
    from . import service

    _, store = ready()
    with store.read() as session:
        person = queries.by_login(session, login)
        person_id = person.id if person else fail(f"Nobody is called {login}.")
    code = passwords.code()
    hashed = passwords.make(code)
    with store.write() as session:
        service.give_code(session, SYSTEM, person_id, hashed)
    click.echo(f"Log-in code of {login}, once: {code}")


COMMANDS = (admin,)
