"""Who has which run, where several web processes share engines: the table `live` of their index, and its news.

Every run has one keeper, the web process that closes it and gives it to another engine where its own dies. A keeper that has not been
heard of for some seconds is not there any more: whoever is first takes its runs over.
"""

import asyncio
import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mnemoscope_server.storage.database.protocol import Database

log = logging.getLogger("mnemoscope.live")

CHANNEL = "mnemoscope_live"
GONE_SECONDS = 6.0
"""A keeper that has not been heard of for so long is gone."""
AGAIN_SECONDS = 1.0
_NOW = "extract(epoch FROM clock_timestamp())"
_COLUMNS = "id, engine, keeper, owner, client, seat"


@dataclass(frozen=True)
class Live:
    """One run that goes on."""

    id: str
    engine: str
    keeper: str
    owner: str
    client: str
    seat: str | None
    """As `Wheel.seat`."""


class Directory:
    """The runs of all web processes. All methods but `listen` and `close` may be called from any thread, and raise IndexTrouble."""

    def __init__(self, database: Database, url: str, *, web: str) -> None:
        """web: what this web process is called as a keeper."""
        self.web = web
        self._database, self._url = database, url
        self._closed = threading.Event()

    def announce(self, identity: str, engine: str, *, owner: str, client: str, seat: str | None) -> None:
        """A run is kept by this process, and that engine has it."""
        self._say(
            f"INSERT INTO live ({_COLUMNS}, beat, watched) VALUES (:id, :engine, :keeper, :owner, :client, :seat, {_NOW}, {_NOW}) "
            "ON CONFLICT (id) DO UPDATE SET engine = excluded.engine, keeper = excluded.keeper, beat = excluded.beat",
            {"id": identity, "engine": engine, "keeper": self.web, "owner": owner, "client": client, "seat": seat},
        )

    def withdraw(self, identity: str) -> None:
        """A run is over, and closed."""
        self._say("DELETE FROM live WHERE id = :id", {"id": identity})

    def find(self, identity: str) -> Live | None:
        rows = self._database.read(f"SELECT {_COLUMNS} FROM live WHERE id = :id", {"id": identity})
        return Live(*rows[0]) if rows else None

    def wheel(self, identity: str) -> str | None:
        """The key of a run's wheel, whichever process gave it; None = given to nobody."""
        rows = self._database.read("SELECT wheel FROM live WHERE id = :id", {"id": identity})
        return rows[0][0] if rows else None

    def give_wheel(self, identity: str, key: str) -> str | None:
        """Have this be the key of a run's wheel where there is none -> the key. None: the run is over."""
        self._turn("UPDATE live SET wheel = :key WHERE id = :id AND wheel IS NULL", {"id": identity, "key": key})
        return self.wheel(identity)

    def take_wheel_back(self, identity: str) -> None:
        self._turn("UPDATE live SET wheel = NULL WHERE id = :id", {"id": identity})

    def _turn(self, statement: str, values: dict[str, Any]) -> None:
        with self._database.writing() as execute:
            execute(statement, values)

    def identities(self) -> set[str]:
        """All runs that go on."""
        return {row[0] for row in self._database.read("SELECT id FROM live", {})}

    def clients(self) -> Counter[str]:
        """How many runs each client has that others keep; whoever is at one of the machines is not counted."""
        statement = "SELECT client, count(*) FROM live WHERE keeper <> :web AND client <> '' GROUP BY client"
        return Counter({client: int(runs) for client, runs in self._database.read(statement, {"web": self.web})})

    def beat(self) -> dict[str, float]:
        """Say that this process is there -> the runs that it keeps, and for how many seconds nobody has watched each elsewhere."""
        with self._database.writing() as execute:
            execute(f"UPDATE live SET beat = {_NOW} WHERE keeper = :web", {"web": self.web})
        rows = self._database.read(f"SELECT id, {_NOW} - watched FROM live WHERE keeper = :web", {"web": self.web})
        return {row[0]: float(row[1]) for row in rows}

    def watched(self, identities: list[str]) -> None:
        """Somebody watches these runs through this process."""
        with self._database.writing() as execute:
            for identity in identities:
                execute(f"UPDATE live SET watched = {_NOW} WHERE id = :id", {"id": identity})

    def orphans(self) -> list[Live]:
        """Runs whose keeper is gone."""
        statement = f"SELECT {_COLUMNS} FROM live WHERE beat < {_NOW} - :seconds"
        return [Live(*row) for row in self._database.read(statement, {"seconds": GONE_SECONDS})]

    def take_over(self, run: Live) -> bool:
        """Keep a run from here on -> whether this process was the first."""
        with self._database.writing() as execute:
            taken = execute(
                f"UPDATE live SET keeper = :web, beat = {_NOW} WHERE id = :id AND keeper = :keeper AND beat < {_NOW} - :seconds",
                {"web": self.web, "id": run.id, "keeper": run.keeper, "seconds": GONE_SECONDS},
            )
        return taken == 1

    def leave(self) -> None:
        """The process ends: its runs are there to be taken over at once."""
        with self._database.writing() as execute:
            execute("UPDATE live SET beat = 0 WHERE keeper = :web", {"web": self.web})
            execute("SELECT pg_notify(:channel, '')", {"channel": CHANNEL})

    def listen(self, heard: Callable[[str], None]) -> None:
        """Call `heard` in this event loop with the id of every run of which something is new; "" = of some."""
        loop = asyncio.get_running_loop()

        def tell(identity: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(heard, identity)

        threading.Thread(target=self._listen, args=(tell,), name="directory-listen", daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def _say(self, statement: str, values: dict[str, Any]) -> None:
        with self._database.writing() as execute:
            execute(statement, values)
            execute("SELECT pg_notify(:channel, :id)", {"channel": CHANNEL, "id": values["id"]})

    def _listen(self, tell: Callable[[str], None]) -> None:
        import psycopg  # an extra
        import sqlalchemy as sa  # slow to load

        plain = sa.make_url(self._url).set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._closed.is_set():
            try:
                with psycopg.connect(plain, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    tell("")  # whatever happened while nobody listened
                    while not self._closed.is_set():
                        for said in connection.notifies(timeout=AGAIN_SECONDS):
                            tell(said.payload)
            except psycopg.Error as error:
                log.warning("news of other servers' runs cannot be heard: %s", str(error).partition("\n")[0])
                self._closed.wait(AGAIN_SECONDS)
