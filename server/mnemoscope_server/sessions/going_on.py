"""A run whose host died, given to another one: tried until one has it, it is stopped, or there is no sense in it any more."""

import asyncio
import contextlib
import logging
import time
from typing import Any, Protocol

from mnemoscope_server.errors import DiskFull, HostLost, NotPossible, NoWorkers
from mnemoscope_server.sessions.orders import Orders
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.workers.protocol import Finished, Open

log = logging.getLogger("mnemoscope.live")

PATIENCE_SECONDS, PAUSE, LOST_PAUSE = 120.0, 1.0, 0.2
"""How long a run waits for another host, how often it asks, and how soon where one was there and died."""


class Order(Protocol):
    """Gives an order to a host, and waits for its reply."""

    async def __call__(self, order: Open, /, *, seconds: float | None, begun: Any) -> object: ...


async def elsewhere(session: Session, orders: Orders, reason: str, order: Order) -> Finished | None:
    """Have another host come to where the run was -> None, or with what it is to end. reason: why the last host died."""
    trying = asyncio.create_task(_tried(session, orders, reason, order))
    stopping = asyncio.create_task(orders.stopped.wait())
    await asyncio.wait((trying, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if trying.done():
        return trying.result()
    trying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await trying
    return Finished(session.id, "stopped", session.step, {}, "", orders.stopped_by)


async def _tried(session: Session, orders: Orders, reason: str, order: Order) -> Finished | None:
    until = time.monotonic() + PATIENCE_SECONDS
    while orders.may_go_on:
        log.warning("session %s goes on elsewhere from step %d: %s", session.id, session.step, reason)
        try:
            await order(orders.again(await session.last_chunk()), seconds=None, begun=orders.begun)
            return None
        except HostLost as error:
            reason = str(error)
            await asyncio.sleep(LOST_PAUSE)
        except NoWorkers as error:
            if time.monotonic() > until:
                return Finished(session.id, "failed", session.step, {}, f"{reason}; {error}")
            await asyncio.sleep(PAUSE)
        except NotPossible as error:
            return Finished(session.id, "failed", session.step, {}, f"{reason}; {error}")
        except DiskFull as error:
            return Finished(session.id, "stopped", session.step, {}, str(error), "disk")
    return Finished(session.id, "failed", session.step, {}, reason)
