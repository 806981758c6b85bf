"""The tables, once. Migrations lead to them in both databases, and `schema.sql` is made from them:

    python -m mnemoscope_server.storage.database.tables

A new SQLite file gets its tables from there: loading SQLAlchemy would make every first start of a server on one machine slower.
"""

import functools
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from mnemoscope_server.storage.database.protocol import VERSION

SCHEMA = Path(__file__).with_name("schema.sql")
Text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that is sorted by its bytes: ids and points in time."""


@functools.cache
def metadata(dialect: str) -> sa.MetaData:
    """The tables in the database of a dialect ("sqlite", "postgresql")."""
    tables = sa.MetaData()
    recordings = sa.Table(
        "recordings",
        tables,
        sa.Column("id", Text, primary_key=True, nullable=dialect == "sqlite"),  # as the first SQLite files have it
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "task", "models")),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created", Text, nullable=False),
        sa.Column("bytes", _Long, nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("expires", Text),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("modified", _Long, nullable=False, server_default=sa.text("0")),
        sa.Column("blob", sa.Text(), nullable=False, server_default=sa.text("''")),
    )
    sa.Index("recordings_created", recordings.c.created)
    if dialect == "postgresql":  # SQLite has its rowid
        recordings.append_column(sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False))
    sa.Table(
        "expired",
        tables,
        sa.Column("id", Text, primary_key=True, nullable=dialect == "sqlite"),
        sa.Column("expires", Text, nullable=False),
    )
    sa.Table(
        "live",  # runs of servers that share engines: sessions/directory.py
        tables,
        sa.Column("id", Text, primary_key=True, nullable=dialect == "sqlite"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("engine", "keeper", "owner", "client")),
        *(sa.Column(name, sa.Float(53), nullable=False) for name in ("beat", "watched")),
        *(sa.Column(name, sa.Text()) for name in ("seat", "wheel")),
    )
    return tables


_Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def schema() -> str:
    """The tables of a new SQLite file, as its statements."""
    tables, dialect = metadata("sqlite"), sqlite.dialect()
    made: list[str] = []
    for table in tables.sorted_tables:
        made.append(str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)).strip())
        made += [str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect)) for index in table.indexes]
    made.append(f"PRAGMA user_version = {VERSION}")
    return "".join(" ".join(statement.split()) + ";\n" for statement in made)


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
