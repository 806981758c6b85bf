"""Who drives a run that goes on: the browser that began it, and the key of its wheel."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    for name in ("seat", "wheel"):
        op.add_column("live", sa.Column(name, sa.Text()))
