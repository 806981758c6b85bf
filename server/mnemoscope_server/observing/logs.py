"""Log lines on stderr, as text or as JSON, each with the id of the request that it belongs to.

What is logged of a request is its route, never its path: the address of a recording is a secret, and so is a token in an address.
"""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from starlette.types import Scope

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""Id of the request that is being answered; "" outside of one."""
SAID = ("mnemoscope.swept",)
"""Loggers whose information an operator wants without asking for more."""
ACCESS = "mnemoscope.access"
FACTS = "facts"
"""Attribute of a record: more fields of its JSON line."""


def configure(form: Literal["text", "json"], *, access: bool, stream: TextIO | None = None) -> None:
    """Send warnings of everything, and what `SAID` says, to `stream` (stderr). access: a line for every request too."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in SAID:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of every request that is none
    logging.getLogger(ACCESS).setLevel(logging.INFO if access else logging.WARNING)


class TextLines(logging.Formatter):
    """`LEVEL logger: message [request]`."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        request = REQUEST.get()
        return super().formatMessage(record) + (f" [{request}]" if request else "")


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message; request, traceback and further facts where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": when.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            line["request"] = request
        line |= getattr(record, FACTS, {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def route_of(scope: Scope) -> str:
    """The route that a request came to, such as `/api/recordings/{id}`; "other" where there is none."""
    return getattr(scope.get("route"), "path", None) or "other"
