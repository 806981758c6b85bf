"""A process of its own for what a stranger's file makes a program do: limited in memory, computing time and file size.

A child is a module with `main`: it bounds itself with `limit` before it opens anything, leaves its answer with `leave`, and is
started and awaited with `run`. A hostile file then costs nothing but itself.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

FAILED = 3
"""Exit code of a child that says what is wrong with the file."""
RESULT_BYTES = 2 << 30


def limit(memory: int, cpu_seconds: int) -> None:
    """Bound this process. On Windows there are no such limits; there the wall clock of the server holds."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (RESULT_BYTES, RESULT_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave(path: Path, value: Any) -> None:
    """Write an answer as JSON; it is renamed into place, so where it lies it is whole."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(value, allow_nan=False), encoding="utf-8")
    os.replace(partial, path)


async def run(module: str, *arguments: str, seconds: float) -> tuple[int, str]:
    """Run `python -m module arguments` -> its exit code and what it wrote to stderr. Raises TimeoutError; the child is gone then."""
    return await ended(await started(module, *arguments), seconds=seconds)


async def started(module: str, *arguments: str, waits: bool = False) -> Process:
    """`python -m module arguments`; waits: it is told more on its stdin."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE if waits else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"), "1"),
    )


async def ended(process: Process, told: bytes | None = None, *, seconds: float) -> tuple[int, str]:
    """Tell a child the rest and await its end, as `run`."""
    try:
        async with asyncio.timeout(seconds):
            _, complaint = await process.communicate(told)
    finally:
        await kill(process)
    assert process.returncode is not None
    return process.returncode, complaint.decode(errors="replace")


async def kill(process: Process) -> None:
    """End a child that still runs."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def out_of_time(code: int) -> bool:
    """Whether a child used up its computing time."""
    return code == -getattr(signal, "SIGXCPU", 0)


def out_of_memory(code: int, complaint: str) -> bool:
    """A refused allocation says so; nothing but the operating system short of memory sends SIGKILL to a child of ours."""
    words = ("MemoryError", "bad_alloc", "memory allocation of")  # Python, C++, Rust
    return any(word in complaint for word in words) or code == -getattr(signal, "SIGKILL", 0)


def gave_up(complaint: str) -> bool:
    """Whether a reader written in Rust met bytes that it has no answer for: it ends its process, whatever Python does."""
    return "non-unwinding panic" in complaint


def ending(code: int, complaint: str) -> str:
    """How a child ended that neither answered nor met a limit: "signal 6: …"."""
    lines = complaint.strip().splitlines()
    reason = lines[-1][:200] if lines else ""
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"{how}: {reason}" if reason else how
