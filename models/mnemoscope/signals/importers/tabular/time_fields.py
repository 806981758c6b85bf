"""Year, month, day, hour … in columns of their own, with names or without."""

import re
from collections.abc import Sequence

import numpy as np

from mnemoscope.signals.importers.tabular.sampled import Sampled, TimeChoice
from mnemoscope.signals.importers.tabular.time_units import Numbers

_FIELDS = {
    "Y": r"y+|year|yr|jahr|año|ano|annee|année", "m": r"mo|mon|month|monat|mes|mois", "d": r"d+|day|dom|dy|tag|dia|jour|day[ _]?of[ _]?month",
    "H": r"h+|hour|hr|hours|stunde|hora|heure", "M": r"mn|min|minute|minutes|mi", "S": r"ss|sec|second|seconds|sek",
    "q": r"qtr|quarter|quartal|trimestre", "j": r"doy|jday|julian[ _]?day|day[ _]?of[ _]?year|dayofyear|yday|jul(?:ian)?", "h": r"hhmm|hrmn|hour[ _]?minute|hhmm_?utc|time",
}  # fmt: skip
_RANGES = {
    "Y": (0, 2999),
    "m": (1, 12),
    "q": (1, 4),
    "d": (1, 31),
    "H": (0, 24),
    "M": (0, 59),
    "S": (0, 60),
    "j": (1, 366),
    "h": (0, 2400),
}
_UNNAMED = ("YjmdHM", "YmdHMS", "YmdHM", "YmdH", "Ymdh", "Ymd", "Ym", "YjHM", "YjH", "Yjh", "Yj")
"""Parts of a date in columns without names, side by side, as files are known to have them."""


def fields(found: Sampled, columns: Sequence[int]) -> TimeChoice | None:
    """Year, month, day … in columns of their own."""
    if not found.header:
        return _unnamed_fields(found)
    roles: dict[str, int] = {}
    for i in columns:
        numbers = found.numbers[i]
        role = role_of(found.base(i), "m" in roles)
        if role is None or role in roles or numbers is None or not inside(numbers, role):
            continue
        if role == "h" and found.base(i).lower() == "time" and (np.nanmax(numbers) < 100 or "Y" not in roles):
            continue
        roles[role] = i
    if "H" in roles:
        roles.pop("h", None)
    if "m" in roles:
        roles.pop("q", None)
    if "Y" not in roles or not ("m" in roles or "j" in roles or "q" in roles):
        return None
    if "j" in roles and "m" in roles:
        roles.pop("j")
    if "m" in roles and "d" not in roles and any(role in roles for role in "HhMS"):
        return None
    order = [role for role in "YmqjdHhMS" if role in roles]
    at = tuple(roles[role] for role in order)
    return TimeChoice("fields", at, roles="".join(order), text=", ".join(found.names[i] for i in at), calendar=True)


def _unnamed_fields(found: Sampled) -> TimeChoice | None:
    """Year, month, day … in columns side by side that have no names, if the time they make rises."""
    for first in range(min(4, len(found.numbers) - 2)):
        years = found.numbers[first]
        if (
            years is None
            or not np.isfinite(years).all()
            or not 1700 <= years.min() <= years.max() <= 2200
            or not inside(years, "Y")
        ):
            continue
        for roles in _UNNAMED:
            columns = range(first, first + len(roles))
            parts = [found.numbers[i] for i in columns if i < len(found.numbers)]
            known = [part for part in parts if part is not None and len(part) == len(years)]
            if len(known) < len(roles) or not all(inside(part, role) for part, role in zip(known, roles, strict=True)):
                continue
            place = np.zeros(len(years))
            for part, role in zip(known, roles, strict=True):
                if not (role == "j" and "m" in roles):
                    place = place * (2500 if role == "h" else 400) + part
            if len(years) > 2 and (np.diff(place) > 0).all():
                kept = [(i, role) for i, role in zip(columns, roles, strict=True) if not (role == "j" and "m" in roles)]
                at = tuple(i for i, _ in kept)
                text = ", ".join(found.names[i] for i in at)
                return TimeChoice(
                    "fields",
                    at,
                    roles="".join(role for _, role in kept),
                    text=text,
                    beside=tuple(set(columns) - set(at)),
                    calendar=True,
                )
    return None


def role_of(name: str, seen_months: int) -> str | None:
    """Which part of a date a name says: NDBC's "YY MM DD hh mm" by case and order."""
    text = name.strip().lstrip("#").strip()
    if text == "MM" or text == "mm":
        return "M" if text == "mm" or seen_months else "m"
    return next((role for role, pattern in _FIELDS.items() if re.fullmatch(pattern, text, re.IGNORECASE)), None)


def inside(numbers: Numbers, role: str) -> bool:
    """Whether all numbers can be this part of a date."""
    known = numbers[np.isfinite(numbers)]
    low, high = _RANGES[role]
    return len(known) > 0 and bool((known == np.round(known)).all() and known.min() >= low and known.max() <= high)
