"""Words for taking back what rests with nobody: a move, two acts beside the state, and a look that nobody can answer."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import Unfit

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Vocabulary → its new words, and the column that may hold them.
WORDS = {
    "report_action": (("take_back", "withdraw_look", "release_part"), "report_event", "action"),
    "look_answer": (("withdrawn",), "site_look", "answer"),
}


def upgrade() -> None:
    for name, (words, _, _) in WORDS.items():
        op.bulk_insert(vocabulary(name), [{"code": word} for word in words])


def downgrade() -> None:
    for words, table, column in WORDS.values():
        refuse_used(words, table, column)
    for name, (words, _, _) in WORDS.items():
        codes = vocabulary(name)
        op.execute(sa.delete(codes).where(codes.c.code.in_(words)))


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
