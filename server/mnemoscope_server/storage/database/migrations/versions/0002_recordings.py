"""The tables of the second version, which is the first that is taken over and not made again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0002", None


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    text = postgresql.TEXT(collation="C") if on_postgresql else sa.Text()
    op.create_table(
        "recordings",
        sa.Column("id", text, primary_key=True, nullable=not on_postgresql),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "task", "models")),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created", text, nullable=False),
        sa.Column("bytes", sa.BigInteger() if on_postgresql else sa.Integer(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("expires", text),
        sa.Column("owner", sa.Text(), nullable=False),
    )
    op.create_index("recordings_created", "recordings", ["created"])
    if on_postgresql:
        op.add_column("recordings", sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False))
    op.create_table(
        "expired",
        sa.Column("id", text, primary_key=True, nullable=not on_postgresql),
        sa.Column("expires", text, nullable=False),
    )
