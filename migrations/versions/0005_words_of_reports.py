"""The search finds reports by pairs of neighbouring characters, whatever the number of reports."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from alembic import op

from migrations.ops import UUID

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 2000  # reports whose pairs are written together


def upgrade() -> None:
    table = op.create_table(
        "report_pair",
        sa.Column("pair", sa.String(2).with_variant(sa.String(2, collation="C"), "postgresql"), nullable=False),
        sa.Column("report_id", UUID, nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_pair_report_id")),
        sa.PrimaryKeyConstraint("pair", "report_id", name=op.f("pk_report_pair")),
        sqlite_with_rowid=False,
    )
    for reports in said():
        op.get_bind().execute(sa.insert(table), list(rows(reports)))
    op.create_index(op.f("ix_report_pair_report_id"), "report_pair", ["report_id"])
    op.create_index(op.f("ix_report_problem_problem_report_id"), "report_problem", ["problem", "report_id"])


def said() -> Iterator[list[sa.Row[tuple[object, str, str | None]]]]:
    """Id, place and sentence of all reports, some at once."""
    report = sa.table("report", sa.column("id", UUID), sa.column("place", sa.Text()), sa.column("note", sa.Text()))
    some = sa.select(report).order_by(report.c.id).limit(AT_ONCE)
    found = op.get_bind().execute(some).all()
    while found:
        yield list(found)
        found = op.get_bind().execute(some.where(report.c.id > found[-1].id)).all()


def rows(reports: Iterable[sa.Row[tuple[object, str, str | None]]]) -> Iterator[dict[str, object]]:
    """What report/pairs.py writes of them."""
    for id_, *texts in reports:
        words = [word for text in texts for word in (text or "").lower().split()]
        for pair in sorted({word[at : at + 2] for word in words for at in range(len(word))}):
            yield {"pair": pair, "report_id": id_}


def downgrade() -> None:
    op.drop_index(op.f("ix_report_problem_problem_report_id"), "report_problem")
    op.drop_table("report_pair")
