"""Write the contract between server and page, and what docs/format.md and docs/operations.md take from the code: `python -m mnemoscope_server.contract`."""

import json
import re
from pathlib import Path
from typing import Any

from mnemoscope_server.app import create_app
from mnemoscope_server.schemas import contract, format_table
from mnemoscope_server.settings import Settings, table

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs" / "operations.md"
TARGET, FORMAT = ROOT / "frontend" / "src" / "wire" / "openapi.json", ROOT / "docs" / "format.md"


def document() -> dict[str, Any]:
    """The contract of an application with the default settings."""
    return contract.document(create_app(Settings()))


def text() -> str:
    """The document as the file holds it."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def described() -> str:
    """docs/format.md with its table of the manifest made again."""
    return format_table.renewed(FORMAT.read_text(encoding="utf-8"), document()["components"]["schemas"])


def operated() -> str:
    """docs/operations.md with its table of the settings made again."""
    block = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)
    return block.sub(lambda m: f"{m[1]}{table()}\n{m[2]}", OPERATIONS.read_text(encoding="utf-8"))


def main() -> None:
    """Write the committed files."""
    FORMAT.write_text(described(), encoding="utf-8")
    OPERATIONS.write_text(operated(), encoding="utf-8")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text(), encoding="utf-8")
    print(f"wrote {TARGET.name}: {len(document()['components']['schemas'])} types")


if __name__ == "__main__":
    main()
