"""Words have tables of their own, a UUID is sixteen bytes on SQLite, photos become attachments of anything, the role
``evaluator`` becomes ``inspector``, and the version of a grid that is in force is a stored pointer.

One revision for the five, so that the large tables of a filled SQLite database are written anew once.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.ops import (
    UUID,
    Reference,
    Unfit,
    create_vocabulary,
    is_sqlite,
    rebuild,
    refuse_any,
    refuse_broken_references,
    strangers,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Vocabulary → width, and the words known now; "-" is the empty one.
VOCABULARIES = {
    "assignment_role": (10, "lead coop"),
    "attachment_kind": (20, "image document"),
    "body_kind": (20, "department station committee"),
    "deadline_kind": (20, "- at_once by_date by_date_kept_up ongoing long_term"),
    "department_kind": (20, "government department party court enterprise township village group unknown"),
    "dispatch_ground": (20, "duty none_listed minutes instruction"),
    "duty_role": (20, "responsible lead cooperate leader"),
    "duty_tier": (20, "province city county township village enterprise any"),
    "entry_mode": (20, "on_the_day later for_someone"),
    "figure_kind": (
        20,
        "meeting disclosure closing_step sanction patrol_target supervisor evaluation target frequency other",
    ),
    "language": (5, "zh en"),
    "list_status": (20, "ok to_confirm unknown"),
    "look_answer": (20, "right not_yet"),
    "problem_category": (40, "air water soil noise solid_waste ecology radiation other -"),
    "report_action": (
        30,
        "submit settle give_back supplement cannot_add assign handle confirm redo raise dispatch dismiss receive bounce "
        "reopen unsettle ask_look look_answer coop_result sample correct",
    ),
    "report_state": (
        20,
        "township returned station station_done township_done county department handling department_done closed void",
    ),
    "role": (
        30,
        "grid_officer township_supervisor county_office department_liaison station_officer leader inspector system_admin "
        "audit_admin",
    ),
    "setting_type": (20, "int bool text time"),
    "severity": (20, "minor moderate severe emergency"),
    "time_unit": (20, "minute hour work_hour work_day calendar_day"),
    "topic": (
        40,
        "air water soil noise solid_waste chemicals ecology rural livestock straw drinking_water projects emergency "
        "enforcement monitoring grid planning finance publicity inspection_rectification energy other",
    ),
    "visit_result": (20, "normal problem could_not_see"),
    "word_kind": (40, "severity first_measure could_not_see return_missing result ground category label"),
}

#: Table, column, what it names.
REFERENCES = tuple(
    Reference(*line.split())
    for line in """
assignment    ground         dispatch_ground
assignment    role           assignment_role
body          canonical      department
body          kind           body_kind
department    kind           department_kind
duty          deadline_kind  deadline_kind
duty          role           duty_role
duty          status         list_status
duty          tier           duty_tier
duty          topic          topic
figure        kind           figure_kind
figure        status         list_status
patrol        entry_mode     entry_mode
person        language       language
posting       role           role
problem_type  category       problem_category
report        entry_mode     entry_mode
report        severity       severity
report        state          report_state
report_event  action         report_action
report_event  from_state     report_state
report_event  role           role
report_event  to_state       report_state
setting       kind           setting_type
site_look     answer         look_answer
succession    status         list_status
time_limit    unit           time_unit
visit         result         visit_result
word          kind           word_kind
""".strip().splitlines()
)

#: Columns that hold a UUID, where SQLite had its letters.
UUIDS = {
    "assignment": ("report_id",),
    "feedback": ("id",),
    "patrol": ("id",),
    "report": ("id", "patrol_id", "recurs_id"),
    "report_event": ("id", "report_id"),
    "report_joint": ("report_id",),
    "report_problem": ("report_id",),
    "site_look": ("id", "report_id"),
    "visit": ("id", "patrol_id"),
}
LETTERS, BYTES = "CHAR(32)", "BLOB(16)"
TABLES = sorted({reference.table for reference in REFERENCES} | set(UUIDS))


def upgrade() -> None:
    refuse_strangers()
    for name, (length, _) in VOCABULARIES.items():
        create_vocabulary(name, length, words(name))
    rename_role("evaluator", "inspector")
    create_attachments()
    if is_sqlite():
        know_bytes()
        for table in TABLES:
            rebuild(table, as_bytes(table), add=[each.constraint for each in references_of(table)], drop=())
    else:
        for each in REFERENCES:
            op.create_foreign_key(op.f(each.name), each.table, each.to, [each.column], [each.key])
    photos_to_attachments()
    point_to_versions()
    refuse_broken_references()


def downgrade() -> None:
    refuse_what_is_no_photo()
    refuse_planned_versions()
    forget_pointers()
    if is_sqlite():
        for table in TABLES:
            rebuild(table, as_letters(table), add=(), drop=[each.name for each in references_of(table)])
    else:
        for each in REFERENCES:
            op.drop_constraint(each.name, each.table, type_="foreignkey")
    create_photo()
    attachments_to_photos()
    rename_role("inspector", "evaluator")
    for name in VOCABULARIES:
        op.drop_table(name)
    refuse_broken_references()


# --- words ---------------------------------------------------------------------------------------------


def words(name: str) -> list[str]:
    return ["" if word == "-" else word for word in VOCABULARIES[name][1].split()]


def refuse_strangers() -> None:
    """A word that no vocabulary has would lose its row its place; whoever runs this decides what it should be."""
    found = [line for each in REFERENCES for line in strangers(each, known(each))]
    if found:
        raise Unfit(
            f"These columns hold words that this program does not know: {'; '.join(found)}. Nothing was changed. "
            "Put them right, or ask who changed the records by hand, and run this again."
        )


def known(reference: Reference) -> set[str]:
    if reference.to in VOCABULARIES:
        return {*words(reference.to), *(["evaluator"] if reference.to == "role" else [])}
    return set(op.get_bind().scalars(sa.text(f"select {reference.key} from {reference.to}")))


def rename_role(old: str, new: str) -> None:
    """In postings, in the history, and in the log, whose lines go on saying what they said."""
    connection = op.get_bind()
    for name in ("posting", "report_event"):
        column: sa.ColumnClause[str] = sa.column("role")
        connection.execute(sa.update(sa.table(name, column)).where(column == old).values(role=new))
    key: sa.ColumnClause[int] = sa.column("id")
    detail: sa.ColumnClause[Any] = sa.column("detail", sa.JSON())
    log = sa.table("audit_log", key, detail)
    naming = sa.select(key, detail).select_from(log).where(sa.cast(detail, sa.Text).like(f'%"{old}"%'))
    for id_, given in connection.execute(naming).all():
        if given.get("role") == old:
            connection.execute(sa.update(log).where(key == id_).values(detail=given | {"role": new}))


# --- tables anew ---------------------------------------------------------------------------------------


def references_of(table: str) -> list[Reference]:
    return [each for each in REFERENCES if each.table == table]


def know_bytes() -> None:
    """The platform's SQLite may be too old for unhex()."""
    raw = op.get_bind().connection.dbapi_connection
    assert raw is not None
    raw.create_function("uuid_bytes", 1, lambda letters: letters and bytes.fromhex(letters), deterministic=True)


def as_bytes(table: str) -> dict[str, tuple[str, str, str]]:
    return {name: (LETTERS, BYTES, f"uuid_bytes({name})") for name in UUIDS.get(table, ())}


def as_letters(table: str) -> dict[str, tuple[str, str, str]]:
    made = "case when {0} is null then null else lower(hex({0})) end"  # hex() makes an empty text of nothing
    return {name: (BYTES, LETTERS, made.format(name)) for name in UUIDS.get(table, ())}


# --- evidence ------------------------------------------------------------------------------------------


def create_attachments() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("copy", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["kind"], ["attachment_kind.code"], name=op.f("fk_attachment_kind")),
        sa.ForeignKeyConstraint(["received_by"], ["person.id"], name=op.f("fk_attachment_received_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_table(
        "report_attachment",
        sa.Column("attachment_id", UUID, nullable=False),
        sa.Column("report_id", UUID, nullable=False),
        sa.Column("event_id", UUID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_report_attachment_attachment_id")),
        sa.ForeignKeyConstraint(["event_id"], ["report_event.id"], name=op.f("fk_report_attachment_event_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_attachment_report_id")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_report_attachment")),
    )


def photos_to_attachments() -> None:
    """When and from whom a photo came is known from the report or the move that it came with; its size is not."""
    made = "uuid_bytes({})" if is_sqlite() else "{}"
    id_, report_id, event_id = (made.format(f"photo.{name}") for name in ("id", "report_id", "event_id"))
    op.execute(
        f"""insert into attachment (id, kind, sha256, copy, size, width, height, media_type, name, received_at, received_by)
            select {id_}, 'image', sha256, copy, null, width, height, 'image/jpeg', null,
              case when event_id is null then report.received_at else report_event.at end,
              case when event_id is null then report.entered_by else report_event.person_id end
            from photo join report on report.id = {report_id}
              left join report_event on report_event.id = {event_id}"""
    )
    op.execute(
        f"""insert into report_attachment (attachment_id, report_id, event_id, position)
            select {id_}, {report_id}, {event_id}, position from photo"""
    )
    op.drop_table("photo")
    op.create_index(op.f("ix_report_attachment_report_id"), "report_attachment", ["report_id"])


def create_photo() -> None:
    """As it stood in 0001."""
    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("copy", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["report_event.id"], name=op.f("fk_photo_event_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_photo_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )


def refuse_what_is_no_photo() -> None:
    """Evidence that 0001 has no place for stops the way down. Of photos it keeps neither size nor when and by whom."""
    refuse_any(
        "0001",
        "attachments that are no photos of reports",
        """select count(*) from attachment where kind <> 'image'
           or id not in (select attachment_id from report_attachment)""",
    )


def attachments_to_photos() -> None:
    made = "lower(hex({}))" if is_sqlite() else "{}"
    id_, report_id, event_id = (made.format(name) for name in ("attachment_id", "report_id", "event_id"))
    null_or = f"case when event_id is null then null else {event_id} end"  # hex() makes '' of nothing
    op.execute(
        f"""insert into photo (id, report_id, event_id, sha256, copy, width, height, position)
            select {id_}, {report_id}, {null_or}, sha256, copy, width, height, position
            from report_attachment join attachment on attachment.id = attachment_id"""
    )
    op.drop_table("report_attachment")
    op.drop_table("attachment")
    op.create_index(op.f("ix_photo_report_id"), "photo", ["report_id"])


# --- the grid in force is a stored pointer, not the lack of an end: planned versions can stand beside it ---


def point_to_versions() -> None:
    op.create_table(
        "grid_current",
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_current_grid_id")),
        sa.ForeignKeyConstraint(["version_id"], ["grid_version.id"], name=op.f("fk_grid_current_version_id")),
        sa.PrimaryKeyConstraint("grid_id", name=op.f("pk_grid_current")),
        sa.UniqueConstraint("version_id", name=op.f("uq_grid_current_version_id")),
    )
    op.execute(
        "insert into grid_current (grid_id, version_id) select grid_id, id from grid_version where valid_to is null"
    )
    op.drop_index("uq_grid_version_current", table_name="grid_version")


def refuse_planned_versions() -> None:
    """On the way down the lack of an end has to say again what is in force: a planned version would come into force."""
    refuse_any(
        "0001",
        "versions of grids that are planned",
        """select count(*) from grid_version where valid_to is null
           and id not in (select version_id from grid_current)""",
    )


def forget_pointers() -> None:
    op.create_index(
        "uq_grid_version_current",
        "grid_version",
        ["grid_id"],
        unique=True,
        sqlite_where=sa.text("valid_to is null"),
        postgresql_where=sa.text("valid_to is null"),
    )
    op.drop_table("grid_current")
