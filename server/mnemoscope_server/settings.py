"""How this server is set up: command line over environment (`MNEMOSCOPE_…`) over a file over defaults.

A name that nobody knows is refused: a token with a typing error would leave a server open. Values are never printed with an error,
since one of them is the token.
"""

import difflib
import ipaddress
import os
import secrets
import sys
import tomllib
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from mnemoscope.errors import MnemoscopeError

PREFIX = "MNEMOSCOPE_"
ELSEWHERE = (
    "MNEMOSCOPE_CACHE",
    "MNEMOSCOPE_CHECKPOINTS",
    "MNEMOSCOPE_CONFIG",
    "MNEMOSCOPE_FUZZ",
    "MNEMOSCOPE_STEP_ENGINE",
)
"""Variables with the prefix that are no settings: of checkpoints, engine and tests, and the file of settings."""

LISTS = {"allowed_hosts": '["mem.example.org"]', "trusted_proxies": '["127.0.0.1"]'}
"""Settings that are lists, with what one looks like."""
MIB = 1 << 20
MAX_MODELS = 64
"""Models of one recording, moments of a training counted one by one; the page learns it from GET /api/status."""
MAX_SLOTS = 1024
"""Slots of the genuine memory that a Transformer may cross into: links are slots × slots numbers a layer."""


def default_data_dir() -> Path:
    """Where applications keep their data on this system."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "mnemoscope"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "mnemoscope"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "mnemoscope"


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class BadSettings(MnemoscopeError):
    """A setting is unknown, or its value is none."""


class Settings(BaseSettings):
    """Every setting has an environment variable of its name in capitals with the prefix MNEMOSCOPE_."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    """Address to listen on. On any other than loopback the token is asked for."""
    token: str | None = Field(default=None, min_length=16, repr=False)
    """Whoever calls must know it, but for reading a recording by its link. None = made up where one is needed."""
    no_token: bool = False
    """Ask for no token, whoever reaches it: they can run models, and see and list recordings."""
    port: int = Field(default=8000, ge=0, le=65535)
    """0 = any free port."""
    unix_socket: Path | None = None
    """Listen on this unix socket instead, for a proxy on this machine that may open it. With it the token is asked for."""
    trusted_proxies: list[str] = ["127.0.0.1", "::1"]
    """Addresses or networks of proxies that are believed who asks and by which scheme (JSON list); whoever opens the unix socket is."""
    data_dir: Path = Field(default_factory=default_data_dir)
    """Index, recordings and uploads."""
    index: str | None = Field(default=None, pattern=r"^postgres(ql)?://", repr=False)
    """A PostgreSQL that has the index, so that several servers share it (`postgresql://user:password@host/name`); none = a file in the data folder."""
    blobs: str | None = Field(default=None, pattern=r"^(s3://[^/@]+|file:///).*", repr=False)
    """The bucket that those servers keep recordings and uploads in (`s3://bucket/prefix`), or a folder that all of them see (`file:///mnt/shared`)."""
    copies_bytes: int = Field(default=4096 * MIB, ge=MIB)
    """Copies of what is in the bucket that are kept in the data folder; those that were not read for longest go first."""
    watch: Path | None = None
    """Folder whose recordings (.mnemo) are listed as they appear and followed as they grow; nothing in it is changed."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    browser: bool = True
    """Open the page after the start."""
    workers: int = Field(default=1, ge=0, le=64)
    """Processes that run models, one core each; 0 = replay only."""
    engine: str = "mnemoscope_server.workers.torch_engine:TorchEngine"
    """What runs models inside a worker, as "module:class"; another one is for tests."""
    ray: str | None = None
    """Address of a Ray cluster whose engines run models, as many as there are workers; "auto" for the one that this machine is part of. none = on this machine."""
    gpu_share: float = Field(default=0.25, gt=0, le=1)
    """What each engine on a Ray cluster has of a GPU, where there is one."""
    allowed_hosts: list[str] = []
    """More names this server may be called by (JSON list), such as the name a proxy passes on. With any of them the token is asked for."""
    root_path: str = ""
    """Path under which a proxy serves this, such as "/tool"."""

    log: Literal["text", "json"] = "text"
    """Form of the lines on stderr."""
    access_log: bool = False
    """A line for every request: route, status, duration, address; no path, since that of a recording is a secret."""

    upload_bytes: int = Field(default=50 * MIB, ge=1024)
    """Largest request body."""
    steps: int = Field(default=4096, ge=64, le=1_000_000)
    """Most steps of one run."""
    sessions: int = Field(default=16, ge=1)
    """Most sessions that are live at a time."""
    sessions_per_client: int = Field(default=8, ge=1)
    """Most of them from one address; this machine may have all."""
    steps_per_hour: int = Field(default=5_000_000, ge=64)
    """Steps, of each model, that one address may have computed in an hour."""
    upload_bytes_per_hour: int = Field(default=1024 * MIB, ge=MIB)
    """Bytes that one address may upload in an hour."""
    requests_per_minute: int = Field(default=600, ge=1)
    """Requests that begin or change something, from one address in a minute."""
    unwatched_minutes: float = Field(default=30.0, gt=0)
    """A run that nobody has watched or asked about for this time is paused; one on a live source goes on."""
    idle_minutes: float = Field(default=120.0, gt=0)
    """A paused session that nobody watches is stopped after this time."""
    watchers: int = Field(default=512, ge=1)
    """Most websockets that watch."""
    watchers_per_client: int = Field(default=256, ge=1)
    """Most of them from one address."""
    connections: int = Field(default=1024, ge=16)
    """Most open connections, websockets too; fewer where fewer open files are allowed. One that asks for nothing makes room for the next."""
    connections_per_client: int = Field(default=512, ge=4)
    """Most of them from one address; a proxy on this machine is not counted."""
    receive_seconds: float = Field(default=10.0, gt=0)
    """A connection whose request, or websocket whose hello, has not come after this time is closed."""
    receive_rate: int = Field(default=1024, ge=1)
    """Bytes a second that what is uploaded has to come with, on average over that time."""
    receive_minutes: float = Field(default=30.0, gt=0)
    """Longest time that one upload may take to come."""
    ring_bytes: int = Field(default=32 * MIB, ge=MIB)
    """Newest frames of a live session kept in memory; a watcher further behind skips."""
    live_queue: int = Field(default=8192, ge=2048)
    """Samples of a live source that may wait to be computed; more are refused until there is room."""
    live_grace_seconds: float = Field(default=300.0, gt=0)
    """A live source that sends nothing for this long, and is not connected, ends its run."""
    uploads_total_bytes: int = Field(default=2048 * MIB, ge=MIB)
    """Parsed uploads kept; the oldest go first."""
    uploads_hours: float = Field(default=24.0, gt=0)
    """Parsed uploads are removed after this time. Recordings made from them keep what the models saw."""
    recordings_days: float | None = Field(default=None, gt=0)
    """Recordings older than this are removed, but for pinned ones; none = never."""
    recordings_bytes: int | None = Field(default=None, ge=MIB)
    """Bytes that all recordings may take: the oldest go first, but for pinned ones."""
    owner_bytes: int | None = Field(default=None, ge=MIB)
    """Bytes that the recordings of one owner may take; whoever has more begins, copies and brings no others."""
    free_bytes: int = Field(default=256 * MIB, ge=0)
    """Disk space that is left alone: nothing new is accepted below."""
    parse_seconds: float = Field(default=60.0, gt=0)
    """Wall clock for reading one uploaded file."""
    parse_memory: int = Field(default=3072 * MIB, ge=512 * MIB)
    """Address space of the process that reads an uploaded file."""
    send_seconds: float = Field(default=5.0, gt=0)
    """A watcher that takes nothing for this long is dropped."""

    @model_validator(mode="after")
    def _needed(self) -> "Settings":
        """A token, where others could call and none was given: from the network, or through a proxy on this machine."""
        if self.no_token:
            self.token = None
        elif self.token is None and self.shared:
            self.token = secrets.token_urlsafe(24)
        return self

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        """One machine or several: rows that other servers read name recordings that they can read."""
        if (self.index is None) != (self.blobs is None):
            raise ValueError(f"{variable('index')} and {variable('blobs')} are for several servers, which need both")
        if self.index is not None and self.watch is not None:
            raise ValueError(f"{variable('watch')} is for one server: others could not read what lies in that folder")
        return self

    @property
    def shared(self) -> bool:
        """Whether others than the person at this machine may be here: recordings then have owners."""
        return not is_loopback(self.host) or bool(self.allowed_hosts) or self.unix_socket is not None

    @property
    def here_alone(self) -> bool:
        """Whether nobody but this machine is meant to call: what a proxy forwards is refused."""
        return self.token is None and not self.no_token

    @classmethod
    def from_arguments(cls, arguments: Namespace) -> "Settings":
        """Settings in which what the command line gave wins, then the environment, then a file; None means not given. Raises BadSettings."""
        _require_known([name for name in os.environ if name.startswith(PREFIX) and name not in ELSEWHERE], variable)
        given: dict[str, Any] = {
            name: value for name, value in vars(arguments).items() if name in cls.model_fields and value is not None
        }
        if getattr(arguments, "no_browser", None):
            given["browser"] = False
        file = getattr(arguments, "config", None) or os.environ.get("MNEMOSCOPE_CONFIG")
        filed = _of_file(Path(file)) if file else {}
        unsaid = {name: value for name, value in filed.items() if variable(name) not in os.environ}
        try:
            return cls(**unsaid | given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_context=False)[0]
            name = variable(str(first["loc"][0])) if first["loc"] else "the settings"
            raise BadSettings(f"{name}: {first['msg']}.") from None
        except SettingsError as error:  # its message may have the value
            name = next((name for name in LISTS if name in str(error)), "allowed_hosts")
            raise BadSettings(f"{variable(name)}: wanted a JSON list, such as {LISTS[name]}.") from None


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _of_file(path: Path) -> dict[str, Any]:
    """Settings of a TOML file, by their names in small letters. Raises BadSettings."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no TOML"
        raise BadSettings(f"The settings cannot be read from {path}: {why}.") from None
    _require_known(values, str)
    return values


def _require_known(names: Iterable[str], said: Any) -> None:
    """Raises BadSettings for a name that is no setting's. `said` makes the name that is meant from the setting's own."""
    known = [said(name) for name in Settings.model_fields]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
            meant = f"did you mean {said(near[0])}?" if near else "`mnemoscope config` lists them."
            raise BadSettings(f"There is no setting {name}: {meant}")


def listed(settings: Settings) -> list[tuple[str, str, str]]:
    """(variable, value, what it is) of every setting, for people; the token's value is not said."""
    return [
        (variable(name), _said(name, getattr(settings, name)), " ".join((field.description or "").split()))
        for name, field in Settings.model_fields.items()
    ]


def table() -> str:
    """The settings as the table of docs/operations.md, with their defaults."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        value = "the data folder of this system" if name == "data_dir" else _said(name, field.get_default())
        rows.append(f"| `{variable(name)}` | {value} | {' '.join((field.description or '').split())} |")
    return "\n".join(rows)


def _said(name: str, value: Any) -> str:
    if value is None or value == []:
        return "none"
    if name == "token":
        return "(set)"
    if name in ("index", "blobs"):
        return _without_secrets(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and value >= MIB and value % MIB == 0:
        return f"{value} ({value // MIB} MB)"
    return str(value) or "none"


def _without_secrets(url: str) -> str:
    """Host and path alone: user, password and options may be secrets."""
    parts = urlsplit(url)
    port = parts.netloc.rpartition("@")[2].partition(":")[2]
    return f"{parts.scheme}://{parts.hostname or ''}{port and f':{port}'}{parts.path}"
