"""Tables and migrations of both databases, what older SQLite files become, and a PostgreSQL that goes away."""

import contextlib
import sqlite3
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from mnemoscope_server.errors import IndexTrouble
from mnemoscope_server.storage.database import migrate, sqlite, tables
from mnemoscope_server.storage.database.protocol import VERSION, revision
from mnemoscope_server.storage.index import Index, fields, replace
from tests.server.stored import entry

AS_RELEASED = """
CREATE TABLE recordings (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, task TEXT NOT NULL, models TEXT NOT NULL, steps INTEGER NOT NULL,
  status TEXT NOT NULL, created TEXT NOT NULL, bytes INTEGER NOT NULL, visibility TEXT NOT NULL, expires TEXT,
  owner TEXT NOT NULL, modified INTEGER NOT NULL DEFAULT 0);
CREATE INDEX recordings_created ON recordings (created);
CREATE TABLE expired (id TEXT PRIMARY KEY, expires TEXT NOT NULL);
PRAGMA user_version = 3;
INSERT INTO recordings VALUES
  ('bbb', 'second', 'copy', '[]', 7, 'ended', '2026-01-01T00:00:00Z', 12, 'listed', NULL, 'somebody', 99),
  ('aaa', 'third', 'copy', '[]', 7, 'ended', '2026-01-01T00:00:00Z', 12, 'private', '2999-01-01T00:00:00Z', '', 0);
INSERT INTO expired VALUES ('gone', '2020-01-01T00:00:00Z');
"""
"""The third version, as it was written before there were migrations."""


@pytest.fixture
def released(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "index.sqlite")) as database:
        database.executescript(AS_RELEASED)
    return tmp_path


def version(folder):
    with contextlib.closing(sqlite3.connect(folder / "index.sqlite")) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


def test_a_released_index_is_taken_over_with_all_that_is_in_it(released):
    """Owners, times, what expired, and the order in which recordings of one second came."""
    for _ in range(2):
        with contextlib.closing(Index(released)) as made:
            assert [(e.title, e.owner, e.modified, e.blob) for e in made.latest()] == [
                ("third", "", 0, ""),
                ("second", "somebody", 99, ""),
            ]
            assert (made.expires("gone"), made.expires("aaa")) == ("2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
        assert version(released) == VERSION
        assert not (released / "set-aside").exists()


def test_a_migration_that_fails_changes_nothing_and_the_index_goes_on_in_memory(released, monkeypatch, caplog):
    """A full disk in the middle of it, for one."""
    upgrade = migrate.upgrade

    def broken(connection, **more):
        upgrade(connection, **more)
        raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(migrate, "upgrade", broken)
    with contextlib.closing(Index(released)) as made:
        assert made.volatile
        assert len(made.rows()) == 2
        assert "kept in memory" in caplog.text
        monkeypatch.setattr(migrate, "upgrade", upgrade)
        assert version(released) == 3
        made.settle()
        assert not made.volatile
    assert version(released) == VERSION


def test_listing_an_older_index_needs_no_migration(released):
    """`fsck` without --mend looks at the rows and changes nothing."""
    before = (released / "index.sqlite").read_bytes()
    with contextlib.closing(Index(released, writable=False)) as made:
        assert (len(made.rows()), made.unread) == (2, "")
    assert (released / "index.sqlite").read_bytes() == before


def test_an_embedded_server_loads_no_sqlalchemy(tmp_path):
    """It would be a quarter of its start."""
    code = (
        "import sys; from pathlib import Path; from mnemoscope_server.storage.store import Store; "
        f"Store(Path({str(tmp_path / 'data')!r})).close(); import mnemoscope_server.app, mnemoscope.cli.main; "
        "print(sorted({'sqlalchemy', 'alembic', 'psycopg', 'obstore'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_new_file_has_the_tables_of_the_migrations():
    """`schema.sql` is made from them: python -m mnemoscope_server.storage.database.tables"""
    assert tables.SCHEMA.read_text(encoding="utf-8") == tables.schema()
    assert ScriptDirectory.from_config(migrate.config()).get_current_head() == revision(VERSION)
    assert set(sqlite.TABLES) <= tables.metadata("sqlite").tables.keys()


@pytest.mark.parametrize("index_url", ["sqlite", "postgresql"], indirect=True)
def test_migrations_lead_to_the_tables(index_url, released):
    Index(released, url=index_url).close()
    address = sa.make_url(index_url or f"sqlite:///{released}/index.sqlite")
    engine = sa.create_engine(address.set(drivername="postgresql+psycopg") if index_url else address)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata(engine.dialect.name)) == []
    engine.dispose()
    assert [field.name for field in fields(type(entry(1)))] == [
        column.name for column in tables.metadata(engine.dialect.name).tables["recordings"].columns if column.name != "number"
    ]  # fmt: skip


def test_servers_that_start_at_once_migrate_once(postgres):
    url, made, wrong = postgres.database(), [], []

    def begin():
        try:
            made.append(Index(None, url=url))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    made[0].put(entry(1))
    assert [len(index.rows()) for index in made] == [1] * 4
    for index in made:
        index.close()


def test_a_database_of_a_newer_version_is_a_sentence(postgres):
    url = postgres.database()
    with contextlib.closing(Index(None, url=url)) as made, made._database.writing() as execute:
        execute("UPDATE alembic_version SET version_num = :newer", {"newer": revision(VERSION + 1)})
    with pytest.raises(IndexTrouble, match="made by a newer version of Mnemoscope"):
        Index(None, url=url)


def test_what_one_server_does_another_knows_at_once(postgres):
    """Expiry too: a link whose time is over opens on neither."""
    url = postgres.database()
    with contextlib.closing(Index(None, url=url)) as here, contextlib.closing(Index(None, url=url)) as there:
        over = replace(entry(1), expires="2020-01-01T00:00:00Z", blob="one")
        here.put(over)
        assert there.expires(over.id) == over.expires
        here.put(replace(over, blob=""))
        assert there.get(over.id).blob == "one", "a row without an object does not forget which there is"
        assert there.exchange(replace(over, title="new", blob="two"), "one")
        assert not here.exchange(replace(over, title="late", blob="three"), "one"), "the other was first"
        assert (here.get(over.id).title, here.get(over.id).blob) == ("new", "two")
        here.remove(over.id)
        assert (there.get(over.id), there.expires(over.id)) == (None, over.expires)


def test_a_title_with_a_zero_byte_is_a_title(postgres):
    """PostgreSQL takes none, and a file may say anything."""
    with contextlib.closing(Index(None, url=postgres.database())) as made:
        made.put(replace(entry(1), title="a\0b"))
        assert [e.title for e in made.rows()] == ["ab"]


def test_a_database_that_restarts_is_trouble_meanwhile_and_then_none(postgres):
    """What must be written is owed and written later; nothing has to be started again."""
    with contextlib.closing(Index(None, url=postgres.database())) as made:
        kept, gone = entry(1), entry(2)
        made.put(kept)
        made.put(gone)
        postgres.stop()
        try:
            for asked in (made.rows, lambda: made.get(kept.id), lambda: made.put(entry(3)), lambda: made.expires("x")):
                with pytest.raises(IndexTrouble, match="cannot be used"):
                    asked()
            made.put_eventually(replace(kept, steps=77))
            made.remove(gone.id)
            with pytest.raises(IndexTrouble):
                made.settle()
        finally:
            postgres.start()
        assert [(e.id, e.steps) for e in made.rows()] == [(kept.id, 77)]
        made.settle()
        assert made._database.read("SELECT id, steps FROM recordings") == [(kept.id, 77)]


def test_a_database_that_is_not_there_is_a_sentence_without_the_password(tmp_path):
    with pytest.raises(IndexTrouble, match="cannot be used") as caught:
        Index(tmp_path, url="postgresql://somebody:secretword@127.0.0.1:1/index")
    assert "secretword" not in str(caught.value)
