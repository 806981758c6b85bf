"""Run by Alembic: migrations over the connection that it was given (`migrate.config`), in the transaction of that connection."""

import sqlalchemy as sa
from alembic import context

from mnemoscope_server.storage.database.tables import metadata

connection: sa.Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata(connection.dialect.name))
with context.begin_transaction():
    context.run_migrations()
