"""Bring tables up to date by Alembic: the migrations of `migrations/versions`, the same for SQLite and PostgreSQL.

Only loaded where there is something to do, since it is slow to load.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from mnemoscope_server.storage.database.protocol import VERSION, revision

MIGRATIONS = Path(__file__).with_name("migrations")


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, for a connection."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: sa.Connection, *, version: int | None = None) -> None:
    """Migrate to this version, inside the transaction of the connection. Raises SQLAlchemyError.

    version: what the tables are, where Alembic has never seen them.
    """
    settings = config(connection)
    if version is not None:
        command.stamp(settings, revision(version), purge=True)
    command.upgrade(settings, revision(VERSION))
