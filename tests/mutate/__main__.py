"""`python -m tests.mutate [WORD]`: apply each mutation (whose place or meaning has WORD in it) to a copy of this checkout, run the
tests nearest to it, and print what was caught. Ends with 1 below 95 %, with 2 where a mutation cannot be judged.

The copy leaves out what is large and not mutated (node_modules, checkpoints, gallery): it links to those of the checkout.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import ROOT
from tests.mutate.mutations import MUTATIONS, Mutation

ENOUGH = 0.95
LINKED = ("checkpoints", "models/mnemoscope/gallery", "frontend/node_modules", "frontend/mnemoscope_viewer/static")
SECONDS = 240


def copy(target: Path) -> None:
    """Every file that git knows or would add, and links to the large folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, listed):
        if not name.startswith(tuple(f"{folder}/" for folder in LINKED)) and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    for name in LINKED:
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).symlink_to(ROOT / name)


def find(root: Path, mutation: Mutation) -> Path:
    """The file with the line to mutate; `where` is a file or a folder. Raises LookupError unless it stands there once."""
    place = root / mutation.where
    files = [place] if place.is_file() else [p for p in sorted(place.rglob("*")) if p.suffix in (".py", ".ts")]
    found = [(p, p.read_text(encoding="utf-8").count(mutation.old)) for p in files if ".test." not in p.name]
    found = [(path, count) for path, count in found if count]
    if len(found) != 1 or found[0][1] != 1:
        places = ", ".join(f"{path.relative_to(root)} ×{count}" for path, count in found) or "nowhere"
        raise LookupError(f"{mutation.where}: wanted once {mutation.old!r}, found {places}")
    return found[0][0]


def passes(root: Path, tests: tuple[str, ...], *, seconds: int = SECONDS, loud: bool = False) -> bool:
    """Whether these tests pass within so many seconds; `loud`: print what fails. Raises RuntimeError where they cannot run."""
    python = [test for test in tests if not test.startswith("src/")]
    page = [test for test in tests if test.startswith("src/")]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # a mutant may be as long and as old as the original
    if python:
        words = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *python]
        done = _run([sys.executable, *words], root, environment, seconds)
        if done.returncode not in (0, 1):
            raise RuntimeError((done.stdout + done.stderr)[-2000:])
        if done.returncode:
            if loud:
                print(done.stdout[-3000:], done.stderr)
            return False
    if page:
        runner = root / "frontend" / "node_modules" / ".bin" / "vitest"
        done = _run([str(runner), "run", "--bail=1", *page], root / "frontend", environment | {"CI": "1"}, seconds)
        if "No test files found" in done.stdout + done.stderr:
            raise RuntimeError(f"no test files found: {' '.join(page)}")
        if loud and done.returncode:
            print(done.stdout[-3000:], done.stderr)
        return done.returncode == 0
    return True


def _run(
    command: list[str], folder: Path, environment: dict[str, str], seconds: int
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:  # a mutant that never ends is noticed
        return subprocess.CompletedProcess(command, 1, f"not done within {seconds} s", "")


def main(word: str = "") -> int:
    """Run them; exit status."""
    asked = [m for m in MUTATIONS if word in f"{m.where} {m.breaks} {' '.join(m.tests)}"]
    with tempfile.TemporaryDirectory(prefix="mnemoscope-mutants-") as folder:
        root = Path(folder)
        copy(root)
        lost = []
        for mutation in asked:
            try:
                find(root, mutation)
            except LookupError as error:
                lost.append(str(error))
        if lost:
            print("Lines to mutate that are not there (any more); mend tests/mutate/mutations.py:", *lost, sep="\n  ")
            return 2
        every = tuple(dict.fromkeys(test for mutation in asked for test in mutation.tests))
        if not passes(root, every, seconds=5 * SECONDS, loud=True):
            print("The tests do not pass as they are, so nothing would prove that they catch a mutation.")
            return 2
        caught = 0
        for mutation in asked:
            path, began = find(root, mutation), time.perf_counter()
            original = path.read_text(encoding="utf-8")
            path.write_text(original.replace(mutation.old, mutation.new), encoding="utf-8")
            survived = passes(root, mutation.tests)
            path.write_text(original, encoding="utf-8")
            caught += not survived
            seconds = time.perf_counter() - began
            print(
                f"{'SURVIVED' if survived else 'caught  '} {seconds:5.1f} s  {mutation.where}: {mutation.breaks}",
                flush=True,
            )
    share = caught / len(asked) if asked else 0.0
    print(f"{caught} of {len(asked)} caught, {share:.0%} (at least {ENOUGH:.0%} wanted)")
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
