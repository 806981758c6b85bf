"""A child that is started before it is needed: whoever brings a file does not wait for Python and NumPy to start.

It is used once like any other, and waits only for some time. A module that can be started so takes its
arguments as a line of JSON on its stdin, and ends where that is closed: no child outlives the server.
"""

import asyncio
import json
import logging
from asyncio.subprocess import Process

from mnemoscope_server.storage import child

AFTER_SECONDS = 1.0
"""It is started a little later than it is said to be needed: first a page has its pictures."""
WAITS_SECONDS = 600.0
"""A child that nobody needs for so long is let go."""

log = logging.getLogger("mnemoscope.children")


class SpareChild:
    """At most one waiting child of a module."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._waiting: Process | None = None
        self._starting: asyncio.Task[None] | None = None
        self._letting_go: asyncio.TimerHandle | None = None
        self._closed = False

    def expect(self) -> None:
        """One will be needed soon."""
        if not self._closed and self._starting is None and not self._is_there():
            self._starting = asyncio.get_running_loop().create_task(self._start())

    async def run(self, *arguments: str, seconds: float) -> tuple[int, str]:
        """As `child.run`, by the child that waits, where there is one."""
        process, self._waiting = (self._waiting if self._is_there() else None), None
        if process is None:
            return await child.run(self._module, *arguments, seconds=seconds)
        return await child.ended(process, json.dumps(arguments).encode() + b"\n", seconds=seconds)

    async def close(self) -> None:
        """Let it go; none is started any more."""
        self._closed = True
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait({self._starting})
        if self._letting_go is not None:
            self._letting_go.cancel()
        process, self._waiting = self._waiting, None
        if process is not None:
            await child.kill(process)

    def _is_there(self) -> bool:
        return self._waiting is not None and self._waiting.returncode is None

    async def _start(self) -> None:
        try:
            await asyncio.sleep(AFTER_SECONDS)
            self._waiting = await child.started(self._module, waits=True)
        except OSError as error:  # no process can be had: whoever needs one is told, or finds that it passed
            log.info("no child of %s was started ahead: %s", self._module, error)
            return
        finally:
            self._starting = None
        if self._letting_go is not None:
            self._letting_go.cancel()
        self._letting_go = asyncio.get_running_loop().call_later(WAITS_SECONDS, self._let_go)

    def _let_go(self) -> None:
        process, self._waiting = self._waiting, None
        if process is not None and process.returncode is None:
            process.kill()  # the loop takes note of its end
