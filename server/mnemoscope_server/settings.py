"""How this server is set up: command line over environment (`MNEMOSCOPE_…`) over defaults."""

import ipaddress
import os
import secrets
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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


class Settings(BaseSettings):
    """Every setting has an environment variable of its name in capitals with the prefix MNEMOSCOPE_."""

    model_config = SettingsConfigDict(env_prefix="MNEMOSCOPE_", extra="ignore", use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """Address to listen on. On any other than loopback the token is asked for."""
    token: str | None = Field(default=None, min_length=16)
    """Whoever calls must know it, but for reading a recording by its link. None = made up where one is needed."""
    no_token: bool = False
    """Ask for no token on any address: anyone who reaches it can run models, and see and list recordings."""
    port: int = Field(default=8000, ge=0, le=65535)
    """0 = any free port."""
    data_dir: Path = Field(default_factory=default_data_dir)
    """Index, recordings and uploads."""
    watch: Path | None = None
    """Folder whose recordings (.mnemo) are listed as they appear and followed as they grow; nothing in it is changed."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    browser: bool = True
    """Open the page after the start."""
    workers: int = Field(default=1, ge=0, le=64)
    """Processes that run models, one core each; 0 = replay only."""
    engine: str = "mnemoscope_server.workers.torch_engine:TorchEngine"
    """What runs models inside a worker, as "module:class"; another one is for tests."""
    allowed_hosts: list[str] = []
    """More names this server may be called by (JSON list), such as the name a proxy passes on."""
    root_path: str = ""
    """Path under which a proxy serves this, such as "/tool"."""

    upload_bytes: int = Field(default=50 * MIB, ge=1024)
    """Largest request body."""
    steps: int = Field(default=4096, ge=64, le=1_000_000)
    """Most steps of one run."""
    sessions: int = Field(default=16, ge=1)
    """Most sessions that are live at a time."""
    idle_minutes: float = Field(default=120.0, gt=0)
    """A paused session that nobody watches is stopped after this time."""
    watchers: int = Field(default=512, ge=1)
    """Most open websockets."""
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
        """A token, where anybody could call and none was given."""
        if self.no_token:
            self.token = None
        elif self.token is None and not is_loopback(self.host):
            self.token = secrets.token_urlsafe(24)
        return self

    @property
    def shared(self) -> bool:
        """Whether others than the person at this machine may be here: recordings then have owners."""
        return not is_loopback(self.host) or bool(self.allowed_hosts)

    @classmethod
    def from_arguments(cls, arguments: Namespace) -> "Settings":
        """Settings in which what the command line gave wins; None means not given."""
        given: dict[str, Any] = {
            name: value for name, value in vars(arguments).items() if name in cls.model_fields and value is not None
        }
        if getattr(arguments, "no_browser", None):
            given["browser"] = False
        return cls(**given)
