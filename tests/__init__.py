"""Tests, in the rooms of what they test: `models/mnemoscope/kinds` is held by `tests/kinds`, the server's rooms by `tests/server/…`.

oracles/ is the second opinion that several rooms ask, golden/ what both languages must read alike, ui/ the browser.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]  # of the checkout that these tests lie in
DATA = ROOT / "tests" / "data"  # real files, see its README
