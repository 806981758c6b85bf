"""The object of the bucket that is a recording now."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("blob", sa.Text(), nullable=False, server_default=sa.text("''")))
