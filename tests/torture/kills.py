"""SIGKILL to a server, or to its worker too, amid runs, renames, copies, deletions, uploads, recordings that are brought and questions to
models: afterwards every recording opens, the list is what the files say, what was deleted stays deleted, what was reported as taken is
there, nothing is left half-written, and of a run at most a chunk of what was reported is lost.
"""

import contextlib
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from mnemoscope.reading.recording import Recording
from mnemoscope_server.storage.fsck import fsck
from tests.conftest import pytest_configure
from tests.server.conftest import Server
from tests.torture import traceback_in

CHUNK = 64
BUSY_SECONDS = (0.2, 2.0)
AT_WORK = 3
"""Threads that change things at once."""


class Round:
    """What was done to one server, and what it said, until it was killed."""

    def __init__(self, server: Server, seed: int) -> None:
        self.server, self.over = server, False
        self.reported: dict[str, int] = {}
        """Steps of runs, as the server said."""
        self.deleted: set[str] = set()
        self.uploaded: set[str] = set()
        self.brought: set[str] = set()
        self._seeds = [random.Random(seed * AT_WORK + k) for k in range(AT_WORK)]

    def work(self) -> None:
        """Begin, rename, copy and delete until the server is gone."""
        threads = [threading.Thread(target=self._work, args=(dice,)) for dice in self._seeds]
        for thread in threads:
            thread.start()
        time.sleep(self._seeds[0].uniform(*BUSY_SECONDS))
        whole = self._seeds[0].random() < 0.5
        if whole:
            os.killpg(self.server.process.pid, signal.SIGKILL)
        self.over = True
        self.server.kill()
        for thread in threads:
            thread.join()

    def _work(self, dice: random.Random) -> None:
        with httpx.Client(base_url=self.server.url, timeout=20) as http:
            while not self.over:
                with contextlib.suppress(httpx.HTTPError, KeyError):  # it is gone
                    self._one(http, dice)

    def _one(self, http: httpx.Client, dice: random.Random) -> None:
        listed = [row["id"] for row in http.get("api/recordings").json()]
        what = dice.choice(
            ("run", "run", "run", "rename", "rename", "copy", "delete", "look", "upload", "bring", "ask")
        )
        if what == "run":
            signal_ = {"kind": "generated", "generator": "sines", "seed": 1, "steps": 800}
            body = {"signal": signal_, "task": "signal-recall", "models": ["fake"], "start": "playing", "speed": 300}
            http.post("api/sessions", json=body)
        elif what == "upload":
            rows = "".join(f"{t},{t % 17}.5\n" for t in range(dice.choice((50, 20_000))))
            answer = http.post("api/uploads", files={"file": ("x.csv", f"t_s,v\n{rows}".encode())})
            if answer.status_code == 201:
                self.uploaded.add(answer.json()["id"])
        elif not listed:
            return
        identity = dice.choice(listed) if listed else ""
        if what == "rename":
            title = "t" * dice.choice((1, 40, 150))
            http.patch(
                f"api/recordings/{identity}", json={"title": title, "visibility": dice.choice(("private", "listed"))}
            )
        elif what == "copy":
            http.post(f"api/recordings/{identity}/share", json={})
        elif what == "delete" and len(listed) > 4 and http.delete(f"api/recordings/{identity}").status_code == 204:
            self.deleted.add(identity)
        elif what == "bring":
            file = http.get(f"api/recordings/{identity}/file")
            if file.status_code == 200 and http.delete(f"api/recordings/{identity}").status_code == 204:
                answer = http.post("api/recordings", files={"file": ("x.mnemo", file.content)})
                if answer.status_code == 201:
                    self.brought.add(answer.json()["id"])
        elif what == "ask":
            http.get(f"api/recordings/{identity}/lens", params={"stream": 0, "step": 9, "lens": "sensitivity"})
        elif what == "look":
            found = http.get(f"api/recordings/{identity}").json()
            if "steps" in found:
                self.reported[identity] = max(found["steps"], self.reported.get(identity, 0))


def after(server: Server, last: Round | None) -> list[str]:
    """What is wrong after a start."""
    wrong: list[str] = []
    rows = {row["id"]: row for row in listed(server)}
    files = {path.stem: path for path in (server.data / "recordings").glob("*.mnemo")}
    if rows.keys() != files.keys():
        wrong.append(f"listed and files differ: {rows.keys() ^ files.keys()}")
    for identity, path in files.items():
        with Recording.open(path) as recording:
            recording.check()
            row, manifest = rows.get(identity), recording.manifest
            if row is None:
                continue
            said = (row["title"], row["visibility"], row["steps"], row["status"])
            visibility = (manifest.get("sharing") or {}).get("visibility", "private")
            holds = (manifest["title"], visibility, recording.steps, manifest["status"])
            if said != holds:
                wrong.append(f"{identity}: the list says {said}, the file {holds}")
            if last is not None and last.reported.get(identity, 0) - recording.steps > CHUNK:
                wrong.append(f"{identity}: {last.reported[identity]} steps were reported, {recording.steps} are there")
    if last is not None and (lost := last.brought - last.deleted - files.keys()):
        wrong.append(f"brought, and gone: {lost}")
    for identity in last.uploaded if last is not None else ():
        answer = server.http.post(f"api/uploads/{identity}/preview", json={"channel": 1})
        if answer.status_code != 200:
            wrong.append(f"upload {identity}: taken, and now {answer.status_code}: {answer.text[:200]}")
    if last is not None and (back := last.deleted & files.keys()):
        wrong.append(f"deleted, and there again: {back}")
    if left := half_written(server):
        time.sleep(1)  # what is being written now is not left
        if left := left & half_written(server):
            wrong.append(f"left half-written: {left}")
    return wrong


def listed(server: Server) -> Iterator[dict[str, Any]]:
    """All recordings, part by part, as a page goes through them."""
    link: str | None = "api/recordings?limit=200"
    while link is not None:
        answer = server.http.get(link)
        yield from answer.json()
        link = answer.links.get("next", {}).get("url")


def half_written(server: Server) -> set[str]:
    """Names of files that are to be moved to where they belong once they are whole."""
    return {path.name for path in (server.data / "tmp").iterdir()}


def until_ready(server: Server) -> None:
    """Wait until runs can begin: it would be killed before anything happens."""
    deadline = time.monotonic() + 60
    while server.http.get("readyz").status_code != 200:
        assert time.monotonic() < deadline, "the worker does not become ready"
        time.sleep(0.05)


def torture(count: int) -> list[str]:
    """Kill a server `count` times -> a sentence for everything that was wrong afterwards."""
    pytest_configure()  # servers run this checkout
    failures: list[str] = []
    recordings, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder, last = Path(name), None
        for number in range(count + 1):
            server = Server(folder)
            found = after(server, last)
            failures += [f"after kill {number}: {one}" for one in found]
            print(*failures[len(failures) - len(found) :], sep="\n", end="\n" if found else "", flush=True)
            if number == count:
                recordings = len(list((server.data / "recordings").glob("*.mnemo")))
                server.close()
                break
            until_ready(server)
            last = Round(server, number)
            last.work()
        if fsck(folder / "data", mend=False):
            failures.append("files and index differ after the last end")
        if logged := traceback_in(folder):
            failures.append(f"a traceback was logged: {logged}")
            print(failures[-1])
    print(f"{count} kills in {time.monotonic() - began:.0f} s, {recordings} recordings, {len(failures)} wrong")
    return failures
