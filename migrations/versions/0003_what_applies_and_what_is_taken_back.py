"""Which texts apply here, what rests with nobody, and acts that are taken back.

Documents have parts of which a county says whether they apply here, a problem has its duties as rows, and a dispatch on
a duty that is no plain ground says so. What one tap did can be undone, and what rests with nobody is taken back. What
people call a role in a list of names is a table.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import (
    Reference,
    Unfit,
    create_vocabulary,
    is_sqlite,
    rebuild,
    refuse_any,
    refuse_broken_references,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VOCABULARIES = {
    "document_standing": "in_force example draft repealed",
    "ground_doubt": "not_linked not_applied other_tier",
    "problem_role": "lead cooperate tell nobody",
}
DOUBT = Reference("assignment", "doubt", "ground_doubt")
#: Vocabulary → its new words, and the column that may hold them.
WORDS = {
    "report_action": (("undo", "take_back", "withdraw_look", "release_part"), "report_event", "action"),
    "look_answer": (("withdrawn",), "site_look", "answer"),
}


def upgrade() -> None:
    for name, words in VOCABULARIES.items():
        create_vocabulary(name, 20, words.split())
    op.add_column("document", sa.Column("parts", sa.JSON(), nullable=False, server_default="[]"))  # until it is seeded
    op.add_column("assignment", sa.Column("doubt", sa.String(length=20), nullable=True))
    if is_sqlite():
        rebuild("assignment", {}, add=[DOUBT.constraint], drop=())
    else:
        op.create_foreign_key(op.f(DOUBT.name), DOUBT.table, DOUBT.to, [DOUBT.column], [DOUBT.key])
    create_decisions()
    create_problem_duties()
    create_role_words()
    for name, (words, _, _) in WORDS.items():
        op.bulk_insert(vocabulary(name), [{"code": word} for word in words])
    refuse_broken_references()


def downgrade() -> None:
    for what, counted in ONLY_HERE.items():
        refuse_any("0002", what, counted)
    for words, table, column in WORDS.values():
        refuse_used(words, table, column)
    for name, (words, _, _) in WORDS.items():
        codes = vocabulary(name)
        op.execute(sa.delete(codes).where(codes.c.code.in_(words)))
    op.drop_table("role_word")  # its rows are seeds, nothing of the county's is lost
    op.drop_table("problem_duty")
    op.drop_table("document_decision")
    if is_sqlite():
        rebuild("assignment", {}, add=(), drop=[DOUBT.name])
    else:
        op.drop_constraint(op.f(DOUBT.name), DOUBT.table, type_="foreignkey")
    op.drop_column("assignment", "doubt")
    op.drop_column("document", "parts")
    for name in VOCABULARIES:
        op.drop_table(name)
    refuse_broken_references()


def create_decisions() -> None:
    op.create_table(
        "document_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=10), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        *references("document_decision", "document:document.code standing:document_standing.code decided_by:person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_decision")),
    )
    op.create_index(op.f("ix_document_decision_document"), "document_decision", ["document"])


def create_problem_duties() -> None:
    op.create_table(
        "problem_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("duty", sa.String(length=60), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *references(
            "problem_duty",
            "problem:problem_type.code duty:duty.code role:problem_role.code confirmed_by:person.id changed_by:person.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_duty")),
    )
    op.create_index(op.f("ix_problem_duty_problem"), "problem_duty", ["problem"])


def create_role_words() -> None:
    """Empty; ``seed`` fills it."""
    op.create_table(
        "role_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        *references("role_word", "role:role.code"),
        sa.PrimaryKeyConstraint("word", "place", name=op.f("pk_role_word")),
    )


def references(table: str, pairs: str) -> list[sa.ForeignKeyConstraint]:
    """From "column:table.key column:table.key"."""
    return [
        sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"))
        for column, to in (pair.split(":") for pair in pairs.split())
    ]


#: What 0002 could not keep → how many there are.
ONLY_HERE = {
    "dispatches on a duty in doubt": "select count(*) from assignment where doubt is not null",
    "decisions about documents": "select count(*) from document_decision",
    "duties of problems that the county set": "select count(*) from problem_duty where changed_at is not null",
}


def vocabulary(name: str) -> sa.TableClause:
    return sa.table(name, sa.column("code", sa.String()))


def refuse_used(words: tuple[str, ...], table: str, column: str) -> None:
    """What was taken back stays said: such a county cannot go back."""
    used: sa.ColumnClause[str] = sa.column(column)
    number = op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table(table)).where(used.in_(words)))
    if number:
        raise Unfit(
            f"0002 has no word for what {number} rows of {table}.{column} say ({', '.join(words)}). Nothing was changed."
        )
