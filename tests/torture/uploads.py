"""Small uploads, many in a row, two at a time: none may fail. A reader that fails once in a hundred files passes every other test."""

import asyncio
import io
import math
import tempfile
import time
from pathlib import Path

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.store import Store
from mnemoscope_server.storage.uploads import MAX_PARSED_AT_ONCE, Uploads

FILES = (
    "t [s],a [mV]\n" + "".join(f"{i * 0.01:.2f},{math.sin(i / 9):.5f}\n" for i in range(100)),
    "t;a\n" + "".join(f"{i};{i % 17},5\n" for i in range(60)),
    "".join(f"{i % 7}.25\n" for i in range(40)),
    "when,a,beat\n" + "".join(f"2021-03-04 05:{i:02d}:00,{i},{'N' if i % 9 == 4 else ''}\n" for i in range(60)),
)


async def taken(uploads: Uploads, count: int) -> list[str]:
    """Take `count` files -> a sentence for each that failed."""
    failures: list[str] = []
    left = iter(range(count))

    async def sender() -> None:
        for number in left:
            content = FILES[number % len(FILES)].encode()
            try:
                identity, _ = await uploads.take([("x.csv", io.BytesIO(content))], options=ImportOptions())
                uploads.remove(identity)
            except ImportFileError as error:
                failures.append(f"upload {number}: {error}")
                print(failures[-1], flush=True)

    await asyncio.gather(*(sender() for _ in range(MAX_PARSED_AT_ONCE)))
    return failures


def torture(count: int) -> list[str]:
    """Take `count` files -> a sentence for each that failed."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", free_bytes=0)
        store = Store(settings.data_dir, free_bytes=0)
        began = time.monotonic()
        failures = asyncio.run(taken(Uploads(settings, store), count))
        store.close()
    print(f"{count} uploads in {time.monotonic() - began:.0f} s, {len(failures)} failed")
    return failures
