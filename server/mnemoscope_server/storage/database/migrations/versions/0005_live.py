"""Runs that go on, and who keeps them, where several servers share their engines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    text = postgresql.TEXT(collation="C") if on_postgresql else sa.Text()
    op.create_table(
        "live",
        sa.Column("id", text, primary_key=True, nullable=not on_postgresql),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("engine", "keeper", "owner", "client")),
        *(sa.Column(name, sa.Float(53), nullable=False) for name in ("beat", "watched")),
    )
