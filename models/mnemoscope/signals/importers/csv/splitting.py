"""Lines into cells."""

import csv
import re

COMMENT = ("#", "%", "//", "!")
RULE = re.compile(r"[\s=\-_+*~|]{3,}")
"""A line drawn between parts of a file."""


def split(line: str, delimiter: str | None) -> list[str]:
    """Cells of one line, quotes removed."""
    if delimiter is None:
        text = line.strip()
        return [text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text]
    if '"' not in line:
        return line.split() if delimiter == " " else [cell.strip() for cell in line.split(delimiter)]
    if line[0] == line[-1] == '"' and line.count('"') == 2 and delimiter != " " and delimiter in line:
        return [cell.strip() for cell in line[1:-1].split(delimiter)]  # a spreadsheet took the whole line for one cell
    none: list[str] = []
    try:
        if delimiter == " ":
            return next(csv.reader([" ".join(line.split())], delimiter=" ", skipinitialspace=True), none)
        return [
            cell.strip() for cell in next(csv.reader([line.strip()], delimiter=delimiter, skipinitialspace=True), none)
        ]
    except csv.Error:
        return [cell.strip() for cell in line.split(delimiter)]


def is_comment(line: str) -> bool:
    """Whether a line begins as a comment does."""
    return line.lstrip().startswith(COMMENT)
