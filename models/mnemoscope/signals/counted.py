"""Numbers of things in sentences."""


def counted(number: int, thing: str) -> str:
    """A number with its thing: 1 row, 3 rows, 2 series."""
    return f"{number} {thing}" if number == 1 or thing.endswith("s") else f"{number} {thing}s"
