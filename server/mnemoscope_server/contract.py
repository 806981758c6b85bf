"""Write the contract between server and page: `python -m mnemoscope_server.contract`."""

import json
from pathlib import Path
from typing import Any

from mnemoscope_server.app import create_app
from mnemoscope_server.schemas import contract
from mnemoscope_server.settings import Settings

TARGET = Path(__file__).resolve().parents[2] / "frontend" / "src" / "wire" / "openapi.json"


def document() -> dict[str, Any]:
    """The contract of an application with the default settings."""
    return contract.document(create_app(Settings()))


def text() -> str:
    """The document as the file holds it."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write the committed file."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text(), encoding="utf-8")
    print(f"wrote {TARGET.name}: {len(document()['components']['schemas'])} types")


if __name__ == "__main__":
    main()
