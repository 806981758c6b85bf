"""When the file of a row was last written, in ns."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    whole = sa.BigInteger() if on_postgresql else sa.Integer()
    op.add_column("recordings", sa.Column("modified", whole, nullable=False, server_default=sa.text("0")))
