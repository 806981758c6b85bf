"""What founders, users and lawyers look for: documents that are there, agree with each other, and name things that exist."""

import json
import re
import tomllib

import pytest

from mnemoscope.signals.importers.protocol import IMPORTERS
from tests import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_is_set_once_and_shown_the_same_everywhere() -> None:
    """pyproject.toml is the truth; the page has none of its own, changelog and citation follow."""
    assert "version" not in json.loads(text_of("frontend/package.json"))
    [released, *_] = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", text_of("CHANGELOG.md"), re.MULTILINE)
    citation = dict(re.findall(r'^([\w-]+): "?([^"\n]+)"?$', text_of("CITATION.cff"), re.MULTILINE))
    assert released == (VERSION, citation["date-released"])
    assert citation["version"] == VERSION


def test_the_changelog_links_every_version() -> None:
    """Keep a Changelog: each heading in brackets has its link at the end."""
    text = text_of("CHANGELOG.md")
    headings = re.findall(r"^## \[([^\]]+)\]", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.findall(r"^\[([^\]]+)\]: \S*compare/\S+$", text, re.MULTILINE) == headings


def test_the_citation_has_what_cff_requires() -> None:
    keys = re.findall(r"^([\w-]+):", text_of("CITATION.cff"), re.MULTILINE)
    assert {"cff-version", "message", "title", "authors"} <= set(keys)
    assert len(keys) == len(set(keys))
    assert "cff-version: 1.2.0" in text_of("CITATION.cff")


def test_pre_commit_and_ci_run_what_make_runs() -> None:
    assert "entry: make check" in text_of(".pre-commit-config.yaml")
    assert "repo: local" in text_of(".pre-commit-config.yaml")
    assert "http" not in text_of(".pre-commit-config.yaml")
    assert "- run: .ci/run" in text_of(".github/workflows/ci.yml")


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/reading.md",
        "docs/live.md",
        "docs/verdict.md",
        "docs/retention.md",
        "docs/fit.md",
        "docs/study.md",
    ],
)
def test_paths_named_in_a_document_exist(name: str) -> None:
    """Relative links, and paths in backticks that start in one of the repository's folders."""
    text = text_of(name)
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    paths = re.findall(r"[`\s]((?:models|server|frontend|tests|docs|checkpoints)/[\w./-]*[\w/])", text)
    assert links or paths
    here = (ROOT / name).parent
    missing = [*(link for link in links if not (here / link).exists()), *(p for p in paths if not (ROOT / p).exists())]
    assert missing == []


def test_the_page_about_files_has_every_format_with_its_suffixes() -> None:
    """As the registry has them."""
    rows = re.findall(r"^\| (.+?) \| ((?:`\.\w+` ?)+) \|", text_of("docs/reading.md"), re.MULTILINE)
    listed = {label: tuple(suffixes.replace("`", "").split()) for label, suffixes in rows}
    assert listed == {importer.label: importer.suffixes for importer in IMPORTERS}
