"""Fill the twin's database with the rows of ours, ids and all: ``python -m bench.django_twin.fill SQLALCHEMY_URL``."""

import os
import sys
from typing import Any

import django
from sqlalchemy import select

from webapp.core.db import Store
from webapp.core.models import Word
from webapp.grid.models import Grid, GridVersion
from webapp.patrol.models import Patrol, PatrolObject, Visit
from webapp.people.models import Person, Posting

#: Twin's model name → (our table, the columns both have)
COPIED = {
    "Grid": (Grid, "id path"),
    "GridVersion": (GridVersion, "id grid_id code zh en valid_from valid_to"),
    "Posting": (Posting, "id person_id role grid_id valid_from valid_to"),
    "PatrolObject": (PatrolObject, "id type grid_id zh en valid_from valid_to"),
    "Word": (Word, "kind code"),
    "Patrol": (
        Patrol,
        "id content grid_id grid_version_id person_id entered_by_id entry_mode occurred_at received_at note"
        " lon lat accuracy_m",
    ),
    "Visit": (Visit, "id patrol_id object_id at result reason"),
}


def fill(store: Store) -> None:
    """Make the twin's tables in TWIN_DATABASE and copy; Django must be set up."""
    from django.core.management import call_command
    from django.db import transaction

    from . import models

    call_command("migrate", run_syncdb=True, verbosity=0)
    with store.read() as session, transaction.atomic():
        _people(session)
        for name, (table, columns) in COPIED.items():
            model = getattr(models, name)
            names = columns.split()
            rows = session.execute(
                select(
                    *(
                        getattr(table, column.removesuffix("_id") if column == "entered_by_id" else column)
                        for column in names
                    )
                )
            )
            model.objects.bulk_create([model(**dict(zip(names, row, strict=True))) for row in rows], batch_size=500)


def _people(session: Any) -> None:
    from django.contrib.auth.models import User

    User.objects.bulk_create(
        User(
            id=row.id,
            username=row.login,
            first_name=row.zh,
            password=f"argon2{row.password_hash}" if row.password_hash else "!",
            is_active=row.suspended_at is None,
        )
        for row in session.execute(
            select(Person.id, Person.login, Person.zh, Person.password_hash, Person.suspended_at)
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.django_twin.settings")
    django.setup()
    source = Store(sys.argv[1])
    fill(source)
    source.close()
