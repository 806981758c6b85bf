"""`mnemoscope fsck`: in what the files of a data folder and its index differ, and with `--mend` the same that every start does about it."""

import itertools
import sys
from pathlib import Path

from mnemoscope.errors import MnemoscopeError
from mnemoscope_server.errors import DataFolderInUse, StorageTrouble
from mnemoscope_server.storage import recovery
from mnemoscope_server.storage.store import Store

ALIKE, DIFFERENT, NOT_LOOKED_AT = 0, 1, 2


def fsck(folder: Path, *, mend: bool, index: str | None = None, blobs: str | None = None) -> int:
    """List the differences, or mend them -> exit code: 0 none are left, 1 some are, 2 the folder cannot be looked at.

    index, blobs: as Store takes them; then the bucket is compared too.
    """
    if blobs is None and not (folder / "recordings").is_dir():
        print(f"mnemoscope: {folder} is no data folder: there is no folder of recordings in it.", file=sys.stderr)
        return NOT_LOOKED_AT
    left = 0

    def mender(store: Store) -> None:
        nonlocal left
        left = _report(store, mend=True)

    try:
        store = Store(folder, index=index, blobs=blobs, mend=mender if mend else None)
    except (DataFolderInUse, OSError, StorageTrouble) as error:
        print(f"mnemoscope: {error}", file=sys.stderr)
        return NOT_LOOKED_AT
    try:
        if not mend:
            left = _report(store, mend=False)
    finally:
        store.close()
    return DIFFERENT if left else ALIKE


def _report(store: Store, *, mend: bool) -> int:
    """Print every difference and what was done about it -> how many are left."""
    found = left = 0
    findings = recovery.examine(store)
    if store.shelf is not None:
        findings = itertools.chain(findings, recovery.examine_bucket(store))
    for finding in findings:
        found += 1
        done = None
        try:
            if mend and finding.mend is not None:
                done = finding.mend()
        except (MnemoscopeError, OSError, StorageTrouble) as error:
            print(f"{finding}; it cannot be mended: {error}")
            left += 1
            continue
        if done is None:
            left += 1
        print(f"{finding}; {done}" if done else f"{finding}; it is left alone" if mend else str(finding))
    kept = store.totals()[0] if store.shelf is not None else len(list(store.recordings.glob("*.mnemo")))
    differences = f"{found} difference{'' if found == 1 else 's'}" if found else "no differences"
    print(
        f"{kept} recording{'' if kept == 1 else 's'} in {store.folder}: {differences}"
        + (f", {left} left" if mend and found else "")
    )
    return left
